import { systemClock } from "../../../server/platform/clock.ts";
import { baseEnv } from "../../../server/platform/env.ts";
import { run, spawnAttached } from "../../../server/platform/process.ts";

export type OtherHost = { address: string; port: number; close: () => Promise<void> };

const [NAME, NEAR, FAR] = ["filaops-far", "10.213.77.1", "10.213.77.2"];
const PORT = 8080;
const SERVER = `require("node:http").createServer((q, s) => s.end("far")).listen(${PORT}, "${FAR}", () => console.log("listens"))`;

/**
 * Another host, as far as this computer's network is concerned: one that is reached only by leaving through a router, as everything on the internet is. A network
 * namespace with a server in it.
 */
export async function openOtherHost(): Promise<OtherHost> {
  const ip = (...args: string[]) => run("ip", args);
  await ip("netns", "delete", NAME).catch(() => undefined); // of a run that was killed
  await ip("netns", "add", NAME);
  await ip("link", "add", NAME, "type", "veth", "peer", "name", "eth0", "netns", NAME);
  await ip("address", "add", `${NEAR}/30`, "dev", NAME);
  await ip("link", "set", NAME, "up");
  await ip("-netns", NAME, "address", "add", `${FAR}/30`, "dev", "eth0");
  await ip("-netns", NAME, "link", "set", "eth0", "up");
  await ip("-netns", NAME, "route", "add", "default", "via", NEAR);
  const server = spawnAttached("ip", ["netns", "exec", NAME, process.execPath, "--eval", SERVER], {
    env: baseEnv(),
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilAnswers(`http://${FAR}:${PORT}`);
  return {
    address: FAR,
    port: PORT,
    close: async () => {
      server.kill("SIGKILL");
      await ip("netns", "delete", NAME);
    },
  };
}

async function untilAnswers(url: string): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    ) {
      return;
    }
    await systemClock.sleep(50);
  }
  throw new Error(`the server in the namespace does not answer at ${url}`);
}
