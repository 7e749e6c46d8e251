import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { create } from "tar";
import type { Release } from "../../releases/contract.ts";

/** Healthy at first; then it ends, takes memory without end, or is ready only now and then. */
type AfterAWhile = "falls-over" | "eats-memory" | "flaps";

/** How a made-up release behaves: its app, and its migrate command. */
export type Behaviour = {
  app?: "healthy" | "dies" | "unhealthy" | "ignores-sigterm" | "other-version" | "not-json" | AfterAWhile;
  migrate?: "succeeds" | "fails" | "hangs" | "crashes";
};

export type FakeRelease = {
  version: string;
  behaviour?: Behaviour;
  url?: string;
  /** Files in place of the made-up ones, or besides them. */
  files?: Record<string, string>;
};

/** Packs a made-up release into `<folder>/<name>.tar.gz`, in the shape of a real one; `url` is where it will be served. */
export async function packFakeRelease(
  folder: string,
  { version, behaviour = {}, url = "http://127.0.0.1/", ...other }: FakeRelease,
): Promise<{ release: Release; archive: string }> {
  const top = `filaops-${version}`;
  const root = join(folder, `${top}-source`, top);
  const files = {
    "server.js": SERVER,
    "bin/migrate.mjs": MIGRATE,
    "release-info.json": JSON.stringify({ version, commit: "0".repeat(40), schemaHead: "1_first" }),
    "behaviour.json": JSON.stringify(behaviour),
    "public/sub/asset.txt": "asset",
    ...other.files,
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  const archive = join(folder, `${top}.tar.gz`);
  await create({ gzip: true, file: archive, cwd: dirname(root), portable: true }, [top]);
  return { release: describeRelease(version, url, await readFile(archive)), archive };
}

/** A verified release, as the feed would give it, of these bytes. */
function describeRelease(version: string, url: string, archive: Buffer): Release {
  const published = "2026-01-01T00:00:00.000Z";
  return {
    version,
    prerelease: false,
    publishedAt: published,
    notes: "",
    url: null,
    archiveUrl: url,
    bundle: false,
    manifest: {
      schema: 1,
      product: "filaops",
      version,
      publishedAt: published,
      expires: "2036-01-01T00:00:00.000Z",
      upgradeFrom: "1.0.0",
      minUpdater: "1.0.0",
      commit: "0".repeat(40),
      archive: { name: `filaops-${version}.tar.gz`, sha256: sha256(archive), bytes: archive.length },
      migrations: { head: "1_first", count: 1 },
      node: { min: "24.0.0" },
      cutover: "staged",
      breaking: [],
      migratable: true,
      fixes: [],
      severity: "normal",
      knownIssues: [],
      totals: { changed: [] },
      postgres: { min: 15, max: 18 },
      rollout: { percent: 100 },
    },
  };
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Answers `/api/health` like the app, and `/environment` with what it was told. A long title, as Next sets one, may not hide the mark. */
const SERVER = `
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { version } = JSON.parse(readFileSync(process.env.FILAOPS_RELEASE_INFO, "utf8"));
const { app = "healthy" } = JSON.parse(readFileSync("behaviour.json", "utf8"));
process.title = "next-server ".padEnd(4000, "x");
if (app === "dies") throw new Error("made to die");
process.on("SIGTERM", () => { if (app !== "ignores-sigterm") process.exit(0); });
const begun = Date.now();
const passed = () => Math.floor((Date.now() - begun) / 700);
const isReady = () => app !== "unhealthy" && !(app === "flaps" && passed() % 2 === 1);
const healthOf = (ready) => JSON.stringify({
  status: ready ? "ready" : "not-ready",
  version: app === "other-version" ? "9.9.9" : version,
  schemaHead: { build: "1_first", database: ready ? "1_first" : null },
  reason: ready ? null : "database-unreachable",
});
const taken = [];
const afterAWhile = {
  "falls-over": () => process.exit(1),
  "eats-memory": () => setInterval(() => taken.push(Buffer.alloc(8e6, 1)), 1),
};
setTimeout(() => afterAWhile[app]?.(), 1500);
createServer((request, response) => {
  const ready = isReady();
  const ok = request.url !== "/api/health" || ready;
  response.writeHead(ok ? 200 : 503, { "content-type": "application/json" });
  if (request.url === "/environment") response.end(JSON.stringify(process.env));
  else response.end(app === "not-json" ? "<html>" : healthOf(ready));
}).listen(Number(process.env.PORT), process.env.HOSTNAME);
`;

/** Writes down what it was told, prints progress, and then does as its release says. */
const MIGRATE = `
import { readFileSync, writeFileSync } from "node:fs";
const { migrate = "succeeds" } = JSON.parse(readFileSync("behaviour.json", "utf8"));
writeFileSync("migrate.json", JSON.stringify({ pid: process.pid, env: process.env }));
console.log(JSON.stringify({ migration: "1_first", index: 1, of: 2 }));
if (migrate === "hangs") setInterval(() => {}, 1000);
else {
  console.log(JSON.stringify({ migration: "2_second", index: 2, of: 2 }));
  if (migrate === "crashes") throw new Error("made to crash");
  if (migrate === "fails") {
    const words = { happened: "column does not exist", meaning: "Nothing changed.", todo: "Report it." };
    console.log(JSON.stringify({ problem: { code: "migration-made-up", ...words } }));
    process.exit(1);
  }
}
`;
