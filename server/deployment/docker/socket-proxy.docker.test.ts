import { copyFile, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { freePort } from "../../platform/free-port.ts";
import { silentLog } from "../../platform/log.ts";
import { healthOf } from "../driver.suite.ts";
import { compose } from "./compose.ts";
import { openSocketProxy } from "./socket-proxy.ts";
import type { DockerStage } from "./testing/docker-stage.ts";
import { setDockerStage } from "./testing/docker-stage.ts";
import { SOCKET, docker } from "./testing/engine.ts";

let stage: DockerStage;
let proxy: { close: () => Promise<void> };
let refusals: object[];
const foreign = () => `${stage.project.name}-neighbour`;

beforeAll(async () => {
  refusals = [];
  stage = await setDockerStage({
    ...inject("docker"),
    through: async ({ name, folder }) => {
      const socket = join(folder, "engine.sock");
      const log = { ...silentLog, warn: (fields: object) => refusals.push(fields) };
      proxy = await openSocketProxy({ socket, engine: SOCKET, site: { project: name, folder, networks: [] }, log });
      return socket;
    },
  });
  // The project's network is there before its updater is.
  const labels = [`com.docker.compose.project=${stage.project.name}`, "com.docker.compose.network=default"];
  await docker(["network", "create", ...labels.flatMap((label) => ["--label", label]), `${stage.project.name}_default`]);
  await docker([
    "run",
    "--detach",
    "--init",
    "--name",
    foreign(),
    "--env",
    "SECRET=theirs",
    inject("docker").base,
    "sleep",
    "600",
  ]);
});
afterAll(async () => {
  await docker(["rm", "--force", foreign()]);
  await stage.close();
  await proxy.close();
});

/** A request as somebody who has taken the updater over would send it. */
async function ask(method: string, path: string, body?: object): Promise<{ status: number; message: string }> {
  const headers = { "content-type": "application/json" };
  const outgoing = request({ socketPath: stage.project.socket, method, path, headers, agent: false });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.once("error", reject);
  });
  const said = await text(answered);
  return {
    status: answered.statusCode ?? 0,
    message: (JSON.parse(said === "" ? "{}" : said) as { message?: string }).message ?? "",
  };
}

test("the driver does its work through it, and asks for nothing that is refused", async () => {
  const { driver } = stage;
  for (const version of ["1.0.0", "1.1.0"]) await driver.fetch(await stage.publish(version), {});
  await driver.start("blue", "1.0.0", "filaops");
  await healthOf(driver, "blue", "ready");
  await driver.start("blue", "1.1.0", "filaops");
  expect(await healthOf(driver, "blue", "ready")).toMatchObject({ answer: { version: "1.1.0" } });
  const lines: string[] = [];
  // Its output comes over an attached stream.
  const options = { database: "filaops", applicationName: "filaops-run-01J", onLine: (line: string) => lines.push(line) };
  await driver.runOnce("1.1.0", "migrate", options);
  expect(lines).toHaveLength(2);
  await driver.keep("1.0.0");
  await driver.answersAgain("1.0.0");
  await driver.remove("1.0.0");
  await driver.stop("blue");
  expect(await driver.inspect()).toEqual({});
  expect(refusals).toEqual([]);
});

test("a fetch that is aborted is aborted at the engine too", async () => {
  const release = await stage.publish("1.2.0");
  const cause = new Error("cancelled");
  const controller = new AbortController();
  const fetching = stage.driver.fetch(release, {
    signal: controller.signal,
    onBytes: () => {
      controller.abort(cause);
    },
  });
  await expect(fetching).rejects.toBe(cause);
  expect(await stage.driver.has("1.2.0")).toBe(false);
});

describe("somebody who has the updater's socket", () => {
  const made = (host: object) => ({
    Image: inject("docker").base,
    Cmd: ["true"],
    Labels: { "com.docker.compose.project": stage.project.name, "com.docker.compose.service": "runner" },
    HostConfig: { CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges:true"], NetworkMode: "none", ...host },
  });

  test("makes no container that is the host's master", async () => {
    const target = `/containers/create?name=${stage.project.name}-master`;
    expect(await ask("POST", target, made({ Privileged: true }))).toEqual({
      status: 403,
      message: "FilaOps' socket proxy refused this: it asks for what FilaOps never does: Privileged.",
    });
    expect(await ask("POST", target, made({ Binds: ["/:/host"] }))).toMatchObject({ status: 403 });
    expect(await ask("POST", target, made({ Binds: [`${SOCKET}:/s`] }))).toMatchObject({ status: 403 });
    expect(await ask("POST", target, made({ NetworkMode: "bridge" }))).toMatchObject({ status: 403 });
    expect(await docker(["ps", "--all", "--quiet", "--filter", `name=${stage.project.name}-master`])).toBe("");
  });

  test("makes one as FilaOps does, and of it nothing more", async () => {
    const name = `${stage.project.name}-made`;
    expect(await ask("POST", `/containers/create?name=${name}`, made({}))).toMatchObject({ status: 201 });
    expect(await ask("POST", `/containers/${name}/exec`, { Cmd: ["sh"] })).toMatchObject({ status: 403 });
    expect(await ask("POST", `/containers/${name}/update`, { RestartPolicy: { Name: "always" } })).toMatchObject({ status: 403 });
    expect(await ask("DELETE", `/containers/${name}?force=1`)).toMatchObject({ status: 204 });
  });

  test.each([
    ["stops", "POST", "/stop"],
    ["kills", "POST", "/kill"],
    ["renames", "POST", "/rename?name=x"],
    ["listens to", "POST", "/attach?stream=1&stdout=1"],
    ["looks into", "GET", "/json"],
    ["reads the log of", "GET", "/logs?stdout=1"],
    ["enters", "POST", "/exec"],
    ["removes", "DELETE", "?force=1"],
  ])("%s no container of anybody else, by its name or its id", async (_what, method, verb) => {
    const id = (await docker(["inspect", "--format", "{{.Id}}", foreign()])).trim();
    for (const called of [foreign(), id, id.slice(0, 12)]) {
      expect(await ask(method, `/containers/${called}${verb}`)).toMatchObject({ status: 403 });
    }
    expect((await docker(["inspect", "--format", "{{.State.Running}}", foreign()])).trim()).toBe("true");
  });

  test("is not let in by asking for a plain stream", async () => {
    const headers = { connection: "Upgrade", upgrade: "tcp" };
    for (const path of [`/containers/${foreign()}/attach?stream=1&stdout=1`, "/session", "/containers/json"]) {
      const outgoing = request({ socketPath: stage.project.socket, method: "POST", path, headers, agent: false });
      outgoing.end();
      const status = await new Promise((resolve, reject) => {
        outgoing.once("upgrade", (_answer, socket) => {
          socket.destroy();
          resolve("upgraded");
        });
        outgoing.once("response", ({ statusCode }) => {
          resolve(statusCode);
        });
        outgoing.once("error", reject);
      });
      expect(status).toBe(403);
    }
  });

  test("is told that there is nothing, where there is nothing", async () => {
    const answer = { status: 404, message: "No such container: nothing-here" };
    expect(await ask("GET", "/containers/nothing-here/json")).toEqual(answer);
  });

  test("has no more read to the end than FilaOps ever asks for", async () => {
    const answered = await ask("POST", "/containers/create", { Image: "x".repeat(300 * 1024) });
    expect(answered).toMatchObject({ status: 403 });
  });
});

describe("the services of compose.yaml", () => {
  const image = () => `filaops-test-sleeper:${stage.project.name}`;
  const flags = ["--detach", "--no-deps", "--no-build", "--pull", "never"];
  const container = (service: string) => `${stage.project.name}-${service}-1`;

  beforeAll(async () => {
    const { folder } = stage;
    await copyFile(join(import.meta.dirname, "../../../compose.yaml"), join(folder, "compose.yaml"));
    // What they are for is not tried here: they sleep.
    await writeFile(join(folder, "Dockerfile"), `FROM ${inject("docker").base}\nENTRYPOINT ["sh", "-c", "exec sleep 600"]\n`);
    await docker(["build", "--quiet", "--tag", image(), "--file", join(folder, "Dockerfile"), join(folder, "data")]);
    const values = {
      FILAOPS_IMAGE: image(),
      FILAOPS_POSTGRES_IMAGE: image(),
      FILAOPS_PORT: String(await freePort()),
      COMPOSE_PROJECT_NAME: stage.project.name,
    };
    await writeFile(
      join(folder, ".env"),
      `${Object.entries(values)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n")}\nFILAOPS_UPDATER_SOCKET=/dev/null\n`,
    );
    // By hand, as the operator does it the first time.
    await compose({ ...stage.project, socket: SOCKET }, ["create", "--no-build", "gate", "updater", "socket-proxy"], {
      profile: "socket-proxy",
    });
  });
  afterAll(() => docker(["rmi", "--force", image()]));

  test("are made through it by updater and handover, with the rights and networks that they are declared to have", async () => {
    refusals = [];
    const { project } = stage;
    await compose(project, ["up", ...flags, "--force-recreate", "updater", "gate"]);
    await compose(project, ["up", ...flags, "web-blue"], { profile: "blue" });
    await compose(project, ["run", "--detach", "--rm", "--no-deps", "--name", `${project.name}-run-1`, "runner", "1"], {
      profile: "tools",
    });
    const networks = await docker([
      "inspect",
      "--format",
      "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}",
      container("gate"),
    ]);
    expect(networks.trim().split(" ")).toEqual([`${project.name}_inside`, `${project.name}_outside`]);
    expect(refusals).toEqual([]);
  });

  // Among all processes of the host is the proxy too, and what it sees is Docker's socket: were its rights the updater's, that would be a way in.
  test("do not let the updater enter the proxy", async () => {
    await docker(["start", container("socket-proxy"), container("updater")]);
    const pid = (await docker(["inspect", "--format", "{{.State.Pid}}", container("socket-proxy")])).trim();
    const look = (seen: string) => docker(["exec", container("updater"), "ls", `/proc/${seen}/root/run`]);
    // Its own it sees, by the same way.
    expect(await look("self")).toContain("docker.sock");
    await expect(look(pid)).rejects.toMatchObject({
      problem: { happened: expect.stringContaining("Permission denied") as string },
    });
  });

  test("do not let it stop the proxy", async () => {
    expect(await ask("POST", `/containers/${container("socket-proxy")}/stop`)).toMatchObject({ status: 403 });
    expect(await ask("DELETE", `/containers/${container("socket-proxy")}?force=1`)).toMatchObject({ status: 403 });
  });
});
