import { once } from "node:events";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { healthAnswerSchema } from "../../server/deployment/contract.ts";
import { baseEnv } from "../../server/platform/env.ts";
import { exists, remove } from "../../server/platform/files.ts";
import { freePort } from "../../server/platform/free-port.ts";
import { spawnAttached } from "../../server/platform/process.ts";

const RELEASES = join(import.meta.dirname, "..", "demo-releases");

/** Stands for Next's own server: it answers whoever asks. */
const NEXT = `import { createServer } from "node:http";
createServer((request, response) => response.end("next")).listen(Number(process.env.PORT), process.env.HOSTNAME);`;

/** Starts a release of the demonstration as the driver would, with its own server.js around a small Next. */
async function boot(version: string) {
  const folder = await mkdtemp(join(tmpdir(), "filaops-demo-server-"));
  await cp(join(RELEASES, version, "server.js"), join(folder, "server.js"));
  await writeFile(join(folder, "next-server.js"), NEXT);
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(join(folder, "release-info.json"), JSON.stringify({ version, commit: "", schemaHead: "head" }));
  const port = await freePort();
  const env = { ...baseEnv(), PORT: String(port), HOSTNAME: "127.0.0.1" };
  const child = spawnAttached("node", ["server.js"], { cwd: folder, env, stdio: "ignore" });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const ask = (headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/api/health`, { headers }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      () => null,
    );
  return {
    exited,
    ask,
    /** Until it listens. */
    answered: async () => {
      const deadline = Date.now() + 30_000;
      for (;;) {
        const answer = await ask();
        if (answer !== null) return answer;
        if (Date.now() > deadline) throw new Error(`${version} does not listen`);
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
      await remove(folder);
    },
  };
}

test("1.3.0 dies before it listens", async () => {
  await using release = await boot("1.3.0");
  expect(await release.exited).toBe(1);
});

test("1.4.0 listens and is never ready", async () => {
  await using release = await boot("1.4.0");
  const { status, text } = await release.answered();
  expect(status).toBe(503);
  expect(healthAnswerSchema.parse(JSON.parse(text))).toMatchObject({ status: "not-ready", version: "1.4.0" });
});

test("1.6.0 answers every probe, and falls over under people's requests, be they many or few", async () => {
  const person = { "x-forwarded-for": "192.0.2.7" };
  {
    await using release = await boot("1.6.0");
    await release.answered();
    for (let probe = 0; probe < 100; probe += 1) expect(await release.ask()).toEqual({ status: 200, text: "next" });
    for (let request = 0; request < 40; request += 1) if ((await release.ask(person)) === null) break;
    await release.ask(person);
    expect(await release.exited).toBe(70);
  }
  await using release = await boot("1.6.0");
  await release.answered();
  expect(await release.ask(person)).toEqual({ status: 200, text: "next" });
  expect(await release.exited).toBe(70);
});

test("1.1.0, 1.2.0 and 1.5.0 have the server of the build", async () => {
  for (const version of ["1.1.0", "1.2.0", "1.5.0"]) expect(await exists(join(RELEASES, version, "server.js"))).toBe(false);
});
