import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSecret } from "../../server/platform/config.ts";
import { remove } from "../../server/platform/files.ts";
import { homePaths } from "../../server/platform/home.ts";
import { layOutFolders } from "./lay-out.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-lay-out-"));
});
afterEach(() => remove(home));

test.each([
  ["own", "700"],
  ["shared", "770"],
] as const)(
  "a home that is %s and from before there were uploads and exports gets the folders for them, and keeps its secrets",
  async (kind, mode) => {
    const paths = homePaths(home);
    await layOutFolders(paths, kind);
    const secret = await readSecret(paths.authSecret);
    const ofApp = [paths.files, paths.imports, paths.exports];
    for (const folder of ofApp) await remove(folder);
    await layOutFolders(paths, kind);
    for (const folder of ofApp) expect(((await stat(folder)).mode & 0o777).toString(8)).toBe(mode);
    expect(await readSecret(paths.authSecret)).toBe(secret);
  },
);
