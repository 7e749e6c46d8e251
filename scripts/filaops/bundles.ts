import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { AppError } from "../../server/platform/errors.ts";
import { isErrno } from "../../server/platform/files.ts";
import type { BundleItem } from "../../server/releases/bundle-contract.ts";
import { bundleNameSchema } from "../../server/releases/bundle-contract.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./answer.ts";
import type { Site } from "./site.ts";

/** The bundles that are here, and how each stands. */
export async function bundles(site: Site): Promise<Answer> {
  const known = await site.updater.bundles.query();
  const none = `There is no bundle here. Bring one with \`filaops bundle add\`, or lay it into ${known.folder}.`;
  return { text: known.bundles.length === 0 ? [none] : known.bundles.map(lineOf), json: known, exit: EXIT.ok };
}

/** Takes in a bundle: a file, or `-` for what comes on standard input. Exit code 1 when it is not offered afterwards. */
export async function addBundle(site: Site, file: string): Promise<Answer> {
  const [content, bytes] = file === "-" ? [process.stdin, null] : [createReadStream(file), await sizeOf(file)];
  const { ticket } = await site.updater.bundleTicket.mutate();
  const received = await site.archives.uploadBundle(ticket, content as AsyncIterable<Buffer>, bytes);
  const { bundle, origin } = received;
  const text = [...(origin === "here-already" ? ["It is here already."] : []), lineOf(bundle)];
  return { text, json: received, exit: bundle.state === "refused" ? EXIT.problem : EXIT.ok };
}

/** Removes a bundle's file for good. */
export async function removeBundle(site: Site, name: string): Promise<Answer> {
  if (!bundleNameSchema.safeParse(name).success) throw new AppError("not-found", { what: "bundle" });
  await site.updater.removeBundle.mutate({ name });
  return { text: [`${name} was removed.`], json: { name }, exit: EXIT.ok };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isErrno(error, "ENOENT")) throw new AppError("not-found", { what: "file" });
    throw error;
  }
}

function lineOf({ name, bytes, version, state, problem }: BundleItem): string {
  const states = {
    available: `version ${version ?? ""} is available`,
    passed: `version ${version ?? ""} is not newer than what is installed`,
    refused: `not offered. ${problem?.happened ?? ""} ${problem?.todo ?? ""}`,
  };
  return `${name.replace(/[^ -~]/g, "?")}  ${(bytes / 1e6).toFixed(1)} MB, ${states[state]}`;
}
