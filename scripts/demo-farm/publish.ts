import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { systemClock } from "../../server/platform/clock.ts";
import { readEnv } from "../../server/platform/env.ts";
import type { ErrorCode } from "../../server/platform/errors.ts";
import { exists, makeFolder, readJson, writeAtomically } from "../../server/platform/files.ts";
import { borrowLock } from "../../server/platform/lock.ts";
import { run } from "../../server/platform/process.ts";
import { manifestSchema } from "../../server/releases/contract.ts";
import { createKeyPair, parseSecretKey } from "../../server/releases/minisign.ts";
import type { StepName } from "../../server/updates/contract.ts";
import { layOutBase } from "../packaging/base.ts";
import { packageRelease } from "../packaging/package.ts";
import type { PublisherPlaces } from "./places.ts";

/** The releases of the demo: 1.0.0 is what the repository is; the others are it with an overlay of `scripts/demo-releases/`. */
export const FIRST = "1.0.0";
export const GOOD = "1.1.0";
export const BROKEN = ["1.2.0", "1.3.0", "1.4.0", "1.5.0", "1.6.0"] as const;
/** One that fails before blue and green change places, and one that falls over after. */
export const SOME_BROKEN = ["1.2.0", "1.6.0"] as const satisfies readonly (typeof BROKEN)[number][];
/** What breaks something: a good one, and one that can only be installed from that, and fails. Packaged only where they are asked for. */
export const MAJORS = ["2.0.0", "3.0.0"] as const;
export const ALL = [FIRST, GOOD, ...BROKEN];

/** Where a run fails first, and of what. */
export type Fault = { step: StepName; code: ErrorCode };
/**
 * How each broken release must be found out. Who made them knows it; the code under test does not, and going back for another reason than the
 * one that was packed would prove nothing.
 */
export const FAULTS: Record<(typeof BROKEN)[number], Fault> = {
  "1.2.0": { step: "migrate", code: "migration-failed" },
  "1.3.0": { step: "verify", code: "release-not-healthy" },
  "1.4.0": { step: "verify", code: "release-not-healthy" },
  "1.5.0": { step: "verify", code: "books-differ" },
  "1.6.0": { step: "observe", code: "release-fell-over" },
};

const ROOT = join(import.meta.dirname, "..", "..");
const SOURCES = ["app", "server", "prisma", "public", "scripts", "next.config.js", "package-lock.json", "postcss.config.mjs"];
const DAY_MS = 86_400_000;
const builtSchema = z.object({ sources: z.string() });

type Publishing = { now: Date; say: (text: string) => void; signal?: AbortSignal };

/** Builds the app once and makes signed packages of all releases, unless those that are there were made of the same sources. */
export async function publishReleases(places: PublisherPlaces, publishing: Publishing): Promise<void> {
  await alone(publishing.signal, () => publish(places, publishing));
}

async function publish(places: PublisherPlaces, { now, say, signal }: Publishing): Promise<void> {
  const sources = await digestOfSources();
  if ((await readJson(places.built, builtSchema))?.sources === sources) return;
  await makeKeys(places);
  say("Building the app (about a minute) …");
  await build(signal);
  say("Packing and signing the releases …");
  const key = parseSecretKey(await readFile(places.secretKey, "utf8"));
  const base = await layOutBase({ root: ROOT, folder: places.base });
  for (const [index, version] of ALL.entries()) {
    const overlay = join(ROOT, "scripts", "demo-releases", version);
    const overlays =
      version === FIRST ? [] : version === GOOD ? [overlay] : [join(ROOT, "scripts", "demo-releases", GOOD), overlay];
    const publishedAt = new Date(now.getTime() - (ALL.length - index) * DAY_MS);
    await packageRelease(base, { version, out: places.releases, key, overlays, publishedAt });
  }
  await writeAtomically(places.built, JSON.stringify({ sources }));
}

/** Packages the majors too, unless they are there; after `publishReleases`, whose build they share. */
export async function publishMajors(places: PublisherPlaces, now: Date): Promise<void> {
  const built = await readJson(places.built, builtSchema);
  if (built === null) throw new Error("The releases that come before are not packaged.");
  if ((await readJson(places.builtMajors, builtSchema))?.sources === built.sources) return;
  const first = await readJson(join(places.releases, FIRST, "release.json"), manifestSchema);
  const key = parseSecretKey(await readFile(places.secretKey, "utf8"));
  const base = { folder: places.base, commit: first?.commit ?? "", nodeMin: first?.node.min ?? "" };
  for (const [index, version] of MAJORS.entries()) {
    const overlays = [GOOD, ...MAJORS.slice(0, index + 1)].map((name) => join(ROOT, "scripts", "demo-releases", name));
    await packageRelease(base, { version, out: places.releases, key, overlays, publishedAt: now });
  }
  await writeAtomically(places.builtMajors, JSON.stringify(built));
}

async function makeKeys(places: PublisherPlaces): Promise<void> {
  if (await exists(places.secretKey)) return;
  await makeFolder(places.publisher);
  const { publicKey, secretKey } = createKeyPair();
  await writeAtomically(places.secretKey, secretKey, 0o600);
  await writeAtomically(places.publicKey, publicKey);
}

/** Two builds in one folder would mix their files, and so would a build and the copying out of another: the second waits for the first. */
async function alone(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
  for (;;) {
    const giveBack = await borrowLock(join(ROOT, "node_modules", ".filaops-build"));
    if (giveBack !== null) return work().finally(giveBack);
    await systemClock.sleep(500, signal);
  }
}

async function build(signal = new AbortController().signal): Promise<void> {
  const bin = join(ROOT, "node_modules", ".bin");
  const env = { PATH: `${bin}:${readEnv("PATH") ?? ""}`, NEXT_TELEMETRY_DISABLED: "1" };
  const options = { cwd: ROOT, env, signal, endWithChildren: true };
  await run("node", [join(ROOT, "scripts", "generate-client.ts")], options);
  await run("next", ["build"], options);
}

/** A digest over names, sizes and times of all that goes into a release. */
async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) for (const line of await linesOf(join(ROOT, source))) hash.update(line);
  return hash.digest("hex");
}

async function linesOf(path: string): Promise<string[]> {
  const itself = await stat(path);
  if (itself.isFile()) return [`${path} ${itself.size} ${itself.mtimeMs}\n`];
  const entries = (await readdir(path, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && !/\/(generated|testing)(\/|$)/.test(entry.parentPath) && !entry.name.includes(".test."),
  );
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await stat(file);
      return `${file} ${size} ${mtimeMs}\n`;
    }),
  );
  return lines.sort();
}
