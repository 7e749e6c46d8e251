import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { createBackups } from "../../server/backups/backups.ts";
import { readSecret } from "../../server/platform/config.ts";
import { baseEnv } from "../../server/platform/env.ts";
import { newUlid } from "../../server/platform/ids.ts";
import { run, spawnAttached } from "../../server/platform/process.ts";
import type { RealStage } from "../../server/updates/testing/real-stage.ts";

type Dumped = { sha256: string; bytes: number };

/**
 * Backs up the stage's database, restores that, and dumps both as SQL: the same text, byte for byte, or it throws. `pg_amcheck` finds nothing wrong with what
 * was restored. How many bytes were compared.
 */
export async function proveFidelity(stage: RealStage, backups: ReturnType<typeof createBackups>): Promise<number> {
  const { clock, config, databases } = stage.world;
  const { database } = config.postgres;
  const id = newUlid(clock);
  await backups.create({ id, kind: "manual", run: null, version: "1.0.0", note: "" }, {});
  const made = await databases.create("filaops_bench", await databases.settings(database));
  try {
    await databases.fill({ name: made.name, foreign: false }, (login) => backups.load({ id, database: made.name, login }));
    const [before, after] = [await dumped(stage, database), await dumped(stage, made.name)];
    if (before.sha256 !== after.sha256) throw new Error(`not the same: ${before.bytes} bytes before, ${after.bytes} after`);
    await checkPages(stage, made.name);
    return before.bytes;
  } finally {
    await databases.drop(made.oid);
    await backups.remove(id);
  }
}

async function dumped({ world: { config }, paths }: RealStage, database: string): Promise<Dumped> {
  const { host, port, owner, binaries } = config.postgres;
  const words = ["--host", host, "--port", String(port), "--username", owner, "--no-password", "--no-owner", "--no-privileges"];
  const env = { ...baseEnv(), PGPASSWORD: await readSecret(paths.ownerPassword), LC_MESSAGES: "C" };
  const child = spawnAttached(join(binaries, "pg_dump"), [...words, database], { env, stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("pg_dump has no output");
  const exited = once(child, "exit");
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    // Newer versions close the dump with a random word, so that what is in it cannot speak to psql.
    if (/^\\(un)?restrict /.test(line)) continue;
    hash.update(line).update("\n");
    bytes += Buffer.byteLength(line) + 1;
  }
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`pg_dump ended with ${code}`);
  return { sha256: hash.digest("hex"), bytes };
}

async function checkPages({ cluster, world: { config }, paths }: RealStage, database: string): Promise<void> {
  const { host, port, binaries } = config.postgres;
  const login = ["--host", host, "--port", String(port), "--username", cluster.superuser, "--no-password"];
  await run(join(binaries, "pg_amcheck"), [...login, "--install-missing", "--heapallindexed", "--database", database], {
    env: { ...baseEnv(), PGPASSWORD: await readSecret(paths.superuserPassword) },
  });
}
