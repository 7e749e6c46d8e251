import type { Config } from "../../platform/config.ts";
import { configSchema } from "../../platform/config.ts";
import type { Release } from "../../releases/contract.ts";
import type { Plan } from "../contract.ts";
import { stepsOf } from "../steps/index.ts";

export const testConfig: Config = configSchema.parse({
  v: 1,
  publicUrl: "http://127.0.0.1:3000",
  gate: { host: "127.0.0.1", port: 3000 },
  postgres: { host: "127.0.0.1", port: 5432, database: "filaops", binaries: "/nowhere" },
  releases: {},
  driver: "native",
  slots: { blue: 3101, green: 3102 },
  observeMs: 500,
});

const at = "2026-01-05T08:00:00.000Z";

/** A good backup that is there from the beginning. */
export const TEST_BACKUP = "01KE6E00000000000000000000";

export const testRelease: Release = {
  version: "1.1.0",
  prerelease: false,
  publishedAt: at,
  notes: "",
  url: null,
  archiveUrl: "http://127.0.0.1:9/filaops-1.1.0.tar.gz",
  bundle: false,
  manifest: {
    schema: 1,
    product: "filaops",
    version: "1.1.0",
    publishedAt: at,
    expires: "2027-01-05T08:00:00.000Z",
    upgradeFrom: "1.0.0",
    minUpdater: "1.0.0",
    commit: "0".repeat(40),
    archive: { name: "filaops-1.1.0.tar.gz", sha256: "0".repeat(64), bytes: 1000 },
    migrations: { head: "2_more", count: 2 },
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

/** A plan of an update from 1.0.0 to 1.1.0, as `planUpdate` makes it. */
export const testPlan: Plan = {
  v: 1,
  id: "01KE6FZZZZZZZZZZZZZZZZZZZZ",
  kind: "update",
  from: "1.0.0",
  to: "1.1.0",
  createdAt: at,
  expiresAt: "2026-01-05T08:15:00.000Z",
  createdBy: { kind: "operator" },
  steps: stepsOf.update.map((step) => step.name),
  findings: [],
  estimate: { basis: "none", totalMs: null, pauseMs: null, holdMs: null, steps: {} },
  release: testRelease,
  schemaHead: "2_more",
  database: {
    live: { name: "filaops", oid: 10 },
    bytes: 1e6,
    settings: { settings: [], connectionLimit: -1, comment: null, grants: [], encoding: "UTF8", collate: "C", ctype: "C" },
    green: "filaops_green",
    kept: "filaops_kept",
  },
  slots: { blue: "blue", green: "green" },
  undoes: null,
  backup: null,
  fresh: null,
  making: null,
  endsSessions: false,
  chain: null,
  breaking: null,
};

/** A plan that begins with 1.1.0 and an empty database. */
export const testFreshPlan: Plan = {
  ...testPlan,
  id: "01KE6FZZZZZZZZZZZZZZZZZZZT",
  kind: "start_fresh",
  steps: stepsOf.start_fresh.map((step) => step.name),
  fresh: { books: { tables: [{ table: "orders", rows: 1, totals: {} }] }, lastExportAt: null, keptDays: 7 },
  endsSessions: true,
};

/** A plan that takes that update back. */
export const testUndoPlan: Plan = {
  ...testPlan,
  id: "01KE6FZZZZZZZZZZZZZZZZZZZY",
  kind: "undo",
  from: "1.1.0",
  to: "1.0.0",
  steps: stepsOf.undo.map((step) => step.name),
  release: null,
  schemaHead: "1_init",
  database: { ...testPlan.database, live: { name: "filaops", oid: 11 }, green: "filaops_kept", kept: "filaops_put_aside" },
  slots: { blue: "green", green: "blue" },
  undoes: { run: "01KE6G00000000000000000000", kind: "update", kept: { name: "filaops_kept", oid: 10 }, lost: { tables: [] } },
};

/** A plan that makes a backup. */
export const testBackupPlan: Plan = {
  ...testPlan,
  id: "01KE6FZZZZZZZZZZZZZZZZZZZW",
  kind: "backup",
  to: "1.0.0",
  steps: stepsOf.backup.map((step) => step.name),
  release: null,
  schemaHead: "1_init",
  making: { kind: "manual", note: "" },
};

/** A plan that restores a backup of 1.0.0 while 1.0.0 is installed. */
export const testRestorePlan: Plan = {
  ...testPlan,
  id: "01KE6FZZZZZZZZZZZZZZZZZZZX",
  kind: "restore",
  to: "1.0.0",
  steps: stepsOf.restore.map((step) => step.name),
  release: null,
  schemaHead: "1_init",
  backup: {
    id: TEST_BACKUP,
    createdAt: at,
    version: "1.0.0",
    schemaHead: "1_init",
    books: { tables: [{ table: "orders", rows: 1, totals: {} }] },
    lost: { tables: [] },
  },
  endsSessions: true,
};

/** A plan that restores that backup on trial. */
export const testDrillPlan: Plan = {
  ...testRestorePlan,
  id: "01KE6FZZZZZZZZZZZZZZZZZZZV",
  kind: "drill",
  steps: stepsOf.drill.map((step) => step.name),
  endsSessions: false,
};
