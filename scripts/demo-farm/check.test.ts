import { homePaths } from "../../server/platform/home.ts";
import { AppError } from "../../server/platform/errors.ts";
import { exists } from "../../server/platform/files.ts";
import { expect, test } from "vitest";
import type { OpenStage } from "./check.ts";
import { checkDemo } from "./check.ts";
import { demoPlaces } from "./places.ts";

/** Checks, and gives back what was said, and the folder that it was done in. */
async function check(open: OpenStage, ending = new AbortController().signal) {
  const said: string[] = [];
  let folder = "";
  const kept = await checkDemo(
    (options) => {
      folder = options.folder;
      return open(options);
    },
    { say: (line) => said.push(line), ending, broken: [] },
  );
  return { kept, said, folder };
}

// An installation or a run that threw ended the check with words only. Whoever reads the last line as JSON, as is promised, got none.
test("when the installation fails, the last line is JSON all the same, and the folder is gone", async () => {
  const { kept, said, folder } = await check(() => Promise.reject(new AppError("database-missing", { name: "filaops" })));
  expect(kept).toBe(false);
  expect(JSON.parse(said.at(-1) ?? "")).toEqual({ runs: [], ok: false });
  expect(said.at(-2)).toContain("The database filaops does not exist.");
  expect(await exists(folder)).toBe(false);
});

test("when a run fails to begin, the stage is closed first, then comes the JSON", async () => {
  const closed: string[] = [];
  const { kept, said, folder } = await check(({ folder: chosen, say }) =>
    Promise.resolve({
      places: demoPlaces(chosen),
      paths: homePaths(chosen),
      url: "http://127.0.0.1:1",
      feed: { url: "", publish: () => undefined, withdraw: () => undefined, close: () => Promise.resolve() },
      signIn: { email: "", password: "" },
      ownerUrl: () => Promise.resolve(""),
      filaops: () => Promise.resolve(),
      close: () => {
        say("closed");
        closed.push(chosen);
        return Promise.resolve();
      },
    }),
  );
  expect(kept).toBe(false);
  expect(closed).toEqual([folder]);
  expect(JSON.parse(said.at(-1) ?? "")).toEqual({ runs: [], ok: false });
  expect(said.indexOf("closed")).toBeLessThan(said.length - 1);
  expect(await exists(folder)).toBe(false);
});

test("when it is told to end, it ends what it opened, and says so as JSON", async () => {
  const ending = new AbortController();
  const { kept, said, folder } = await check(({ ending: told }) => {
    ending.abort();
    told?.throwIfAborted();
    throw new Error("it was not told");
  }, ending.signal);
  expect(kept).toBe(false);
  expect(said.slice(-2)).toEqual(["NOT KEPT: it was ended before it was through", JSON.stringify({ runs: [], ok: false })]);
  expect(await exists(folder)).toBe(false);
});
