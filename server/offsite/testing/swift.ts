import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../platform/clock.ts";
import { isAppError } from "../../platform/errors.ts";
import { remove } from "../../platform/files.ts";
import { freePort } from "../../platform/free-port.ts";
import { run, spawnAttached } from "../../platform/process.ts";
import type { S3Storage } from "../contract.ts";
import { S3Connection } from "../s3/connection.ts";

const PROGRAM = fileURLToPath(new URL("swift-server.py", import.meta.url));
/** Debian's own: that is where its packages are. */
const PYTHON = "/usr/bin/python3";

/** An implementation of S3 that is not ours, with a bucket in it: OpenStack's Swift (Debian's package python3-swift). */
export async function startSwift(): Promise<{ storage: S3Storage; secret: string; close: () => Promise<void> }> {
  await run(PYTHON, ["-c", "import swift.common.wsgi"]).catch((error: unknown) => {
    throw new Error("Swift is not there. Install it with: apt-get install --no-install-recommends python3-swift", {
      cause: error,
    });
  });
  const folder = await mkdtemp(join(tmpdir(), "filaops-swift-"));
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const child = spawnAttached(PYTHON, [PROGRAM, folder, ...ports.map(String)], {
    env: {},
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = once(child, "exit");
  const storage: S3Storage = {
    kind: "s3",
    endpoint: `http://127.0.0.1:${ports[0] ?? 0}`,
    region: "eu-test-1",
    bucket: "farm-copies",
    prefix: "filaops/one",
    accessKeyId: "test:tester",
    forcePathStyle: true,
  };
  const secret = "testing";
  const connection = new S3Connection({ storage, secret, clock: systemClock });
  const failed = ended.then(() => Promise.reject(new Error("Swift did not start")));
  await Promise.race([makeBucket(connection), failed]);
  return {
    storage,
    secret,
    close: async () => {
      child.stdin?.end();
      await ended;
      await remove(folder);
    },
  };
}

/** As soon as it answers: each attempt waits a few seconds itself. */
async function makeBucket(connection: S3Connection): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.send({ method: "PUT" });
      return;
    } catch (error) {
      if (attempt === 8 || !isAppError(error, "offsite-unreachable")) throw error;
    }
  }
}
