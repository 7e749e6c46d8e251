import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { toProblem } from "../server/platform/errors.ts";
import { parseSecretKey } from "../server/releases/minisign.ts";
import { layOutBase } from "./packaging/base.ts";
import { packageRelease } from "./packaging/package.ts";

const USAGE = `Makes a signed release out of a finished build (npm run build).

  node scripts/package-release.ts --version 1.1.0 --key release.key --out dist

  --version VERSION   what the release is called
  --key FILE          the secret key that signs it, as \`minisign -G -W\` makes it
  --out FOLDER        gets a folder VERSION with archive, release.json, signature, notes and how it is listed
  --overlay FOLDER    laid over the build: files, prisma/migrations, a part of release.json, notes.md; may be repeated
  --notes FILE        release notes in Markdown, instead of the last overlay's
  --published INSTANT when it is published; now, unless given
`;

/** The command line of `packageRelease`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      version: { type: "string" },
      key: { type: "string" },
      out: { type: "string" },
      overlay: { type: "string", multiple: true, default: [] },
      notes: { type: "string" },
      published: { type: "string" },
    },
  });
  const { version, key, out, overlay, notes, published } = values;
  if (version === undefined || key === undefined || out === undefined) throw new Error(USAGE);
  const work = await mkdtemp(join(tmpdir(), "filaops-package-"));
  try {
    const base = await layOutBase({ root: join(import.meta.dirname, ".."), folder: join(work, "base") });
    const { folder } = await packageRelease(base, {
      version,
      out,
      key: parseSecretKey(await readFile(key, "utf8")),
      overlays: overlay,
      publishedAt: published === undefined ? new Date() : new Date(published),
      ...(notes === undefined ? {} : { notes: await readFile(notes, "utf8") }),
    });
    process.stdout.write(`${folder}\n`);
  } finally {
    await rm(work, { recursive: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${toProblem(error).happened}\n`);
  process.exitCode = 1;
}
