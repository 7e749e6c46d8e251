import type { Check } from "./check.ts";

/** The release can be fetched now, unless it is here already. */
export const artifact: Check = {
  name: "release",
  title: "The release can be fetched",
  async look(world, { release }) {
    if (release !== null && !(await world.driver.has(release.version))) await world.driver.answers(release);
    return null;
  },
};
