import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Config } from "../../platform/config.ts";
import { silentLog } from "../../platform/log.ts";
import { runSender } from "./sender.ts";
import { openSocketProxy } from "./socket-proxy.ts";
import type { DockerProject } from "./testing/docker-project.ts";
import { openDockerProject } from "./testing/docker-project.ts";
import { docker, SOCKET } from "./testing/engine.ts";

let opened: DockerProject;
let proxy: { close: () => Promise<void> };
const config = () => {
  const { name, folder, socket } = opened.project;
  return { docker: { project: name, folder, socket } } as Config;
};
beforeAll(async () => {
  opened = await openDockerProject({
    ...inject("docker"),
    through: async ({ name, folder }) => {
      const socket = join(folder, "engine.sock");
      const site = { project: name, folder, networks: [] };
      proxy = await openSocketProxy({ socket, engine: SOCKET, site, log: silentLog });
      return socket;
    },
  });
  // The project's network is there before its updater is.
  const labels = [`com.docker.compose.project=${opened.project.name}`, "com.docker.compose.network=default"];
  await docker(["network", "create", ...labels.flatMap((label) => ["--label", label]), `${opened.project.name}_default`]);
});
afterAll(async () => {
  await opened.close();
  await proxy.close();
});

/** Says who it is and what it was given. */
const PROGRAM = `
process.stdin.setEncoding("utf8");
let input = "";
process.stdin.on("data", (text) => (input += text));
process.stdin.on("end", () => console.log(JSON.stringify({ uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(), input })));
`;

test("a message is sent by a container of a user without rights, which gets it on its standard input, and is gone afterwards", async () => {
  await expect(runSender(config(), { id: "1", input: "{}" })).rejects.toMatchObject({ code: "compose-failed" });
  const services = {
    sender: {
      ...{ image: inject("docker").base, user: "10002:10002", read_only: true, init: true, profiles: ["tools"] },
      ...{
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        entrypoint: ["node", "-e", PROGRAM.replaceAll("$", "$$$$")],
      },
    },
  };
  await writeFile(join(opened.folder, "compose.override.yaml"), JSON.stringify({ services }));
  const input = JSON.stringify({ secret: "ä".repeat(20_000) });
  const printed = await runSender(config(), { id: "2", input });
  expect(JSON.parse(printed.trim().split("\n").at(-1)!)).toEqual({ uid: 10_002, gid: 10_002, groups: [10_002], input });
  expect(await docker(["ps", "--all", "--quiet", "--filter", `name=${opened.project.name}-message`])).toBe("");
});
