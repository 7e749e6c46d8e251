import { randomBytes } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { baseImage } from "../../server/deployment/docker/testing/base-image.ts";
import { docker, openEngine } from "../../server/deployment/docker/testing/engine.ts";
import { postgresImage } from "../../server/deployment/docker/testing/postgres-image.ts";
import { urlOf } from "../../server/databases/login-url.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { readSecret } from "../../server/platform/config.ts";
import { makeFolder } from "../../server/platform/files.ts";
import { freePort } from "../../server/platform/free-port.ts";
import { homePaths } from "../../server/platform/home.ts";
import { startFeed } from "../../server/releases/testing/feed.ts";
import { seedFarm } from "../seed.ts";
import { imageName, publishImages } from "./images.ts";
import { demoPlaces } from "./places.ts";
import { BROKEN, FIRST, GOOD, publishReleases } from "./publish.ts";
import type { Stage, StageOptions } from "./stage.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const START_MS = 180_000;
/** The bridge's own address: where containers reach the feed, which runs on this computer. */
const HOST = "172.17.0.1";

/**
 * The same installation of 1.0.0 with Docker Compose, out of a folder with the repository's compose.yaml and an `.env`: a real engine, a registry on
 * loopback, and images of this app. `docker compose up -d` is all that is done to install it.
 */
export async function openDockerStage({ folder, seeded, published, say, port }: Omit<StageOptions, "released">): Promise<Stage> {
  const places = demoPlaces(folder);
  await makeFolder(folder);
  await publishReleases(places, { now: systemClock.now(), say });
  say("Making images and a registry …");
  const engine = await openEngine(join(folder, "engine"));
  const [base, releases] = [await baseImage(), join(folder, "releases")];
  await publishImages(places, { folder: releases, versions: [FIRST, GOOD, ...BROKEN], registry: engine.registry, base });
  const feed = await startFeed({ folder: releases, host: HOST, published });
  const gatePort = port ?? (await freePort());
  const project = join(folder, "project");
  await makeFolder(project);
  await copyFile(join(ROOT, "compose.yaml"), join(project, "compose.yaml"));
  const name = `filaops-demo-${gatePort}`;
  const settings = {
    COMPOSE_PROJECT_NAME: name,
    FILAOPS_PUBLIC_URL: `http://127.0.0.1:${gatePort}`,
    FILAOPS_PORT: String(gatePort),
    FILAOPS_IMAGE: imageName(engine.registry, FIRST),
    FILAOPS_POSTGRES_IMAGE: await postgresImage(base),
    FILAOPS_RELEASES_API: feed.url,
    FILAOPS_RELEASE_KEY: (await readFile(places.publicKey, "utf8")).trim().split("\n").at(-1) ?? "",
    COMPOSE_PROFILES: "blue",
  };
  await writeFile(
    join(project, ".env"),
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
  );
  const compose = (args: readonly string[]) => docker(["compose", ...args], { cwd: project, env: { PWD: project } });
  say("docker compose up -d …");
  await compose(["up", "--detach", "--quiet-pull"]);
  const url = settings.FILAOPS_PUBLIC_URL;
  const paths = homePaths(join(project, "data"));
  await untilReady(url);
  const ownerUrl = async () => {
    const ip = await docker(["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", `${name}-db-1`]);
    return urlOf(
      { host: ip.trim(), port: 5432, user: "filaops_owner", password: await readSecret(paths.ownerPassword) },
      "filaops",
    );
  };
  const signIn = { email: "owner@farm.example", password: randomBytes(9).toString("base64url") };
  if (seeded) await seedFarm(await ownerUrl(), { password: signIn.password });
  return {
    places,
    paths,
    url,
    feed,
    signIn,
    ownerUrl,
    filaops: async (args) => {
      await compose(["exec", "--no-TTY", "updater", "filaops", ...args]);
    },
    close: async () => {
      await compose(["--profile", "*", "down", "--volumes", "--timeout", "5"]);
      await feed.close();
      await engine.close();
    },
  };
}

async function untilReady(url: string): Promise<void> {
  const deadline = systemClock.monotonic() + START_MS;
  for (;;) {
    const status = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5000) }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (systemClock.monotonic() > deadline) throw new Error(`FilaOps does not come up at ${url}`);
    await systemClock.sleep(200);
  }
}
