import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { createVirtualClock } from "../updates/testing/virtual-clock.ts";
import { testConfig } from "../updates/testing/plans.ts";
import { remove } from "../platform/files.ts";
import { silentLog } from "../platform/log.ts";
import { mendLoader } from "./mend-loader.ts";

let db: TestDatabase;
let home: string;
beforeAll(async () => {
  db = await createTestDatabase({ sql: "" });
  home = await mkdtemp(join(tmpdir(), "filaops-mend-"));
});
afterAll(async () => {
  await remove(home);
  await db.close();
});
beforeEach(() => db.query("superuser", `DROP ROLE ${db.roles.loader}`));

function site(superuserPassword: string) {
  const { host, port } = db.logins.superuser;
  const config = { postgres: { ...testConfig.postgres, host, port, ...db.roles } };
  return { paths: { superuserPassword }, config, databases: db.databases(), clock: createVirtualClock(), log: silentLog };
}

test("an installation from before there was the role gets it, also when PostgreSQL is away at first", async () => {
  const path = join(home, "superuser.password");
  await writeFile(path, `${inject("postgres").password}\n`);
  const here = site(path);
  const { loaderRemedy } = here.databases;
  const away = { loaderRemedy: () => ((away.loaderRemedy = loaderRemedy), Promise.reject(new Error("away"))) };
  await mendLoader({ ...here, databases: away }, AbortSignal.timeout(30_000));
  expect(await loaderRemedy()).toBeNull();
});

test("where PostgreSQL is somebody else's, nothing is done", async () => {
  const here = site(join(home, "none"));
  await mendLoader(here, AbortSignal.timeout(30_000));
  expect(await here.databases.loaderRemedy()).toMatch(/^CREATE ROLE .* NOINHERIT .*; GRANT /);
  await db.query("superuser", `CREATE ROLE ${db.roles.loader}`);
});
