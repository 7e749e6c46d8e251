import type { Explain } from "./explain.ts";

const STAYS = "It is not offered. You stay on your version, and your data is untouched.";
const REPORT = "Wait for another release. If it stays so, report it to the makers of FilaOps.";
const TAMPERED = "Somebody may have tampered with it: do not install it by hand, and report it.";

/** Problems of releases: what the feed answers, and why a release is not offered. */
export const releasesProblems = {
  "feed-not-asked": (_: object) => ({
    happened: "FilaOps has not looked for updates yet.",
    meaning: "Nothing is known about newer versions.",
    todo: "Press “Check now”.",
  }),
  "feed-unreachable": (d: { host: string; reason: string }) => ({
    happened: `FilaOps could not ask ${d.host} for updates: ${d.reason}`,
    meaning: "Your data and your version are untouched. Whether there is something newer is not known.",
    todo: "It is tried again by itself. If it stays so, look at this computer's way to the internet.",
  }),
  "feed-limited": (d: { host: string; until: Date }) => ({
    happened: `${d.host} was asked too often and wants us to wait until ${d.until.toISOString().slice(0, 16).replace("T", " ")} UTC.`,
    meaning: "Your data and your version are untouched. Whether there is something newer is not known.",
    todo: "Nothing: FilaOps asks again when it may. A GitHub token in the file `keys/feed.token` on the server raises the limit.",
  }),
  "feed-refused": (d: { host: string; status: number }) => ({
    happened: `${d.host} refused to list the releases (HTTP ${d.status}).`,
    meaning: "Your data and your version are untouched. Whether there is something newer is not known.",
    todo: "Look whether `releases.repository` in the server's config.json is right, and whether its token still holds.",
  }),
  "feed-not-understood": (d: { host: string; reason: string }) => ({
    happened: `${d.host} answered with something that is not a list of releases: ${d.reason}`,
    meaning: "Your data and your version are untouched. Whether there is something newer is not known.",
    todo: "A sign-in page of a network may stand between, as in hotels. Open any page in a browser on that network, then check again.",
  }),
  "release-key-unreadable": (d: { what: "public" | "secret" }) => ({
    happened: `The ${d.what} key for releases is not a key in minisign's format${d.what === "secret" ? " without a password" : ""}.`,
    meaning: "Without it no release can be trusted, so none is offered.",
    todo: "Put the key file back as it came with FilaOps.",
  }),
  "release-unreadable": (d: { reason: string }) => ({
    happened: `The list has an entry that is not a release: ${d.reason}`,
    meaning: "It was left out; the others are listed.",
    todo: REPORT,
  }),
  "release-tag-invalid": (_: object) => ({
    happened: "A release is listed whose name is not a version.",
    meaning: STAYS,
    todo: REPORT,
  }),
  "release-incomplete": (d: { version: string; missing: string }) => ({
    happened: `Release ${d.version} has no ${d.missing}.`,
    meaning: STAYS,
    todo: "It may still be on its way: check again in some minutes.",
  }),
  "release-unsigned": (d: { version: string }) => ({
    happened: `Release ${d.version} is not signed.`,
    meaning: STAYS,
    todo: "It may still be on its way: check again in some minutes.",
  }),
  "release-signature-wrong": (d: { version: string }) => ({
    happened: `The signature of release ${d.version} does not belong to what it says.`,
    meaning: STAYS,
    todo: TAMPERED,
  }),
  "release-signer-unknown": (d: { version: string }) => ({
    happened: `Release ${d.version} is signed with a key that this FilaOps does not know.`,
    meaning: STAYS,
    todo: TAMPERED,
  }),
  "release-manifest-invalid": (d: { version: string; reason: string }) => ({
    happened: `The signed description of release ${d.version} cannot be read: ${d.reason}`,
    meaning: STAYS,
    todo: REPORT,
  }),
  "release-other-product": (d: { version: string }) => ({
    happened: `What is listed as release ${d.version} is signed for another product than FilaOps.`,
    meaning: STAYS,
    todo: TAMPERED,
  }),
  "release-other-version": (d: { version: string; signed: string }) => ({
    happened: `What is listed as release ${d.version} was signed as ${d.signed}.`,
    meaning: STAYS,
    todo: TAMPERED,
  }),
  "release-archive-silent": (d: { version: string; reason: string }) => ({
    happened: `The archive of release ${d.version} cannot be fetched: ${d.reason}`,
    meaning: STAYS,
    todo: "It may still be on its way: check again in some minutes.",
  }),
  "release-archive-differs": (d: { version: string; signedBytes: number; listedBytes: number }) => ({
    happened: `The archive of release ${d.version} has ${d.listedBytes} bytes; the one that was signed has ${d.signedBytes}.`,
    meaning: STAYS,
    todo: TAMPERED,
  }),
  "release-not-fetched": (d: { version: string; reason: string }) => ({
    happened: `The signed description of release ${d.version} could not be fetched: ${d.reason}`,
    meaning: STAYS,
    todo: "It is tried again at the next check.",
  }),
  "release-expired": (d: { version: string; expires: string }) => ({
    happened: `The offer of release ${d.version} ended on ${d.expires.slice(0, 10)}.`,
    meaning: STAYS,
    todo: "Wait for a newer release. If there should be one, look whether the date and time of this computer are right.",
  }),
  "release-below-committed": (d: { version: string; committed: string }) => ({
    happened: `Release ${d.version} is older than ${d.committed}, which was already installed here once.`,
    meaning: STAYS,
    todo: "Wait for a release that is newer than that one, or install that one again.",
  }),
  "release-needs-stop": (d: { version: string; upgradeFrom: string; installed: string }) => ({
    happened: `Release ${d.version} can be installed from version ${d.upgradeFrom} on; you run ${d.installed}, and no release between them is listed.`,
    meaning: STAYS,
    todo: "Wait until a release between them is listed again, or ask the makers of FilaOps for the way.",
  }),
  "release-needs-newer-updater": (d: { version: string; minUpdater: string; updater: string }) => ({
    happened: `Release ${d.version} needs version ${d.minUpdater} of the update program; here is ${d.updater}.`,
    meaning: STAYS,
    todo: "Restart FilaOps on the server, so that its update program is the one of your version, then check again.",
  }),
  "release-needs-node": (d: { version: string; min: string; node: string }) => ({
    happened: `Release ${d.version} needs Node ${d.min}; this computer has ${d.node}.`,
    meaning: STAYS,
    todo: "Install a newer Node on the server, then check again.",
  }),
  "release-needs-postgres": (d: { version: string; min: number; max: number; postgres: number }) => ({
    happened: `Release ${d.version} works with PostgreSQL ${d.min} to ${d.max}; this database is PostgreSQL ${d.postgres}.`,
    meaning: STAYS,
    todo:
      d.postgres < d.min
        ? "Have the database moved to a newer PostgreSQL first."
        : "Wait for a release that knows this PostgreSQL.",
  }),
  "release-not-rolled-out": (d: { version: string }) => ({
    happened: `Release ${d.version} is given to a part of all installations first; this one is not among them yet.`,
    meaning: STAYS,
    todo: "Nothing: it is offered here as soon as its makers give it to more.",
  }),
  "cap-out-of-range": (_: object) => ({
    happened: "Notices can be held back until a day that is to come, a year from now at most.",
    meaning: "Nothing was changed.",
    todo: "Choose another day.",
  }),
} satisfies Record<string, Explain<never>>;
