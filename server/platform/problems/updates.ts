import type { Explain } from "./explain.ts";

/** Problems of updates: plans, runs and what can go wrong in a step. */
export const updatesProblems = {
  "plan-expired": (d: { minutes: number }) => ({
    happened: `This plan is older than ${d.minutes} minutes, or something was changed since it was made.`,
    meaning: "Nothing was changed.",
    todo: "Close this, look at it again and press the button once more.",
  }),
  "plan-blocked": (d: { findings: string[] }) => ({
    happened: `This cannot begin: ${d.findings.join(" ")}`,
    meaning: "Nothing was changed.",
    todo: "Mend what is named here, then try again.",
  }),
  "breaking-not-accepted": (d: { version: string; changes: string[] }) => ({
    happened: `The update to ${d.version} changes things that people have to know first${d.changes.length === 0 ? "." : `: ${d.changes.join("; ")}.`}`,
    meaning: "Nothing was changed.",
    todo: "Read what changes in the window that asks before the update. A script says `acceptBreaking: true`, the command line `--breaking`.",
  }),
  "data-not-carried-over": (d: { versions: string[] }) => ({
    happened: `Version ${d.versions.join(" and ")} does not carry over the data of your version.`,
    meaning: "It cannot be updated to. Your data and your version stay as they are.",
    todo: "Stay on your version, or take your data out before you begin anew with that one.",
  }),
  "chain-too-late": (d: { version: string; minutes: number }) => ({
    happened: `The step to ${d.version} could not be begun within ${d.minutes} minutes of the one before, so it was left.`,
    meaning: "The version you run works, and your data is whole.",
    todo: `Update to ${d.version} when it suits you.`,
  }),
  "nothing-to-undo": (d: { reason: string }) => ({
    happened: `This cannot be undone: ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "The history on this page says what can be undone, and until when.",
  }),
  "needs-person-first": (d: { run: string }) => ({
    happened: "The last run stopped half-way and needs a person before another one may begin.",
    meaning: "Your data is where that run left it; its report says what is true.",
    todo: `On the server, run \`filaops log ${d.run}\` and follow what it says. When it is put right, run \`filaops settle\`: then the next one may begin.`,
  }),
  interrupted: (d: { step: string }) => ({
    happened: `The computer stopped, or the program that does this, while it was busy with “${d.step}”.`,
    meaning: "What it had begun was taken back; your data is as it was.",
    todo: "You can try it again.",
  }),
  "step-too-long": (d: { step: string; seconds: number }) => ({
    happened: `“${d.step}” made no progress for ${d.seconds} seconds and was given up.`,
    meaning: "What it had begun was taken back; your data is as it was.",
    todo: "Look whether this computer is very busy, then try again.",
  }),
  "writes-not-drained": (d: { remaining: number; seconds: number }) => ({
    happened: `${d.remaining} ${d.remaining === 1 ? "save was" : "saves were"} still running after ${d.seconds} seconds.`,
    meaning: "Nothing was lost; saving works again.",
    todo: "Try again at a quieter moment.",
  }),
  "schema-head-differs": (d: { expected: string; found: string }) => ({
    happened: `After the migrations the database stands at “${d.found}”, the release wants “${d.expected}”.`,
    meaning: "Only a copy was touched; your data is as it was.",
    todo: "This is a fault of the release. Report it; you stay on your version.",
  }),
  "books-differ": (d: { differences: string[] }) => ({
    happened: `After the migrations the books did not agree: ${d.differences.join("; ")}`,
    meaning: "Only a copy was touched; your data is as it was.",
    todo: "This is a fault of the release. Report it; you stay on your version.",
  }),
  "not-empty": (d: { differences: string[] }) => ({
    happened: `The new database is not as empty as it was meant to be: ${d.differences.join("; ")}`,
    meaning: "Nobody has seen it, and it was given up; your data is as it was.",
    todo: "This is a fault of the release. Report it; you stay on your version.",
  }),
  "copy-defect": (d: { defects: string[] }) => ({
    happened: `The migrated copy is not sound: ${d.defects.join("; ")}`,
    meaning: "Only a copy was touched; your data is as it was.",
    todo: "Report it with the log of this run; you stay on your version.",
  }),
  "release-not-healthy": (d: { version: string; reason: string }) => ({
    happened: `Version ${d.version} did not start properly: ${d.reason}`,
    meaning: "Your data is as it was.",
    todo: "This is a fault of the release. Report it; you stay on your version.",
  }),
  "release-fell-over": (d: { version: string; reason: string }) => ({
    happened: `Version ${d.version} started, but then did not stay well: ${d.reason}`,
    meaning: "FilaOps went back before anything could be saved in it; your data is as it was.",
    todo: "This is a fault of the release. Report it; you stay on your version.",
  }),
  "probe-failed": (d: { what: string; reason: string }) => ({
    happened: `${d.what} did not look right when we opened it as a browser would: ${d.reason}`,
    meaning: "Your data is as it was.",
    todo: "This is a fault of the release. Report it; you stay on your version.",
  }),
  "data-changed": (d: { what: string }) => ({
    happened: `On the way back ${d.what} was not what it had been when saving was paused.`,
    meaning:
      "Somebody or something wrote into the database past FilaOps. Reading goes on, saving stays paused, so that nothing gets worse.",
    todo: "The backup from before this run is whole. Have somebody look at who else writes to this database.",
  }),
  "cleanup-incomplete": (d: { reason: string }) => ({
    happened: `Not everything could be cleaned up afterwards: ${d.reason}`,
    meaning: "What runs now is not affected, and your data is whole.",
    todo: "Nothing: the update service puts right what is left.",
  }),
  "slot-taken": (d: { slot: string }) => ({
    happened: `The place where the new version would start (${d.slot}) is taken by something else.`,
    meaning: "Nothing was changed.",
    todo: "Run `filaops doctor` on the server.",
  }),
  "database-blocked": (d: { blockers: string[] }) => ({
    happened: `Something stands in the way of copying the database: ${d.blockers.join(". ")}.`,
    meaning: "Nothing was changed.",
    todo: "Mend what is named here (or close that program), then try again.",
  }),
  "long-hold": (d: { seconds: number }) => ({
    happened: `Your database is large: while it is copied, people will see the waiting page for about ${d.seconds} seconds.`,
    meaning: "Nothing is lost; what was being typed stays in the forms.",
    todo: "Choose a time when few people work.",
  }),
  "run-cancelled": (_: object) => ({
    happened: "The run was cancelled.",
    meaning: "Nothing was changed.",
    todo: "You can start it again whenever you like.",
  }),
} satisfies Record<string, Explain<never>>;
