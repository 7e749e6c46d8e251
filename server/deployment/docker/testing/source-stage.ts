import { copyFile, cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder, remove } from "../../../platform/files.ts";
import type { Log } from "../../../platform/log.ts";
import { silentLog } from "../../../platform/log.ts";
import { run } from "../../../platform/process.ts";
import type { Release } from "../../../releases/contract.ts";
import type { Driver } from "../../driver.ts";
import { packFakeRelease } from "../../testing/fake-release.ts";
import type { Authority } from "./authority.ts";
import { makeAuthority } from "./authority.ts";
import type { DockerProject } from "./docker-project.ts";
import { openDockerProject } from "./docker-project.ts";
import { docker } from "./engine.ts";
import type { GitServer } from "./git-server.ts";
import { openGitServer } from "./git-server.ts";
import type { OwnEngine } from "./own-engine.ts";
import { openOwnEngine } from "./own-engine.ts";

const BASE = "filaops-test-node:1";
const NODE = join(import.meta.dirname, "../../../../node_modules/node/bin/node");

/** What the Dockerfile of a commit does besides what it should. */
export type Fault = "build-fails" | "build-hangs" | "no-version" | "no-revision";

export type SourceStage = Pick<DockerProject, "folder" | "project" | "paths"> & {
  /** Builds from the server's repository. */
  driver: Driver;
  driverFrom: (repository: string) => Driver;
  git: GitServer;
  /** Another server of the same repositories, that nobody vouches for. */
  openStranger: () => Promise<GitServer>;
  /** Commits a made-up release on top of the branch. */
  commit: (version: string, fault?: Fault) => Promise<Release>;
  /** Waits until a build prints this line. */
  printed: (line: string) => Promise<void>;
  /** The Docker command line on the stage's engine. */
  docker: (args: readonly string[]) => Promise<string>;
  close: () => Promise<void>;
};

/** A project on an engine of its own, whose git trusts the authority of a git server over HTTPS. */
export async function setSourceStage(): Promise<SourceStage> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-source-"));
  const authority = await makeAuthority(join(folder, "authority"));
  const trusted = authority.certificatePath;
  // As the certificates of the whole computer would be: read by git, and by the engine itself.
  const engine = await openOwnEngine(join(folder, "engine"), { GIT_SSL_CAINFO: trusted, SSL_CERT_FILE: trusted });
  try {
    return await openStage({ folder, authority, engine });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

type Ground = { folder: string; authority: Authority; engine: OwnEngine };

async function openStage({ folder, authority, engine }: Ground): Promise<SourceStage> {
  const command = (args: readonly string[]) => docker(args, { env: { DOCKER_HOST: `unix://${engine.socket}` } });
  await importBase(folder, command);
  const work = await makeRepository(folder);
  const repositories = join(folder, "repositories");
  const git = await openGitServer(repositories, authority);
  const { driver, close, ...place } = await openDockerProject({ socket: engine.socket });
  const { log, printed } = watchedLog();
  const driverFrom = (repository: string) => driver({ source: { repository, base: BASE }, log });
  return {
    ...place,
    driver: driverFrom(`${git.url}/farm.git`),
    driverFrom,
    git,
    openStranger: async () => openGitServer(repositories, await makeAuthority(join(folder, "stranger"))),
    commit: (version, fault) => commitRelease(work, version, fault),
    printed,
    docker: command,
    close: async () => {
      await close();
      await git.close();
      await engine.close();
      await remove(folder);
    },
  };
}

/** Node and the libraries that it is linked to, and nothing else: moved to an engine in a second or two. */
async function importBase(folder: string, command: SourceStage["docker"]): Promise<void> {
  const root = join(folder, "base");
  const { stdout } = await run("ldd", [NODE]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  const files = [{ from: NODE, to: "/usr/local/bin/node" }, ...libraries.map((path) => ({ from: path, to: path }))];
  for (const { from, to } of files) {
    await makeFolder(dirname(join(root, to)));
    await copyFile(from, join(root, to));
  }
  const archive = join(folder, "base.tar");
  await run("tar", ["--create", "--file", archive, "--directory", root, "."]);
  await command(["import", archive, BASE]);
  await remove(root);
  await remove(archive);
}

async function makeRepository(folder: string): Promise<string> {
  const work = join(folder, "work");
  await makeFolder(join(folder, "repositories"));
  await run("git", ["init", "--quiet", "--separate-git-dir", join(folder, "repositories", "farm.git"), work]);
  return work;
}

async function commitRelease(work: string, version: string, fault?: Fault): Promise<Release> {
  const packing = `${work}-${version}`;
  const { release } = await packFakeRelease(packing, { version });
  await cp(join(packing, `filaops-${version}-source`, `filaops-${version}`), work, { recursive: true });
  await writeFile(join(work, "Dockerfile"), dockerfile(fault).join("\n"));
  const git = (args: readonly string[]) =>
    run("git", ["-c", "user.name=Test", "-c", "user.email=test@farm.example", ...args], { cwd: work });
  await git(["add", "--all"]);
  await git(["commit", "--quiet", "--message", `Version ${version}`]);
  const { stdout } = await git(["rev-parse", "HEAD"]);
  return { ...release, manifest: { ...release.manifest, commit: stdout.trim() } };
}

/** Shaped as the real one: a stage that builds, and a last one that takes what it made. There is no shell in the base. */
function dockerfile(fault?: Fault): string[] {
  const builds = {
    "build-fails": "console.log('compiling'); console.error('no such module: pump'); process.exit(3)",
    "build-hangs": "console.log('compiling'); setInterval(() => {}, 1000)",
  };
  const build = fault === "build-fails" || fault === "build-hangs" ? builds[fault] : "console.log('compiling')";
  return [
    "ARG BASE",
    "FROM ${BASE} AS build",
    "COPY . /release",
    `RUN ["node", "-e", ${JSON.stringify(build)}]`,
    "FROM ${BASE}",
    "COPY --from=build /release /app",
    "WORKDIR /app",
    'CMD ["node", "server.js"]',
    "ARG VERSION",
    "ARG REVISION",
    `LABEL org.opencontainers.image.version=${fault === "no-version" ? "0.0.1" : "${VERSION}"}`,
    `LABEL org.opencontainers.image.revision=${fault === "no-revision" ? "unknown" : "${REVISION}"}`,
    "",
  ];
}

/** A log that can be waited for. */
function watchedLog(): { log: Log; printed: (line: string) => Promise<void> } {
  const waiting = new Map<string, () => void>();
  return {
    log: {
      ...silentLog,
      info: (fields) => {
        if ("line" in fields) waiting.get(String(fields.line))?.();
      },
    },
    printed: (line) => new Promise((resolve) => waiting.set(line, resolve)),
  };
}
