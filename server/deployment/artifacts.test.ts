import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Header, create } from "tar";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exists } from "../platform/files.ts";
import { hasRelease, installArchive } from "./artifacts.ts";
import { packFakeRelease, sha256 } from "./testing/fake-release.ts";
import type { NativeStage } from "./testing/native-stage.ts";
import { setNativeStage } from "./testing/native-stage.ts";

let stage: NativeStage;
let folder: string;
beforeEach(async () => {
  stage = await setNativeStage();
  folder = await mkdtemp(join(tmpdir(), "filaops-archives-"));
});
afterEach(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is left in the folder of releases. */
async function left(): Promise<string[]> {
  return (await exists(stage.paths.releases)) ? readdir(stage.paths.releases) : [];
}

describe("fetching a release", () => {
  test("gives a folder as it was packed, marked with its digest, and leaves nothing beside it", async () => {
    const release = await stage.publish("1.0.0");
    await stage.driver.fetch(release, {});
    const home = stage.paths.release("1.0.0");
    expect(await left()).toEqual(["1.0.0"]);
    expect(await readFile(join(home, "public/sub/asset.txt"), "utf8")).toBe("asset");
    expect(JSON.parse(await readFile(join(home, ".artifact.json"), "utf8"))).toMatchObject({
      sha256: release.manifest.archive.sha256,
    });
  });

  test("is refused when the bytes are not the signed ones, and leaves nothing", async () => {
    const release = await stage.publish("1.0.0");
    const bytes = Buffer.from(stage.answers.get("/1.0.0.tar.gz")!);
    bytes[bytes.length - 1]! ^= 1;
    stage.answers.set("/1.0.0.tar.gz", bytes);
    await expect(stage.driver.fetch(release, {})).rejects.toMatchObject({ code: "download-differs" });
    expect(await left()).toEqual([]);
  });

  test("replaces a release of the same version whose digest is another", async () => {
    await stage.driver.fetch(await stage.publish("1.0.0"), {});
    const again = await stage.publish("1.0.0", { app: "unhealthy" });
    await stage.driver.fetch(again, {});
    const behaviour = await readFile(join(stage.paths.release("1.0.0"), "behaviour.json"), "utf8");
    expect(JSON.parse(behaviour)).toEqual({ app: "unhealthy" });
    expect(await left()).toEqual(["1.0.0"]);
  });

  test("starts over when an earlier one was cut off by a power failure", async () => {
    const partial = `${stage.paths.release("1.0.0")}.partial`;
    await mkdir(partial, { recursive: true });
    await writeFile(join(partial, "half"), "half of a file");
    await stage.driver.fetch(await stage.publish("1.0.0"), {});
    expect(await left()).toEqual(["1.0.0"]);
    expect(await exists(join(stage.paths.release("1.0.0"), "half"))).toBe(false);
  });

  test("does not replace what gate and updater are started from", async () => {
    const first = await stage.publish("1.0.0");
    await stage.driver.fetch(first, {});
    await symlink("releases/1.0.0", stage.paths.program);
    await expect(stage.driver.remove("1.0.0")).rejects.toMatchObject({ code: "release-in-use" });
    const again = await stage.publish("1.0.0", { app: "unhealthy" });
    await expect(stage.driver.fetch(again, {})).rejects.toMatchObject({ code: "release-in-use" });
    expect(await left()).toEqual(["1.0.0"]);
  });

  test("goes on after a connection that broke, and gives up when it breaks every time", async () => {
    const release = await stage.publish("1.0.0");
    const bytes = stage.answers.get("/1.0.0.tar.gz")!;
    let asked = 0;
    let breaks = 1;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(200, { "content-length": bytes.length });
      if (asked > breaks) response.end(bytes);
      else response.write(bytes.subarray(0, 100), () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const archiveUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      await stage.driver.fetch({ ...release, archiveUrl }, {});
      expect(asked).toBe(2);
      await stage.driver.remove("1.0.0");
      breaks = Infinity;
      await expect(stage.driver.fetch({ ...release, archiveUrl }, {})).rejects.toMatchObject({ code: "download-interrupted" });
      expect(await left()).toEqual([]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe("a release's folder that is not whole", () => {
  test("is not taken for a release", async () => {
    await mkdir(stage.paths.release("1.0.0"), { recursive: true });
    await writeFile(join(stage.paths.release("1.0.0"), "server.js"), "");
    expect(await hasRelease(stage.paths, "1.0.0")).toBe(false);
  });

  test("a version that is none never becomes a path", async () => {
    await expect(hasRelease(stage.paths, "../keys")).rejects.toThrow();
  });
});

describe("an archive", () => {
  const version = "1.0.0";
  const top = "filaops-1.0.0";

  async function install(path: string): Promise<void> {
    await mkdir(stage.paths.releases, { recursive: true });
    await installArchive(stage.paths, { path, version, sha256: sha256(await readFile(path)) });
  }

  /** A whole release, and behind it these entries. */
  async function hostile(...entries: ConstructorParameters<typeof Header>[0][]): Promise<string> {
    const { archive } = await packFakeRelease(folder, { version });
    const whole = gunzipSync(await readFile(archive));
    // Two empty blocks end an archive; ours come before them.
    const blocks: Uint8Array[] = [whole.subarray(0, -1024)];
    for (const entry of entries) {
      const header = new Header(entry);
      header.encode();
      blocks.push(header.block!);
    }
    const path = join(folder, "hostile.tar.gz");
    await writeFile(path, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
    return path;
  }

  test("that is good passes, with the links it may have", async () => {
    const { archive } = await packFakeRelease(folder, { version });
    const source = join(folder, `${top}-source`);
    await symlink("asset.txt", join(source, top, "public/sub/link.txt"));
    await create({ gzip: true, file: archive, cwd: source }, [top]);
    await install(archive);
    expect(await readFile(join(stage.paths.release(version), "public/sub/link.txt"), "utf8")).toBe("asset");
  });

  test("of hostile entries: the way to make one is right", async () => {
    const path = await hostile({ path: `${top}/more`, type: "Directory", mode: 0o755, size: 0 });
    await install(path);
    expect((await stat(join(stage.paths.release(version), "more"))).isDirectory()).toBe(true);
  });

  test.each([
    ["an absolute path", { path: "/tmp/filaops-hostile", type: "File" as const }],
    ["a path that leads out", { path: `${top}/../../../hostile`, type: "File" as const }],
    ["a file beside the top folder", { path: "hostile", type: "File" as const }],
    ["a link that leads out", { path: `${top}/hostile`, type: "SymbolicLink" as const, linkpath: "../../../keys" }],
    ["a link to an absolute path", { path: `${top}/hostile`, type: "SymbolicLink" as const, linkpath: "/etc" }],
    ["a hard link", { path: `${top}/hostile`, type: "Link" as const, linkpath: `${top}/server.js` }],
    ["a device", { path: `${top}/hostile`, type: "CharacterDevice" as const, devmaj: 1, devmin: 8 }],
    ["a pipe", { path: `${top}/hostile`, type: "FIFO" as const }],
    ["a file of 3 GB that is not there", { path: `${top}/hostile`, type: "File" as const, size: 3 * 1024 ** 3 }],
  ])("with %s is refused whole", async (_what, entry) => {
    const path = await hostile({ mode: 0o644, size: 0, ...entry });
    await expect(install(path)).rejects.toMatchObject({ code: "archive-refused" });
    expect(await left()).toEqual([]);
    expect(await exists("/tmp/filaops-hostile")).toBe(false);
  });

  test.each([
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 200)],
    ["damaged in the middle", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 300), Buffer.alloc(50), bytes.subarray(350)])],
    ["empty", () => Buffer.alloc(0)],
    ["no archive at all", () => Buffer.from("<html>not found</html>".repeat(100))],
  ])("that is %s is refused whole", async (_what, spoil) => {
    const { archive } = await packFakeRelease(folder, { version });
    await writeFile(archive, spoil(await readFile(archive)));
    await expect(install(archive)).rejects.toMatchObject({ code: "archive-refused" });
    expect(await left()).toEqual([]);
  });

  test("of another version is refused", async () => {
    const { archive } = await packFakeRelease(folder, { version });
    const source = join(folder, `${top}-source`);
    await writeFile(join(source, top, "release-info.json"), JSON.stringify({ version: "1.0.1", commit: "", schemaHead: "" }));
    await create({ gzip: true, file: archive, cwd: source }, [top]);
    await expect(install(archive)).rejects.toThrow("version 1.0.1");
    expect(await left()).toEqual([]);
  });
});
