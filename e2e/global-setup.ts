import { publisherPlaces } from "../scripts/demo-farm/places.ts";
import { publishReleases } from "../scripts/demo-farm/publish.ts";

/** Builds the app and packages its releases, once for all files. */
export default async function globalSetup(): Promise<void> {
  await publishReleases(publisherPlaces(), { now: new Date(), say: (text) => process.stdout.write(`${text}\n`) });
}
