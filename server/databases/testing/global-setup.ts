import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { systemClock } from "../../platform/clock.ts";
import { remove } from "../../platform/files.ts";
import { createPostgresServer, findPostgresBinaries } from "../../platform/postgres-server.ts";
import { freePort } from "../../platform/free-port.ts";
import { roomyFolder } from "./roomy-folder.ts";

/** The throw-away cluster of this test run, as tests get it with `inject("postgres")`. */
export type TestCluster = { host: string; port: number; superuser: string; password: string; binaries: string; major: number };

declare module "vitest" {
  // Vitest's way to type what is provided is to extend its interface.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  export interface ProvidedContext {
    postgres: TestCluster;
  }
}

const PREFIX = "filaops-test-";
const STALE_MS = 600_000;

/** Starts one real PostgreSQL for the whole run and provides its address; it is gone with us, even when we are killed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const place = await roomyFolder();
  await sweep(place);
  const folder = await mkdtemp(join(place, PREFIX));
  await chmod(folder, 0o755);
  const { folder: binaries, major } = await findPostgresBinaries();
  const password = randomBytes(18).toString("base64url");
  const port = await freePort();
  const settings = { max_connections: "300", max_prepared_transactions: "10", log_min_messages: "fatal" };
  const server = createPostgresServer({ binaries, data: join(folder, "data"), port, settings, clock: systemClock });
  await server.init(password);
  const child = await server.spawn({ stdio: "ignore", dieWithParent: true });
  await server.ready();
  child.unref();
  project.provide("postgres", { host: server.host, port, superuser: server.superuser, password, binaries, major });
  return async () => {
    await server.stop("immediate");
    await remove(folder);
  };
}

/** A run that was killed could not remove its cluster's folder, and memory is where it lies. */
async function sweep(place: string): Promise<void> {
  for (const name of (await readdir(place)).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(place, name);
    const server = createPostgresServer({ binaries: "", data: join(folder, "data"), port: 0, clock: systemClock });
    const isOld = Date.now() - (await stat(folder)).mtimeMs > STALE_MS;
    if (isOld && (await server.status()) === null) await remove(folder);
  }
}
