import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";

/** The path of another entry point, beside the one that runs and of its kind: `scripts/gate.ts` for a script, `bin/gate.mjs` in a release. */
export function sibling(name: string, entry = process.argv[1] ?? ""): string {
  return join(dirname(entry), `${name}${extname(entry)}`);
}

/** The sha256 of a program's file, hexadecimal: what a release changed, and what it did not. A release's programs are one bundled file each. */
export async function programDigest(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
