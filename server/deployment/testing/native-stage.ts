import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../platform/free-port.ts";
import type { Clock } from "../../platform/clock.ts";
import { systemClock } from "../../platform/clock.ts";
import type { Config } from "../../platform/config.ts";
import { configSchema } from "../../platform/config.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import { silentLog } from "../../platform/log.ts";
import type { SlotName } from "../contract.ts";
import type { DriverStage } from "../driver.suite.ts";
import { createNativeDriver } from "../native.ts";
import { readSlots } from "../slots.ts";
import { packFakeRelease } from "./fake-release.ts";

export type NativeStage = DriverStage & {
  paths: HomePaths;
  config: Config;
  clock: Clock;
  /** What the loopback feed answers, by path; a function may do as it likes. */
  answers: Map<string, Buffer>;
  /** Where the feed serves the path. */
  url: (path: string) => string;
};

/** A home in a temporary folder with free ports, secrets, and a loopback server that serves archives. `close` ends all that was started. */
export async function setNativeStage(): Promise<NativeStage> {
  const home = await mkdtemp(join(tmpdir(), "filaops-driver-"));
  const paths = homePaths(home);
  await mkdir(paths.run, { recursive: true });
  for (const folder of [paths.webKeys, paths.ownerKeys]) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const secret of ["ownerPassword", "appPassword", "authSecret", "webToken"] as const) {
    await writeFile(paths[secret], `${secret}:/@%? \n`, { mode: 0o600 });
  }
  const config = await makeConfig();
  const answers = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const body = answers.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200, body === undefined ? {} : { "content-length": body.length });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  // Pauses between attempts of a download are not what is tested here.
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) };
  const driver = createNativeDriver({ paths, config, clock, log: silentLog });

  return {
    driver,
    paths,
    config,
    clock,
    answers,
    url,
    async publish(version, behaviour = {}) {
      const path = `/${version}.tar.gz`;
      const { release, archive } = await packFakeRelease(home, { version, behaviour, url: url(path) });
      answers.set(path, await readFile(archive));
      return release;
    },
    async kill(slot: SlotName) {
      const instance = (await readSlots(paths))[slot];
      if (instance === undefined) throw new Error(`nothing is in ${slot}`);
      process.kill(instance.pid, "SIGKILL");
    },
    async close() {
      await Promise.all([driver.stop("blue"), driver.stop("green")]);
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function makeConfig(): Promise<Config> {
  const [gate, postgres, blue, green] = [await freePort(), await freePort(), await freePort(), await freePort()];
  return configSchema.parse({
    v: 1,
    publicUrl: "http://farm.example",
    gate: { host: "127.0.0.1", port: gate },
    postgres: { host: "127.0.0.1", port: postgres, database: "filaops", binaries: "/nowhere" },
    releases: {},
    driver: "native",
    slots: { blue, green },
  });
}
