import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { homePaths } from "../platform/home.ts";
import { pointProgram, programVersion } from "./program.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-program-"));
});
afterEach(() => rm(home, { recursive: true }));

test("the link leads to one release after the other, also where a killed one left its own aside", async () => {
  const paths = homePaths(home);
  expect(await programVersion(paths)).toBeNull();
  await pointProgram(paths, "1.0.0");
  expect(await programVersion(paths)).toBe("1.0.0");
  await symlink("releases/0.9.0", `${paths.program}.new`);
  await pointProgram(paths, "1.1.0");
  expect(await programVersion(paths)).toBe("1.1.0");
});
