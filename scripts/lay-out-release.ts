import { parseArgs } from "node:util";
import { join } from "node:path";
import { toProblem } from "../server/platform/errors.ts";
import { layOutRelease } from "./packaging/package.ts";
import { layOutBase } from "./packaging/base.ts";

/** `lay-out-release --version 1.0.0 --commit SHA --to FOLDER`: a release of the finished build as a folder, for an image. */
const { values } = parseArgs({
  options: { version: { type: "string" }, commit: { type: "string" }, to: { type: "string" } },
});

try {
  const { version, commit, to } = values;
  if (version === undefined || commit === undefined || to === undefined) {
    throw new Error("--version, --commit and --to are needed");
  }
  await layOutRelease(await layOutBase({ root: join(import.meta.dirname, ".."), folder: to, commit }), version);
} catch (error) {
  process.stderr.write(`${toProblem(error).happened}\n`);
  process.exitCode = 1;
}
