import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { urlOf } from "../../server/databases/login-url.ts";
import { baseImage } from "../../server/deployment/docker/testing/base-image.ts";
import type { TestEngine } from "../../server/deployment/docker/testing/engine.ts";
import { docker, openEngine } from "../../server/deployment/docker/testing/engine.ts";
import { removeHolders } from "../../server/deployment/docker/testing/holders.ts";
import { postgresImage } from "../../server/deployment/docker/testing/postgres-image.ts";
import { stopSchedule } from "../../server/backups/settings.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { readSecret } from "../../server/platform/config.ts";
import { exists, makeFolder, readJson, writeAtomically } from "../../server/platform/files.ts";
import { freePort } from "../../server/platform/free-port.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import { homePaths } from "../../server/platform/home.ts";
import type { Feed } from "../../server/releases/testing/feed.ts";
import { startFeed } from "../../server/releases/testing/feed.ts";
import { forgetImages, imageName, publishImages } from "./images.ts";
import type { DemoPlaces } from "./places.ts";
import { demoPlaces } from "./places.ts";
import { choosePublicPort } from "./ports.ts";
import { ALL, FIRST, publishReleases } from "./publish.ts";
import { seedOnce } from "./seed-once.ts";
import type { Stage, StageOptions } from "./stage.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const START_MS = 180_000;
/** The bridge's own address: where containers reach the feed, which runs on this computer. */
const HOST = "172.17.0.1";
const ALL_SERVICES = ["--profile", "*"];

const portsSchema = z.object({ gate: z.int(), registry: z.int(), feed: z.int() });
type Ports = z.infer<typeof portsSchema>;

/** Where the Compose project of a stage lies, and what it is called. */
type Project = { name: string; folder: string; url: string; paths: HomePaths };

/**
 * The same installation of 1.0.0 with Docker Compose, out of a folder with the repository's compose.yaml and an `.env`: a real engine, a registry on
 * loopback, and images of this app. `docker compose up -d` is all that is done to install it, and to start it again.
 */
export async function openDockerStage(options: StageOptions): Promise<Stage> {
  const { folder, seeded, published, released, say, temporary, versions = ALL, ending = new AbortController().signal } = options;
  const places = demoPlaces(folder, released);
  await makeFolder(folder);
  if (released === undefined) await publishReleases(places, { now: systemClock.now(), say, signal: ending });
  const ports = await choosePorts(join(folder, "docker-ports.json"), options);
  const engine = await openEngine(join(folder, "engine"), ports.registry);
  const opened: (() => Promise<void>)[] = [engine.close];
  const close = async () => {
    for (const end of opened.splice(0).toReversed()) await end();
  };
  try {
    const { feed, project } = await lay({ places, ports, engine, published, versions, say });
    opened.push(feed.close, () => (temporary === true ? discard(project, engine) : compose(project, [...ALL_SERVICES, "stop"])));
    ending.throwIfAborted();
    say("docker compose up -d …");
    await compose(project, ["up", "--detach", "--quiet-pull"]);
    await untilReady(project.url, ending);
    if (temporary === true) await stopSchedule({ paths: project.paths, clock: systemClock });
    const signIn = seeded
      ? await seedOnce(places, { ownerUrl: await ownerUrl(project), files: project.paths.files, say })
      : { email: "", password: "" };
    return {
      ...{ places, paths: project.paths, url: project.url, feed, signIn, close },
      ownerUrl: () => ownerUrl(project),
      filaops: (args) => compose(project, ["exec", "--no-TTY", "updater", "filaops", ...args]),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Takes away what a stage left in the engine: containers, networks, the database's volume. */
export async function removeDockerStage(folder: string): Promise<void> {
  const path = join(folder, "docker-ports.json");
  const ports = (await exists(path)) ? await readJson(path, portsSchema) : null;
  if (ports === null) return;
  const engine = await openEngine(join(folder, "engine"), ports.registry);
  try {
    await discard(projectOf(folder, ports), engine);
  } finally {
    await engine.close();
  }
}

async function discard(project: Project, { registry }: TestEngine): Promise<void> {
  // First who would replace or start again what ends.
  await compose(project, ["rm", "--stop", "--force", "handover"]);
  await compose(project, ["rm", "--stop", "--force", "updater"]);
  await compose(project, [...ALL_SERVICES, "down", "--volumes", "--timeout", "5"]);
  await removeHolders(project.name);
  await forgetImages([`${registry}/*`, `filaops-keep:${project.name}-*`]);
}

async function choosePorts(path: string, asked: StageOptions): Promise<Ports> {
  const known = await readJson(path, portsSchema);
  if (known !== null) return known;
  const ports = { gate: await choosePublicPort(undefined, asked), registry: await freePort(), feed: await freePort() };
  await writeAtomically(path, JSON.stringify(ports));
  return ports;
}

function projectOf(folder: string, { gate }: Ports): Project {
  const project = join(folder, "project");
  const url = `http://127.0.0.1:${gate}`;
  return { name: `filaops-demo-${gate}`, folder: project, url, paths: homePaths(join(project, "data")) };
}

type Laying = {
  places: DemoPlaces;
  ports: Ports;
  engine: TestEngine;
  published: readonly string[];
  versions: readonly string[];
  say: (text: string) => void;
};

/** Images in the registry, a feed that lists them, and the two files that an operator makes. */
async function lay({ places, ports, engine, published, versions, say }: Laying): Promise<{ feed: Feed; project: Project }> {
  say("Making images and filling a registry …");
  const releases = join(places.folder, "releases");
  const base = await baseImage();
  await publishImages(places, { folder: releases, versions, registry: engine.registry, base });
  const project = projectOf(places.folder, ports);
  await makeFolder(project.folder);
  await copyFile(join(ROOT, "compose.yaml"), join(project.folder, "compose.yaml"));
  const path = join(project.folder, ".env");
  if (!(await exists(path))) await writeFile(path, await settings(project, { places, ports, engine, base }));
  const feed = await startFeed({ folder: releases, host: HOST, port: ports.feed, published });
  return { feed, project };
}

async function settings(
  project: Project,
  { places, ports, engine, base }: Pick<Laying, "places" | "ports" | "engine"> & { base: string },
): Promise<string> {
  const values = {
    COMPOSE_PROJECT_NAME: project.name,
    FILAOPS_PUBLIC_URL: project.url,
    FILAOPS_PORT: String(ports.gate),
    FILAOPS_IMAGE: imageName(engine.registry, FIRST),
    FILAOPS_POSTGRES_IMAGE: await postgresImage(base),
    FILAOPS_RELEASES_API: `http://${HOST}:${ports.feed}`,
    FILAOPS_RELEASE_KEY: (await readFile(places.publicKey, "utf8")).trim().split("\n").at(-1) ?? "",
    COMPOSE_PROFILES: "blue",
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  return lines.join("");
}

async function compose({ folder }: Project, args: readonly string[]): Promise<void> {
  await docker(["compose", ...args], { cwd: folder, env: { PWD: folder } });
}

async function ownerUrl({ name, paths }: Project): Promise<string> {
  const addresses = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const host = (await docker(["inspect", "--format", addresses, `${name}-db-1`])).trim();
  const password = await readSecret(paths.ownerPassword);
  return urlOf({ host, port: 5432, user: "filaops_owner", password }, "filaops");
}

async function untilReady(url: string, ending: AbortSignal): Promise<void> {
  const deadline = systemClock.monotonic() + START_MS;
  for (;;) {
    const status = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5000) }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (systemClock.monotonic() > deadline) throw new Error(`FilaOps does not come up at ${url}`);
    await systemClock.sleep(200, ending);
  }
}
