import { copyFile, mkdtemp, chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { exists, makeFolder, remove } from "../../../platform/files.ts";
import { run } from "../../../platform/process.ts";
import { docker } from "./engine.ts";

const SUITE = "trixie";
const MIRROR = "http://deb.debian.org/debian";
/** What the public images have: of Node's, what the Dockerfile adds to it, and of PostgreSQL's the server. */
const PACKAGES = ["ca-certificates", "docker-cli", "docker-compose", "postgresql-17"];
/** Changed with what goes into it. */
const NAME = "filaops-test-base:1";
const NODE = join(import.meta.dirname, "../../../../node_modules/node/bin/node");
const PLUGIN = "usr/libexec/docker/cli-plugins/docker-compose";

/**
 * Debian's next release with Node and all programs that our images need, standing in for the public base images, which cannot be pulled
 * everywhere. Made once a machine (about a minute). Its Compose plugin is also given to the host, if that has none.
 */
export async function baseImage(): Promise<string> {
  if ((await isThere(NAME)) && (await hasCompose())) return NAME;
  const work = await mkdtemp(join(tmpdir(), "filaops-base-"));
  try {
    const root = join(work, "root");
    await run("debootstrap", ["--variant=minbase", `--include=${PACKAGES.join(",")}`, SUITE, root, MIRROR], {
      timeoutMs: 600_000,
    });
    await copyFile(NODE, join(root, "usr/local/bin/node"));
    if (!(await hasCompose())) await giveCompose(join(root, PLUGIN));
    const left = ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"];
    const archive = join(work, "root.tar");
    await run("tar", ["--create", "--file", archive, "--directory", root, ...left.map((path) => `--exclude=./${path}/*`), "."]);
    await docker(["import", archive, NAME]);
  } finally {
    await remove(work);
  }
  return NAME;
}

async function isThere(name: string): Promise<boolean> {
  return (await docker(["images", "--quiet", name])).trim() !== "";
}

async function hasCompose(): Promise<boolean> {
  return docker(["compose", "version"]).then(
    () => true,
    () => false,
  );
}

/** Debian 12 has no package of it. */
async function giveCompose(plugin: string): Promise<void> {
  const target = `/${PLUGIN}`;
  if (await exists(target)) return;
  await makeFolder(dirname(target));
  await copyFile(plugin, target);
  await chmod(target, 0o755);
}
