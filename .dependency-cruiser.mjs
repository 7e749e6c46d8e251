const IS_TEST = "\\.(test|suite|spec)\\.ts$|^server/.+/testing/";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "app-sees-contracts-only",
      comment: "A page takes types and words from a contract; what it may call of the server stands in app/_server.",
      severity: "error",
      from: { path: "^app/", pathNot: "^app/(api|metrics|_server)/" },
      to: { path: "^server/", pathNot: ["^server/([^/]+/contract|trpc/root)\\.ts$", "^server/[^/]+/[a-z]+-contract\\.ts$"] },
    },
    { name: "server-never-sees-app", severity: "error", from: { path: "^(server|scripts)/" }, to: { path: "^app/" } },
    {
      name: "contract-is-a-leaf",
      severity: "error",
      from: { path: ["^server/[^/]+/contract\\.ts$", "^server/[^/]+/[a-z]+-contract\\.ts$"] },
      to: { pathNot: ["^server/[^/]+/contract\\.ts$", "^server/[^/]+/[a-z]+-contract\\.ts$", "^node_modules/zod/"] },
    },
    {
      name: "rules-are-pure",
      severity: "error",
      from: { path: "^server/[^/]+/rules/", pathNot: IS_TEST },
      to: { pathNot: ["^server/[^/]+/([a-z-]*contract\\.ts|rules/)", "^node_modules/(zod|semver|@types/semver)/"] },
    },
    {
      name: "platform-knows-no-domain",
      severity: "error",
      from: { path: "^server/platform/", pathNot: IS_TEST },
      to: { path: "^server/(?!platform/)" },
    },
    {
      name: "machine-room-stays-below",
      comment:
        "databases, deployment, gate, releases and audit import the platform and contracts; backups and updates compose them.",
      severity: "error",
      from: { path: "^server/(releases|databases|deployment|gate|audit)/", pathNot: IS_TEST },
      to: { path: "^server/(?!platform/|trpc/init|auth/)([^/]+)/", pathNot: ["^server/$1/", "^server/[^/]+/contract\\.ts$"] },
    },
    {
      name: "operations-stay-below",
      severity: "error",
      from: { path: "^server/(backups|updates|offsite)/", pathNot: [IS_TEST, "/router\\.ts$"] },
      to: { path: "^server/(updater|accounts|customers|items|orders)/", pathNot: ["^server/[^/]+/contract\\.ts$"] },
    },
    {
      name: "routers-are-leaves",
      severity: "error",
      from: { pathNot: ["^server/trpc/root\\.ts$", "^server/updater/(service|client)\\.ts$", IS_TEST] },
      to: { path: "^server/[^/]+/router\\.ts$" },
    },
    {
      name: "runner-outlives-the-app",
      comment: "What an update replaces may not be needed to perform it.",
      severity: "error",
      from: { path: "^scripts/(perform-update|gate|migrate)\\.ts$" },
      to: { path: "^node_modules/(next|react|react-dom|@trpc|@prisma|next-auth)/", reachable: true },
    },
    { name: "tests-stay-outside", severity: "error", from: { pathNot: [IS_TEST, "^e2e/", "^scripts/"] }, to: { path: IS_TEST } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "server/platform/generated" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
