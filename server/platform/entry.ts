import { dirname, extname, join } from "node:path";

/** The path of another entry point, beside the one that runs and of its kind: `scripts/gate.ts` for a script, `bin/gate.mjs` in a release. */
export function sibling(name: string, entry = process.argv[1] ?? ""): string {
  return join(dirname(entry), `${name}${extname(entry)}`);
}
