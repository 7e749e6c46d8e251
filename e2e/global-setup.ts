import { makeFolder } from "../server/platform/files.ts";
import { publishReleases } from "../scripts/demo-farm/publish.ts";
import { publisher } from "./fixture/releases.ts";

/** Builds the app and packages its releases, once for all files. */
export default async function globalSetup(): Promise<void> {
  await makeFolder(publisher.folder);
  await publishReleases(publisher, { now: new Date(), say: (text) => process.stdout.write(`${text}\n`) });
}
