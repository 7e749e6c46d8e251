import type { Step } from "../step.ts";

/** What comes along into an empty database: the owners' accounts and the settings. Nothing else does; the live one, which is only read, has it all. */
export const carryOver: Step = {
  name: "carry-over",
  onInterrupt: "again",
  touches: true,

  async run({ world, plan, facts, record }) {
    const { live, green } = plan.database;
    // As the release itself laid it out: once something was carried over, that could not be told apart any more.
    if (facts().booksBare === undefined) await record({ booksBare: await world.databases.books(green) });
    const carried = await world.databases.carryOver(live.name, green);
    await record({ carried });
    const { owners, settings } = carried;
    return `${owners} ${owners === 1 ? "owner" : "owners"}, ${settings} ${settings === 1 ? "setting" : "settings"}`;
  },

  isDone: () => Promise.resolve(false),

  // What was written to goes as a whole.
  undo: () => Promise.resolve(),
};
