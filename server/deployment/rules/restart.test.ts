import { expect, test } from "vitest";
import { restart } from "./restart.ts";

test.each([
  [0, 60_000, { afterMs: 0, deaths: 0 }],
  [7, 10_000, { afterMs: 0, deaths: 0 }],
  [0, 9999, { afterMs: 100, deaths: 1 }],
  [1, 0, { afterMs: 200, deaths: 2 }],
  [2, 0, { afterMs: 400, deaths: 3 }],
  [5, 0, { afterMs: 3200, deaths: 6 }],
  [6, 0, { afterMs: 5000, deaths: 7 }],
  [5000, 0, { afterMs: 5000, deaths: 5001 }],
])("after %d young deaths and a life of %d ms", (deaths, livedMs, expected) => {
  expect(restart(deaths, livedMs)).toEqual(expected);
});
