import { expect, it } from "vitest";
import { createBuildWatch } from "./build.ts";

const memory = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      kept.set(key, value);
    },
  };
};

it("takes the first answer's build for the page's own, and offers nothing as long as it stays", () => {
  const watch = createBuildWatch(memory());
  watch.tell("1.0.0+a");
  watch.tell("1.0.0+a");
  expect(watch.offer()).toBe(false);
});

it("believes the page when it says what it is", () => {
  const watch = createBuildWatch(memory());
  watch.pageIs("1.0.0+a");
  watch.tell("1.1.0+b");
  expect(watch.offer()).toBe(true);
});

it("offers one reload, and takes the offer back when the old build is back", () => {
  const watch = createBuildWatch(memory());
  let told = 0;
  watch.subscribe(() => {
    told += 1;
  });
  watch.tell("1.0.0+a");
  watch.tell("1.1.0+b");
  expect(watch.offer()).toBe(true);
  watch.tell("1.0.0+a");
  expect(watch.offer()).toBe(false);
  expect(told).toBe(3);
});

it("never offers a second reload for a build that did not come with the first", () => {
  const kept = memory();
  const first = createBuildWatch(kept);
  first.pageIs("1.0.0+a");
  first.tell("1.1.0+b");
  first.accepted();
  const afterReload = createBuildWatch(kept);
  afterReload.pageIs("1.0.0+a");
  afterReload.tell("1.1.0+b");
  expect(afterReload.offer()).toBe(false);
  afterReload.tell("1.2.0+c");
  expect(afterReload.offer()).toBe(true);
});
