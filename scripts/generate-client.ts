import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isErrno } from "../server/platform/files.ts";
import { run } from "../server/platform/process.ts";

const ROOT = new URL("../", import.meta.url);
const MARK = new URL("server/platform/generated/prisma/.made-from", ROOT);

/**
 * Makes Prisma's client from schema.prisma, unless the one that is there was made from the same text by the same Prisma. Prisma wants to
 * download an engine that only its migrations need; ours are applied by server/databases/migrate.ts, so it is told of one that does nothing.
 */
async function generateClient(): Promise<void> {
  const made = await fingerprint();
  if ((await readMark()) === made) return;
  await run(process.execPath, [fileURLToPath(new URL("node_modules/prisma/build/index.js", ROOT)), "generate"], {
    cwd: fileURLToPath(ROOT),
    env: { PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true", CHECKPOINT_DISABLE: "1" },
    timeoutMs: 120_000,
  });
  await writeFile(MARK, made);
}

async function fingerprint(): Promise<string> {
  const sources = ["prisma/schema.prisma", "node_modules/prisma/package.json"];
  const texts = await Promise.all(sources.map((path) => readFile(new URL(path, ROOT), "utf8")));
  return createHash("sha256").update(texts.join("\n")).digest("hex");
}

async function readMark(): Promise<string | null> {
  try {
    return await readFile(MARK, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}

await generateClient();
