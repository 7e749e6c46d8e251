import { describe, expect, test } from "vitest";
import type { Built } from "./build-progress.ts";
import { afterBuildLine, nothingBuilt } from "./build-progress.ts";

const ID = `sha256:bdb34b447bd2${"0".repeat(52)}`;
const printed = (stream: string) => ({ stream });

function after(...events: unknown[]): Built {
  return events.map((event) => (typeof event === "string" ? event : JSON.stringify(event))).reduce(afterBuildLine, nothingBuilt);
}

describe("a build", () => {
  const end = printed("Successfully built bdb34b447bd2\n");
  test.each<[what: string, events: unknown[], finished: boolean]>([
    ["has come to its end with its last image", [{ aux: { ID } }, end], true],
    ["has not because a stage has", [{ aux: { ID } }], false],
    ["has not because a command prints so", [printed("Successfully built bdb34b447bd2\n"), { aux: { ID } }], false],
    ["has not with the image of another stage", [{ aux: { ID: `sha256:${"1".repeat(64)}` } }, end], false],
    ["goes by the last image of several", [{ aux: { ID: `sha256:${"1".repeat(64)}` } }, { aux: { ID } }, end], true],
  ])("%s", (_what, events, finished) => {
    expect(after(...events).finished).toBe(finished);
  });

  test("tells at which step it is, whatever its commands print", () => {
    expect(after(printed("Step one\n")).step).toBeNull();
    const begun = [printed("Step 6/23 : RUN a\n"), printed("Step 7/23 : RUN b\n")];
    expect(after(...begun, printed("Step nine\nin Step 9/9 : of its own\n")).step).toEqual({ now: 7, of: 23 });
  });

  test("tells how much of what it is built on has come", () => {
    const pulling = { status: "Downloading", id: "a", progressDetail: { current: 5, total: 10 } };
    expect(after(printed("Step 1/2 : FROM node\n"), pulling).base).toMatchObject({ done: 5, total: 10 });
  });

  test.each<[event: unknown, error: string]>([
    [{ errorDetail: { code: 1, message: "exit 1" }, error: "exit 1" }, "exit 1"],
    ["<html>", "the answer was not in Docker's form"],
  ])("failed with %j", (event, error) => {
    expect(after(event, "").error).toBe(error);
  });
});

describe("what is printed", () => {
  test("is handed on line by line, in however many parts it comes", () => {
    const first = after(printed("one\ntw"));
    expect(first.fresh).toEqual(["one"]);
    expect(afterBuildLine(first, JSON.stringify(printed("o\nthree\n"))).fresh).toEqual(["two", "three"]);
  });

  test("has no colours, and of a line that was written over only the end", () => {
    expect(after(printed("\u001b[91mwarn\u001b[0m 10%\r20%\r100%\r\n")).fresh).toEqual(["100%"]);
    expect(after(printed("\u001b[91mwarn\u001b[0m\n")).fresh).toEqual(["warn"]);
  });

  test("is kept of the step at work, at its newest, without the builder's own notes", () => {
    const many = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join("");
    const { newest } = after(
      printed("Step 1/2 : RUN a\n"),
      printed(many),
      printed("Step 2/2 : RUN b\n"),
      printed(" ---> Running in c650665cba26\nno such module\nRemoving intermediate container c650665cba26\n"),
    );
    expect(newest).toEqual(["no such module"]);
    expect(after(printed(many)).newest).toEqual(Array.from({ length: 15 }, (_, index) => `line ${index + 15}`));
  });
});

// A clean-up by the ids that a build prints would have met the image that it was built on: that one is printed in the same way.
test("what is made along the way is what the steps come to, and never what they begin with", () => {
  const { made } = after(
    ...["Step 1/5 : ARG BASE\n", "Step 2/5 : FROM ${BASE} AS build\n", " ---> 9a04e61e952a\n", "Step 3/5 : COPY . /app\n"].map(
      printed,
    ),
    ...[" ---> Using cache\n", " ---> da84f01f4381\n", "Step 4/5 : FROM ${BASE}\n", " ---> 9a04e61e952a\n"].map(printed),
    ...["Step 5/5 : RUN x\n", " ---> Running in c650665cba26\n", " ---> bdb34b447bd2\n"].map(printed),
  );
  expect(made).toEqual(["da84f01f4381", "bdb34b447bd2"]);
});
