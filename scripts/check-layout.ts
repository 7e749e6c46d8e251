import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Checks what the linters cannot see: that every domain folder holds only files of the agreed names, that nothing is called index, utils or
 * helpers (but the two tables of contents), and that every path that ARCHITECTURE.md names exists.
 */

const problems: string[] = [];
const TABLES_OF_CONTENTS = ["server/updates/steps/index.ts", "server/updates/checks/index.ts"];
const TOP_LEVEL = ["app", "server", "prisma", "public", "scripts", "e2e", "docs"];

for (const name of readdirSync(".")) {
  const isOurs =
    statSync(name).isDirectory() &&
    !name.startsWith(".") &&
    !["node_modules", "test-results", "playwright-report"].includes(name);
  if (isOurs && !TOP_LEVEL.includes(name)) {
    problems.push(`${name}/ is not one of the agreed top-level folders (${TOP_LEVEL.join(", ")})`);
  }
}

for (const path of filesBelow("server").concat(filesBelow("app"), filesBelow("scripts"))) {
  const isBarrel = /(^|\/)(index|utils?|helpers?|misc|common)(\.|\/)/.test(path);
  if (isBarrel && !TABLES_OF_CONTENTS.includes(path)) problems.push(`${path}: give it the name of what it does`);
  const domain = /^server\/([^/]+)\/[^/]+\.ts$/.exec(path)?.[1];
  if (
    domain !== undefined &&
    !["platform", "auth"].includes(domain) &&
    !existsSync(`server/${domain}/contract.ts`) &&
    !isTechnical(domain)
  ) {
    problems.push(`server/${domain}/ has no contract.ts`);
  }
}

for (const [, path] of readFileSync("ARCHITECTURE.md", "utf8").matchAll(
  /`((?:app|server|prisma|public|scripts|e2e|docs)\/[\w./()[\]-]*)`/g,
)) {
  if (path !== undefined && !existsSync(path)) problems.push(`ARCHITECTURE.md names ${path}, which does not exist`);
}

for (const problem of new Set(problems)) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Folders that hold no words of their own which cross a border. */
function isTechnical(domain: string): boolean {
  return ["trpc", "system"].includes(domain);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("generated"))
    .map((entry) => join(entry.parentPath, entry.name));
}
