import { describe, expect, test } from "vitest";
import type { Pulled } from "./pull-progress.ts";
import { afterLine, nothingPulled } from "./pull-progress.ts";

function after(...events: unknown[]): Pulled {
  return events.map((event) => (typeof event === "string" ? event : JSON.stringify(event))).reduce(afterLine, nothingPulled);
}

const loading = (id: string, current: number, total?: number) => ({
  status: "Downloading",
  id,
  progressDetail: total === undefined ? { current } : { current, total },
});

describe("the bytes of a pull", () => {
  test.each<[what: string, events: unknown[], done: number, total: number | null]>([
    ["are not known before a layer comes", [{ status: "Pulling from x" }, { status: "Pulling fs layer", id: "a" }], 0, null],
    ["are those of all layers", [loading("a", 5, 10), loading("b", 1, 100)], 6, 110],
    ["are counted once", [loading("a", 5, 10), loading("a", 7, 10)], 7, 10],
    ["are all there when the layer is", [loading("a", 5, 10), { status: "Download complete", id: "a" }], 10, 10],
    [
      "do not fall back while a layer is unpacked",
      [
        loading("a", 5, 10),
        { status: "Download complete", id: "a" },
        { status: "Extracting", id: "a", progressDetail: { current: 1, total: 9 } },
      ],
      10,
      10,
    ],
    [
      "are known of a layer that was told of only while it was unpacked",
      [{ status: "Extracting", id: "a", progressDetail: { current: 1, total: 9 } }],
      9,
      9,
    ],
    ["do not count layers that are here already", [{ status: "Already exists", id: "a" }, loading("b", 1, 2)], 1, 2],
    ["do not count layers of unknown size", [loading("a", 5), { status: "Download complete", id: "a" }], 0, null],
  ])("%s", (_what, events, done, total) => {
    expect(after(...events)).toMatchObject({ done, total, error: null, finished: false });
  });
});

// The engine leaves out events when it is busy. A pull that had come whole ended with 32768 of 401951 bytes, since "Download complete" was left out.
test.each(["Verifying Checksum", "Download complete", "Extracting", "Pull complete"])("a layer has come at %j", (status) => {
  expect(after(loading("a", 5, 10), { status, id: "a" })).toMatchObject({ done: 10, total: 10 });
});

describe("a pull", () => {
  test.each(["Status: Downloaded newer image for x@y", "Status: Image is up to date for x@y"])("has come with %j", (status) => {
    expect(after({ status }).finished).toBe(true);
  });

  test("has not come because a layer has", () => {
    expect(after(loading("a", 10, 10), { status: "Pull complete", id: "a" }).finished).toBe(false);
  });

  test.each<[event: unknown, error: string]>([
    [{ error: "denied" }, "denied"],
    [{ errorDetail: { message: "denied" } }, "denied"],
    ["null", "the answer was not in Docker's form"],
    ["7", "the answer was not in Docker's form"],
    ["<html>", "the answer was not in Docker's form"],
  ])("failed with %j", (event, error) => {
    expect(after(event, "").error).toBe(error);
  });
});
