import { mkdtemp, readdir, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exists } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import { silentLog } from "../../platform/log.ts";
import type { Release } from "../../releases/contract.ts";
import { packFakeRelease } from "../testing/fake-release.ts";
import { createEngine } from "./engine.ts";
import type { Source } from "./source.ts";
import { buildImage, sourceAnswers } from "./source.ts";
import type { FakeEngine, FakeImage, Faults } from "./testing/fake-engine.ts";
import { line, openFakeEngine, refuse } from "./testing/fake-engine.ts";

const COMMIT = "90ba240356978edc2556da227844d18cb2c27d00";
const ID = `sha256:${"1".repeat(64)}`;
const SOUND: FakeImage = {
  Id: ID,
  Os: "linux",
  Architecture: "amd64",
  Size: 7_000,
  Config: { Labels: { "org.opencontainers.image.version": "1.1.0", "org.opencontainers.image.revision": COMMIT } },
};
const SOURCE: Source = { repository: "https://git.example/farm.git" };

const BEGUN = line({ stream: "Step 1/2 : RUN compile\n" }) + line({ stream: " ---> aaaaaaaaaaaa\n" });
const MADE = line({ aux: { ID } });
const END = line({ stream: "Successfully built 111111111111\n" });

let folder: string;
let paths: HomePaths;
let release: Release;
let fake: FakeEngine | null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-build-"));
  paths = homePaths(join(folder, "data"));
  fake = null;
  const packed = await packFakeRelease(folder, { version: "1.1.0" });
  release = { ...packed.release, manifest: { ...packed.release.manifest, commit: COMMIT } };
});
afterEach(async () => {
  await fake?.close();
  await rm(folder, { recursive: true });
});

const socketPath = () => join(folder, "docker.sock");

async function open(faults: Faults): Promise<FakeEngine> {
  fake = await openFakeEngine(socketPath(), SOUND, faults);
  return fake;
}

function building(options: Parameters<typeof buildImage>[2] = {}, source = SOURCE): Promise<void> {
  const project = { name: "farm", folder, socket: socketPath() };
  return buildImage({ engine: createEngine(socketPath()), paths, project, log: silentLog, source }, release, options);
}

async function expectNothingLeft(): Promise<void> {
  const left = (await exists(paths.releases)) ? await readdir(paths.releases, { recursive: true }) : [];
  expect(left).toEqual([]);
  expect(fake?.requests.filter((request) => request.endsWith("/tag")) ?? []).toEqual([]);
}

const all = (response: ServerResponse) => response.end(BEGUN + MADE + END);

describe("the engine is asked", () => {
  const asked = async (source: Source) => {
    let query: Record<string, string> = {};
    await open({
      build: (response, given) => {
        query = Object.fromEntries(given);
        all(response);
      },
    });
    await building({}, source);
    return query;
  };
  const remote = `https://git.example/farm.git#${COMMIT}`;

  test("to build the commit upon the newest public image, and to leave no container", async () => {
    const buildargs = JSON.stringify({ VERSION: "1.1.0", REVISION: COMMIT });
    expect(await asked(SOURCE)).toEqual({ remote, buildargs, pull: "true", forcerm: "true" });
  });

  test("to build upon the operator's image as it is here", async () => {
    const buildargs = JSON.stringify({ VERSION: "1.1.0", REVISION: COMMIT, BASE: "mirror.example/node:24" });
    expect(await asked({ ...SOURCE, base: "mirror.example/node:24" })).toEqual({
      remote,
      buildargs,
      pull: "false",
      forcerm: "true",
    });
  });
});

test("what was made along the way is removed, the last first, unless it has a name", async () => {
  const made = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "111111111111"];
  const { requests } = await open({
    build: (response) => response.end(made.map((id) => line({ stream: ` ---> ${id}\n` })).join("") + MADE + END),
    first: (request, response) => {
      if (request !== "GET /images/111111111111/json" && request !== "GET /images/bbbbbbbbbbbb/json") return false;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...SOUND, RepoTags: request.includes("111") ? ["filaops-keep:farm-1.1.0"] : [] }));
      return true;
    },
  });
  await building();
  expect(requests.filter((request) => request.startsWith("DELETE"))).toEqual([
    "DELETE /images/bbbbbbbbbbbb",
    "DELETE /images/aaaaaaaaaaaa",
  ]);
});

describe("a build fails", () => {
  test.each<[what: string, build: NonNullable<Faults["build"]>, words: string]>([
    [
      "at a command, whose last lines are told",
      (r) => r.end(BEGUN + line({ stream: "no such module\n" }) + line({ error: "exit 1" })),
      "exit 1\nno such module",
    ],
    [
      "in the middle of a line that is told too",
      (r) => r.end(BEGUN + line({ stream: "Killed" }) + line({ error: "exit 137" })),
      "exit 137\nKilled",
    ],
    [
      "and tells no password",
      (r) => r.end(line({ stream: "at https://me:secret@proxy.example\n" }) + line({ error: "x" })),
      "https://me:[cut]@proxy",
    ],
    [
      "when the disk is full",
      (r) => r.end(BEGUN + line({ errorDetail: { message: "no space left on device" } })),
      "no space left on device",
    ],
    ["when the answer ends in the middle of a line", (r) => r.end(BEGUN + MADE + END + '{"stre'), "in the middle of a line"],
    ["when the answer ends early", (r) => r.end(BEGUN + MADE), "ended before all had come"],
    ["when the answer is empty", (r) => r.end(), "ended before all had come"],
    ["when the answer is something else", (r) => r.end("<html></html>\n"), "not in Docker's form"],
    ["when the engine goes in the middle", (r) => r.write(BEGUN, () => r.destroy()), "the connection to Docker broke off"],
    [
      "when the engine refuses",
      (r) => {
        refuse(r, 400, "dockerfile parse error line 1");
      },
      "dockerfile parse error line 1",
    ],
  ])("%s", async (_what, build, words) => {
    await open({ build });
    const problem = { code: "image-not-built", happened: expect.stringContaining(words) as string };
    await expect(building()).rejects.toMatchObject({ problem });
    await expectNothingLeft();
  });

  test("when it is for another platform", async () => {
    await open({ build: all, image: (i) => ({ ...i, Architecture: "arm64" }) });
    await expect(building()).rejects.toMatchObject({ code: "image-differs" });
    await expectNothingLeft();
  });

  test.each<[when: string, told: (response: ServerResponse) => void]>([
    ["before the engine answers", () => undefined],
    ["in the middle of the answer", (response) => response.write(BEGUN)],
  ])("at an abort %s, with the caller's cause", async (_when, told) => {
    const controller = new AbortController();
    const cause = new Error("cancelled");
    await open({
      build: (response) => {
        told(response);
        setTimeout(() => {
          controller.abort(cause);
        }, 30);
      },
    });
    await expect(building({ signal: controller.signal })).rejects.toBe(cause);
    await expectNothingLeft();
  });
});

describe("whether the source can be had", () => {
  const asking = (patienceMs?: number) =>
    sourceAnswers(createEngine(socketPath()), SOURCE, patienceMs === undefined ? { release } : { release, patienceMs });
  const trouble = (words: string) => ({
    problem: { code: "source-not-fetched", happened: expect.stringContaining(words) as string },
  });

  test("is asked for a stage that is not there: an engine that misses it has the source", async () => {
    const { requests } = await open({
      build: (response, query) => {
        refuse(response, 400, `failed to reach build target ${query.get("target") ?? ""} in Dockerfile`);
      },
    });
    await asking();
    expect(requests).toEqual(["GET /version", "POST /build"]);
  });

  test.each<[how: string, build: NonNullable<Faults["build"]>]>([
    [
      "at once",
      (response) => {
        refuse(response, 500, "error fetching: fatal: remote error: upload-pack: not our ref");
      },
    ],
    [
      "in its answer",
      (response) => response.end(line({ error: "error fetching: fatal: remote error: upload-pack: not our ref" })),
    ],
  ])("is no when the engine says so %s", async (_how, build) => {
    await open({ build });
    await expect(asking()).rejects.toMatchObject(trouble("does not have the commit 90ba24035697"));
  });

  test("is no when nothing is heard of it", async () => {
    await open({ build: () => undefined });
    await expect(asking(50)).rejects.toMatchObject(trouble("git.example did not answer"));
  });

  test("cannot be said without an engine", async () => {
    await expect(asking()).rejects.toMatchObject({ code: "engine-unreachable" });
  });
});
