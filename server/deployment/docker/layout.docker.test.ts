import { copyFile, mkdtemp, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { z } from "zod";
import { systemClock } from "../../platform/clock.ts";
import type { configSchema } from "../../platform/config.ts";
import { makeFolder } from "../../platform/files.ts";
import { freePort } from "../../platform/free-port.ts";
import { homePaths } from "../../platform/home.ts";
import { newUlid } from "../../platform/ids.ts";
import { silentLog } from "../../platform/log.ts";
import { run } from "../../platform/process.ts";
import type { Driver } from "../driver.ts";
import { compose } from "./compose.ts";
import { createDockerDriver } from "./driver.ts";
import { createEngine } from "./engine.ts";
import { keepImage } from "./images.ts";
import { docker } from "./testing/engine.ts";

/**
 * The repository's compose.yaml, read by the real Compose and at work on a real engine; its containers only stay there, each of the same little
 * image. What an operator may have made of it lies in compose.override.yaml and .env.
 */

const INSTALLED = { slot: "blue", version: "1.0.0", database: "filaops" } as const;
const name = `filaops-test-${newUlid(systemClock).slice(-10).toLowerCase()}`;
const image = `${name}:1.0.0`;
let folder: string;
let driver: Driver;
/** The same for an updater that goes through the socket proxy. */
let proxied: Driver;
let env: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-layout-"));
  const { socket, base } = inject("docker");
  const project = { name, folder, socket };
  await copyFile(join(import.meta.dirname, "../../../compose.yaml"), join(folder, "compose.yaml"));
  await buildStandIn(base);
  env = [
    `COMPOSE_PROJECT_NAME=${name}`,
    "COMPOSE_PROFILES=blue",
    `FILAOPS_PORT=${await freePort()}`,
    `FILAOPS_IMAGE=${image}`,
    `FILAOPS_POSTGRES_IMAGE=${image}`,
    "",
  ].join("\n");
  await writeFile(at(".env"), env);
  const paths = homePaths(at("data"));
  const engine = createEngine(socket);
  const postgres = { host: "db", port: 5432, database: "filaops", owner: "o", app: "a", writer: "w", loader: "l", binaries: "/" };
  const site = { paths, engine, project, log: silentLog, reach: "address" as const, config: { postgres } };
  driver = createDockerDriver(site);
  proxied = createDockerDriver({ ...site, project: { ...project, socket: paths.engineSocket } });
  await byHand("up", "--detach");
  await makeFolder(paths.releases);
  const imageId = (await docker(["image", "inspect", "--format", "{{.Id}}", image])).trim();
  await keepImage({ engine, paths, project }, { v: 1, version: "1.0.0", reference: image, digest: null, imageId });
});
afterEach(async () => {
  await writeFile(at(".env"), env);
  await rm(at("compose.override.yaml"), { force: true });
});
afterAll(async () => {
  await byHand("--profile", "*", "down", "--timeout", "1", "--volumes");
  await docker(["rmi", "--force", image, `filaops-keep:${name}-1.0.0`]);
  await rm(folder, { recursive: true });
});

const at = (file: string) => join(folder, file);
const byHand = (...args: string[]) => compose({ name, folder, socket: inject("docker").socket }, args);
const override = (text: string) => writeFile(at("compose.override.yaml"), text);
const found = async () => (await driver.misfits(INSTALLED)).map(({ what }) => what);

async function buildStandIn(base: string): Promise<void> {
  const source = await mkdtemp(join(tmpdir(), "filaops-stand-in-"));
  const program = 'process.on("SIGTERM", () => process.exit()); if (process.argv[1] !== "init") setInterval(() => {}, 1e6);';
  const lines = [
    `FROM ${base}`,
    "LABEL org.opencontainers.image.version=1.0.0",
    `ENTRYPOINT ["node", "--eval", ${JSON.stringify(program)}]`,
  ];
  await writeFile(join(source, "Dockerfile"), `${lines.join("\n")}\n`);
  await docker(["build", "--quiet", "--tag", image, source]);
  await rm(source, { recursive: true });
}

test("the repository's own compose.yaml fits, as it is declared and as it runs", async () => {
  expect(await driver.misfits(INSTALLED)).toEqual([]);
});

describe("what an operator changes for themselves fits:", () => {
  test.each([
    ["limits", "services: { web-blue: { mem_limit: 2g }, db: { shm_size: 1g, mem_limit: 4g } }"],
    ["ports of the gate", 'services: { gate: { ports: !override ["127.0.0.1:8080:3000"] } }'],
    ["a gate without ports, behind a proxy", "services: { gate: { ports: !reset [] } }"],
    [
      "a reverse proxy's network and labels on the gate",
      "services: { gate: { networks: [proxy], labels: { traefik.enable: 'true' } } }\nnetworks: { proxy: { external: true } }",
    ],
    [
      "a service of their own, with ports and Docker's socket",
      "services: { watch: { image: watch, ports: ['99:99'], volumes: ['/var/run/docker.sock:/var/run/docker.sock'] } }",
    ],
    ["a network of their own for the database", "services: { db: { networks: [inside, admin] } }\nnetworks: { admin: {} }"],
    ["a certificate for the app", "services: { web-blue: { volumes: ['./own.pem:/etc/own.pem:ro'] } }"],
    ["another logging, restart and healthcheck", "services: { updater: { logging: { driver: local }, restart: always } }"],
  ])("%s", async (_what, text) => {
    await override(text);
    expect(await driver.misfits(INSTALLED)).toEqual([]);
  });

  test("profiles, another port, another build of the same PostgreSQL, and another engine's socket in .env", async () => {
    await override("services: { watch: { image: watch, profiles: [watching] } }");
    const own =
      "COMPOSE_PROFILES=watching,blue\nFILAOPS_PORT=80\nFILAOPS_POSTGRES_IMAGE=postgres:17-alpine\nDOCKER_SOCKET=/run/user/1/docker.sock\n";
    await writeFile(at(".env"), env + own);
    expect(await driver.misfits(INSTALLED)).toEqual([]);
  });
});

// The socket that the proxy serves was missed among the mounts: every update behind it was refused.
test("the socket proxy fits as the guide has it, and then, too, nobody else may have Docker's own socket", async () => {
  await writeFile(at(".env"), `${env.replace("=blue", "=blue,socket-proxy")}FILAOPS_UPDATER_SOCKET=/dev/null\n`);
  expect(await proxied.misfits(INSTALLED)).toEqual([]);
  await override("services: { gate: { volumes: ['/var/run/docker.sock:/s'] } }");
  const [misfit] = await proxied.misfits(INSTALLED);
  expect(misfit?.what).toContain("`gate` is declared with /var/run/docker.sock mounted");
});

describe("declared otherwise, it is told with what to write:", () => {
  test.each<[what: string, text: string, told: string, todo: string]>([
    [
      "a service that is missing",
      "services: { runner: !reset null }",
      "does not declare the service `runner`",
      "Take `runner` over",
    ],
    [
      "an image of its own",
      "services: { web-green: { image: 'mine:1' } }",
      "The image of `web-green` does not come from FILAOPS_GREEN_IMAGE.",
      "write: image: ${FILAOPS_GREEN_IMAGE:-${FILAOPS_IMAGE}}",
    ],
    [
      "an image that ignores the gate's variable",
      "services: { gate: { image: '${FILAOPS_IMAGE}' } }",
      "The image of `gate` does not come from FILAOPS_GATE_IMAGE.",
      "write: image: ${FILAOPS_GATE_IMAGE:-${FILAOPS_IMAGE}}",
    ],
    [
      "a database of its own",
      "services: { web-blue: { environment: { FILAOPS_DATABASE: mine } } }",
      "The database of `web-blue` does not come from FILAOPS_BLUE_DATABASE.",
      "write: FILAOPS_DATABASE: ${FILAOPS_BLUE_DATABASE:-filaops}",
    ],
    [
      "a slot that is always started",
      "services: { web-green: { profiles: !reset [] } }",
      "`web-green` is of no profile.",
      "write: profiles: [green]",
    ],
    ["a gate that is not", "services: { gate: { profiles: [web] } }", "`gate` is of the profiles web.", "Take `profiles` away"],
    [
      "an open port past the gate",
      "services: { web-blue: { ports: ['3001:3000'] } }",
      "`web-blue` is declared with ports that are open to the outside.",
      "Take `ports` away from `web-blue`",
    ],
    [
      "Docker's socket for the app",
      "services: { web-blue: { volumes: ['/run/docker.sock:/x.sock'] } }",
      "`web-blue` is declared with /run/docker.sock mounted",
      "Take the mount of /run/docker.sock away",
    ],
    [
      "a folder that the backups lie in, for the gate",
      "services: { gate: { volumes: ['./data:/all:ro'] } }",
      "`gate` is declared with FOLDER/data mounted",
      "Take the mount of FOLDER/data away",
    ],
    [
      "a way out for the app",
      "services: { web-trial: { networks: [inside, outside] } }",
      "`web-trial` is declared in the networks inside, outside, and has to be in `inside` alone.",
      "write: networks: [inside]",
    ],
    [
      "the host's network for migrations",
      "services: { migrate: { networks: !reset [], network_mode: host } }",
      "`migrate` is declared in the networks host, and not in `inside`.",
      "write `inside` among its `networks`",
    ],
    [
      "a network with a way out",
      "networks: { inside: { internal: false } }",
      "The network `inside` is not declared without a way to the internet.",
      "inside: { internal: true }",
    ],
    [
      "another place of the folder",
      "services: { updater: { volumes: !override ['.:/project', '/var/run/docker.sock:/var/run/docker.sock'] } }",
      "`updater` does not have the folder FOLDER at the same place as the host.",
      "source: FOLDER, target: FOLDER",
    ],
    [
      "no socket for the runner",
      "services: { runner: { volumes: !override ['FOLDER:FOLDER'] } }",
      "`runner` does not have Docker's socket at /var/run/docker.sock.",
      "target: /var/run/docker.sock",
    ],
    [
      "another home",
      "services: { handover: { environment: { FILAOPS_HOME: /elsewhere } } }",
      "`handover` is told another folder than FOLDER/data.",
      "FILAOPS_HOME: FOLDER/data",
    ],
    [
      "no folder for what people upload",
      "services: { web-green: { volumes: !override ['./data/shared:/filaops/shared:ro'] } }",
      "`web-green` does not have the folder FOLDER/data/files at /filaops/files.",
      "write: - FOLDER/data/files:/filaops/files",
    ],
    ["processes of its own", "services: { runner: { pid: !reset null } }", "`runner` does not see the processes", "pid: host"],
  ])("%s", async (_what, text, told, todo) => {
    await override(text.replaceAll("FOLDER", folder));
    const misfits = await driver.misfits(INSTALLED);
    expect(misfits).toHaveLength(1);
    expect(misfits[0]!.what).toContain(told.replaceAll("FOLDER", folder));
    expect(misfits[0]!.todo).toContain(todo.replaceAll("FOLDER", folder));
  });

  test("all at once", async () => {
    await override("services: { web-blue: { image: 'mine:1', ports: ['3001:3000'] }, migrate: !reset null }");
    expect(await found()).toEqual([
      "The image of `web-blue` does not come from FILAOPS_BLUE_IMAGE.",
      "`web-blue` is declared with ports that are open to the outside.",
      "compose.yaml does not declare the service `migrate`.",
    ]);
  });

  test("a file that Compose cannot read, in Compose's words", async () => {
    await override("services: { gate: { volumes: 7 } }");
    expect(await driver.misfits(INSTALLED)).toMatchObject([
      { what: expect.stringContaining("gate.volumes") as string, todo: "docker compose config" },
    ]);
  });
});

describe("the folder", () => {
  test("with the file under another name", async () => {
    await rename(at("compose.yaml"), at("docker-compose.yml"));
    const told = await found();
    await rename(at("docker-compose.yml"), at("compose.yaml"));
    expect(told).toEqual([`There is no compose.yaml in ${folder}.`]);
  });

  test("with an .env that is a link", async () => {
    await rename(at(".env"), at("linked.env"));
    await symlink("linked.env", at(".env"));
    const told = await found();
    await unlink(at(".env"));
    expect(told).toEqual(["The file .env is a link to another one."]);
  });
});

describe("what docker compose up -d would start", () => {
  test.each<[what: string, lines: string, told: string, todo: string, byItself?: true]>([
    ["nothing for people", "COMPOSE_PROFILES=\n", "would not start `web-blue`.", "COMPOSE_PROFILES=blue", true],
    [
      "the other slot",
      "COMPOSE_PROFILES=green\n",
      "would not start `web-blue` and start `web-green` too.",
      "COMPOSE_PROFILES=blue",
      true,
    ],
    [
      "the other slot, and what only an update starts",
      "COMPOSE_PROFILES=green,mine,tools\n",
      "would not start `web-blue` and start `web-green`, `runner`, `handover`, `migrate` too.",
      "COMPOSE_PROFILES=blue,mine",
    ],
    ["another image", "FILAOPS_BLUE_IMAGE=other:2\n", "`web-blue` is of the image other:2;", `FILAOPS_BLUE_IMAGE=${image}`, true],
    ["another database", "FILAOPS_BLUE_DATABASE=other\n", "works on the database other;", "FILAOPS_BLUE_DATABASE=filaops"],
  ])("is not %s", async (_what, lines, told, todo, byItself) => {
    await writeFile(at(".env"), env + lines);
    const misfits = await driver.misfits(INSTALLED);
    expect(misfits).toHaveLength(1);
    expect(misfits[0]!.what).toContain(told);
    expect(misfits[0]!.todo).toBe(`In .env, write: ${todo}`);
    expect(misfits[0]!.byItself).toBe(byItself);
  });
});

describe("what runs", () => {
  const app = `${name}-web-blue-1`;
  afterEach(async () => {
    await writeFile(at(".env"), env);
    await byHand("up", "--detach", "--timeout", "1", "web-blue");
  });

  test("is in a network that nobody declared", async () => {
    await docker(["network", "connect", `${name}_outside`, app]);
    expect(await driver.misfits(INSTALLED)).toMatchObject([
      {
        what: expect.stringContaining("`web-blue` runs in the networks") as string,
        todo: "docker compose up -d --force-recreate web-blue",
      },
    ]);
    await byHand("up", "--detach", "--force-recreate", "--timeout", "1", "web-blue");
    expect(await found()).toEqual([]);
  });

  test("is down", async () => {
    await docker(["stop", "--time", "1", app]);
    expect(await driver.misfits(INSTALLED)).toMatchObject([{ todo: "docker compose up -d web-blue" }]);
  });

  test("works on another database", async () => {
    await writeFile(at(".env"), `${env}FILAOPS_BLUE_DATABASE=other\n`);
    await byHand("up", "--detach", "--timeout", "1");
    await writeFile(at(".env"), env);
    expect(await found()).toEqual(["`web-blue` works on the database other; the data that is installed is in filaops."]);
  });

  test("is of an image whose tag somebody moved: the way back that is told leads back", async () => {
    await docker(["build", "--quiet", "--tag", image, "--label", "moved=yes", await movedFrom(image)]);
    await byHand("up", "--detach", "--timeout", "1", "web-blue");
    const [misfit] = await driver.misfits(INSTALLED);
    expect(misfit!.what).toContain("`web-blue` runs another image");
    expect(misfit!.todo).toBe(`docker tag filaops-keep:${name}-1.0.0 ${image} && docker compose up -d web-blue`);
    const moved = (await docker(["image", "inspect", "--format", "{{.Id}}", image])).trim();
    await docker(["tag", `filaops-keep:${name}-1.0.0`, image]);
    await byHand("up", "--detach", "--timeout", "1", "web-blue");
    expect(await found()).toEqual([]);
    await docker(["rmi", moved]);
  });
});

test("has a network with a way out, though none is declared so", async () => {
  const other = `${name}_other`;
  await docker(["network", "create", other]);
  await override(`networks: { inside: { name: ${other} } }`);
  const told = await found();
  await docker(["network", "rm", other]);
  expect(told).toContain("The network `inside` was not made without a way to the internet.");
});

describe("filaops adopt", () => {
  const adopt = (...flags: string[]) =>
    run(process.execPath, [join(import.meta.dirname, "../../../scripts/filaops.ts"), "adopt", "--home", at("data"), ...flags]);
  beforeAll(async () => {
    const paths = homePaths(at("data"));
    const { slot, version } = INSTALLED;
    const state = { v: 1, instanceId: newUlid(systemClock), sessionEpoch: 0, installedAt: "2026-01-05T08:00:00.000Z" };
    const installed = { version, schemaHead: "1_first", slot, oid: 1 };
    const config: z.input<typeof configSchema> = {
      ...{ v: 1, publicUrl: "http://localhost", gate: { host: "0.0.0.0", port: 3000 }, releases: {}, driver: "docker" },
      ...{ slots: { blue: 3000, green: 3000 }, docker: { project: name, folder, socket: inject("docker").socket } },
      postgres: { host: "db", port: 5432, database: "filaops", binaries: "/" },
    };
    await makeFolder(paths.shared);
    await makeFolder(paths.keys);
    await writeFile(paths.state, JSON.stringify({ ...state, installed, highestCommitted: version }));
    await writeFile(paths.config, JSON.stringify(config));
    await writeFile(paths.operatorToken, "token");
  });

  test("says that everything fits", async () => {
    expect((await adopt()).stdout).toBe("Everything fits.\n");
    expect(JSON.parse((await adopt("--json")).stdout)).toEqual({ misfits: [] });
  });

  test("tells what does not, with what to do, and its exit code says so", async () => {
    await override("services: { runner: { pid: !reset null } }");
    await expect(adopt()).rejects.toThrow(
      /exit code 1: PROBLEM {2}`runner` does not see the processes of this computer\.\n.*\n.*pid: host.*\nNothing was changed\.$/,
    );
    await expect(adopt("--json")).rejects.toThrow(/exit code 1: {"misfits":\[{"what":"`runner` does not/);
  });
});

async function movedFrom(of: string): Promise<string> {
  const source = await mkdtemp(join(folder, "moved-"));
  await writeFile(join(source, "Dockerfile"), `FROM ${of}\n`);
  return source;
}
