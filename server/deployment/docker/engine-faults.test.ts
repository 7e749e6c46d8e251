import { chmod, link, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exists } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import type { Release } from "../../releases/contract.ts";
import { packFakeRelease } from "../testing/fake-release.ts";
import { createEngine } from "./engine.ts";
import { fetchImage } from "./fetch.ts";
import type { FakeEngine, FakeImage, Faults } from "./testing/fake-engine.ts";
import { ALL_HERE, UNDER_WAY, line, openFakeEngine, refuse } from "./testing/fake-engine.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const REFERENCE = `registry.example/filaops@${DIGEST}`;
const SOUND: FakeImage = {
  Id: `sha256:${"1".repeat(64)}`,
  RepoDigests: [REFERENCE],
  Os: "linux",
  Architecture: "amd64",
  Config: { Labels: { "org.opencontainers.image.version": "1.1.0" } },
};

let folder: string;
let paths: HomePaths;
let release: Release;
let fake: FakeEngine | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-engine-"));
  paths = homePaths(join(folder, "data"));
  fake = null;
  const packed = await packFakeRelease(folder, { version: "1.1.0" });
  const image = { repository: "registry.example/filaops", digests: { "linux/amd64": DIGEST } };
  release = { ...packed.release, manifest: { ...packed.release.manifest, image } };
});
afterEach(async () => {
  await fake?.close();
  await rm(folder, { recursive: true });
});

const socketPath = () => join(folder, "docker.sock");

async function open(faults: Faults = {}): Promise<FakeEngine> {
  fake = await openFakeEngine(socketPath(), SOUND, faults);
  return fake;
}

function fetching(options: Parameters<typeof fetchImage>[2] = {}): Promise<void> {
  const project = { name: "farm", folder, socket: socketPath() };
  return fetchImage({ engine: createEngine(socketPath(), { silenceMs: 300 }), paths, project }, release, options);
}

/** No fault may leave behind what says that the release is here. */
async function expectNothingLeft(): Promise<void> {
  const left = (await exists(paths.releases)) ? await readdir(paths.releases, { recursive: true }) : [];
  expect(left).toEqual([]);
  expect(fake?.requests.filter((request) => request.endsWith("/tag")) ?? []).toEqual([]);
}

test("an image that comes whole is written down and kept", async () => {
  const { requests } = await open();
  const told: unknown[] = [];
  await fetching({ onBytes: (...now) => told.push(now) });
  expect(told.at(-1)).toEqual([10, 10]);
  expect(await readdir(paths.release("1.1.0"))).toEqual(["image.json"]);
  expect(requests.at(-1)).toBe(`POST /images/${SOUND.Id}/tag`);
});

describe("a pull fails", () => {
  test.each<[what: string, pull: NonNullable<Faults["pull"]>, words: string]>([
    [
      "when the registry does not know the image",
      (r) => {
        refuse(r, 404, "manifest unknown");
      },
      ": manifest unknown",
    ],
    [
      "when the registry is not there",
      (r) => {
        refuse(r, 500, "dial tcp: connection refused");
      },
      "dial tcp: connection refused",
    ],
    ["when the registry goes in the middle", (r) => r.end(UNDER_WAY + line({ error: "unexpected EOF" })), "unexpected EOF"],
    ["at an error that only has details", (r) => r.end(line({ errorDetail: { message: "denied" } })), "denied"],
    [
      "when the disk is full",
      (r) => r.end(UNDER_WAY + line({ errorDetail: { message: "no space left on device" }, error: "no space left on device" })),
      "no space left on device",
    ],
    ["at an error, whatever comes after it", (r) => r.end(line({ error: "denied" }) + UNDER_WAY + ALL_HERE), "denied"],
    [
      "when the answer ends in the middle of a line",
      (r) => r.end(UNDER_WAY + ALL_HERE + '{"status":"Pull'),
      "in the middle of a line",
    ],
    ["when the answer ends early", (r) => r.end(UNDER_WAY), "ended before all had come"],
    ["when the answer is empty", (r) => r.end(), "ended before all had come"],
    ["when the answer is something else", (r) => r.end("<html></html>\n"), "not in Docker's form"],
    ["when the engine goes in the middle", (r) => r.write(UNDER_WAY, () => r.destroy()), "the connection to Docker broke off"],
  ])("%s", async (_what, pull, words) => {
    await open({ pull });
    const problem = { code: "image-not-pulled", happened: expect.stringContaining(words) as string };
    await expect(fetching()).rejects.toMatchObject({ problem });
    await expectNothingLeft();
  });
});

describe("an image is refused", () => {
  test.each<[what: string, image: NonNullable<Faults["image"]>, words: string]>([
    ["whose digest is another", (i) => ({ ...i, RepoDigests: [REFERENCE.replaceAll("a", "b")] }), "its digest"],
    ["without digests", ({ RepoDigests: _none, ...i }) => i, "its digest"],
    ["for another platform", (i) => ({ ...i, Architecture: "arm64" }), "linux/arm64"],
    ["of another version", (i) => ({ ...i, Config: { Labels: { "org.opencontainers.image.version": "1.0.0" } } }), "1.0.0"],
    ["without labels", (i) => ({ ...i, Config: { Labels: null } }), "no version at all"],
    ["that is not there after all", () => null, "it is not there"],
  ])("%s", async (_what, image, words) => {
    await open({ image });
    const problem = { code: "image-differs", happened: expect.stringContaining(words) as string };
    await expect(fetching()).rejects.toMatchObject({ problem });
    await expectNothingLeft();
  });

  test("in these words also when it cannot be taken away, since something uses it", async () => {
    const first: Faults["first"] = (request, response) => {
      if (!request.startsWith("DELETE")) return false;
      refuse(response, 409, "conflict: image is being used by running container");
      return true;
    };
    await open({ first, image: (i) => ({ ...i, Architecture: "arm64" }) });
    await expect(fetching()).rejects.toMatchObject({ code: "image-differs" });
    await expectNothingLeft();
  });

  test("that was not published for this computer, before anything is pulled", async () => {
    const { requests } = await open();
    const image = { repository: "registry.example/filaops", digests: { "linux/arm64": DIGEST } };
    release = { ...release, manifest: { ...release.manifest, image } };
    await expect(fetching()).rejects.toMatchObject({ code: "image-not-for-here" });
    expect(requests).toEqual(["GET /version"]);
    await expectNothingLeft();
  });
});

// The caller's own reason was lost: an abort in the middle of a pull came out as `engine-refused`.
describe("an abort is rejected with its cause", () => {
  const cause = new Error("cancelled");
  test.each<[when: string, pull: NonNullable<Faults["pull"]>]>([
    ["before the engine answers", () => undefined],
    ["in the middle of the answer", (r) => r.write(UNDER_WAY)],
  ])("%s", async (_when, pull) => {
    const controller = new AbortController();
    await open({
      pull: (response) => {
        pull(response);
        setTimeout(() => {
          controller.abort(cause);
        }, 30);
      },
    });
    await expect(fetching({ signal: controller.signal })).rejects.toBe(cause);
    await expectNothingLeft();
  });
});

describe("an engine cannot be used", () => {
  const unreachable = (words: string) => ({
    problem: { code: "engine-unreachable", happened: expect.stringContaining(words) as string },
  });

  test("whose socket is missing", async () => {
    await expect(fetching()).rejects.toMatchObject(unreachable("no such socket"));
    await expectNothingLeft();
  });

  test("when nobody listens", async () => {
    const left = `${socketPath()}.left`;
    await open();
    await link(socketPath(), left); // one that ends takes its socket with it, one that is killed leaves it
    await fake?.close();
    await expect(createEngine(left).platform()).rejects.toMatchObject(unreachable("nobody listens"));
  });

  test("that this user may not use", async () => {
    await open();
    await chmod(socketPath(), 0);
    const isRoot = process.geteuid?.() === 0; // who may use any
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(createEngine(socketPath()).platform()).rejects.toMatchObject(unreachable("may not use it"));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test("that does not answer", async () => {
    await open({ first: () => true });
    await expect(fetching()).rejects.toMatchObject(unreachable("did not answer in time"));
    await expectNothingLeft();
  });

  test.each([
    ["1.40", "engine-too-old"],
    ["1.9", "engine-too-old"],
    ["1.41", null],
    ["1.52", null],
    ["2.0", null],
  ])("that speaks version %s: %s", async (apiVersion, code) => {
    await open({ apiVersion });
    if (code === null) return fetching();
    await expect(fetching()).rejects.toMatchObject({ code });
    await expectNothingLeft();
  });
});

// Compose and a successor may both take away the container of a command. It was called gone while the other one was still at it.
test("a container that somebody else is removing is waited for", async () => {
  let gone = false;
  const { requests } = await open({
    first: (request, response) => {
      if (request === "DELETE /containers/farm-command-x") refuse(response, 409, "removal of container is already in progress");
      else if (request !== "POST /containers/farm-command-x/wait") return false;
      else {
        setTimeout(() => {
          gone = true;
          response.writeHead(200, { "content-type": "application/json" }).end('{"StatusCode":137}');
        }, 50);
      }
      return true;
    },
  });
  await createEngine(socketPath()).removeContainer("farm-command-x");
  expect(gone).toBe(true);
  expect(requests).toEqual(["DELETE /containers/farm-command-x", "POST /containers/farm-command-x/wait"]);
});
