import type { Explain } from "./explain.ts";

/** Problems of archives of backups and of their copies elsewhere. `where` is the storage in words, `what` an object's or a file's name. */
export const offsiteProblems = {
  "archive-not-taken": (d: { reason: string }) => ({
    happened: `This archive is not a backup that FilaOps takes: ${d.reason}.`,
    meaning: "Nothing of it was kept, and nothing was changed.",
    todo: "Take a file that FilaOps itself wrote, unchanged. One that was packed by hand must be plain: tar --format=ustar",
  }),
  "offsite-not-set-up": (_: object) => ({
    happened: "No place was set up that backups could be copied to.",
    meaning: "Nothing was copied. Your data and your backups here are untouched.",
    todo: "Set one up under Settings → Copies elsewhere.",
  }),
  "argument-missing": (d: { what: string }) => ({
    happened: `${d.what}.`,
    meaning: "Nothing was changed.",
    todo: "`filaops --help` says what a command takes.",
  }),
  "offsite-unreachable": (d: { where: string; reason: string }) => ({
    happened: `${d.where} does not answer: ${d.reason}`,
    meaning: "Your data and your backups here are untouched. What was copied already is not copied again.",
    todo: "Look whether its address is right, then at the connection to the internet and at the storage's own status page. A copying is tried again by itself.",
  }),
  "offsite-denied": (d: { where: string; reason: string }) => ({
    happened: `${d.where} refuses this access key: ${d.reason}`,
    meaning: "Nothing was copied. Your data and your backups here are untouched.",
    todo: "Look whether key and secret are right, and whether the key may read, write, list and delete in this bucket.",
  }),
  "offsite-no-bucket": (d: { where: string; bucket: string }) => ({
    happened: `${d.where} has no bucket named ${d.bucket}.`,
    meaning: "Nothing was copied. Your data and your backups here are untouched.",
    todo: "Make the bucket at your provider, or correct its name in the settings.",
  }),
  "offsite-wrong-region": (d: { where: string; region: string; expected: string | null }) => ({
    happened: `${d.where} is not in the region ${d.region}${d.expected === null ? "." : ` but in ${d.expected}.`}`,
    meaning: "Nothing was copied. Your data and your backups here are untouched.",
    todo: `Correct the region in the settings${d.expected === null ? "" : ` to ${d.expected}, and the address if it names one`}.`,
  }),
  "offsite-clock": (d: { where: string; seconds: number }) => ({
    happened: `The clock of this computer and that of ${d.where} differ by ${readableSpan(d.seconds)}, so that it refuses what we sign.`,
    meaning: "Nothing was copied. Your data and your backups here are untouched.",
    todo: "Set this computer's clock, best by letting it follow the internet's time: timedatectl set-ntp true",
  }),
  "offsite-full": (d: { where: string; reason: string }) => ({
    happened: `There is no room left on ${d.where}: ${d.reason}`,
    meaning: "This copy was not kept. Your data and your backups here are untouched.",
    todo: "Delete old copies there, or get more room, then try again.",
  }),
  "offsite-refused": (d: { where: string; reason: string }) => ({
    happened: `${d.where} refused what we asked for: ${d.reason}`,
    meaning: "Your data and your backups here are untouched.",
    todo: "The message usually names the cause. “Send a test” in the settings tries each right that is needed.",
  }),
  "offsite-differs": (d: { where: string; what: string; reason: string }) => ({
    happened: `What lies on ${d.where} as ${d.what} is not what was copied there: ${d.reason}`,
    meaning: "It cannot be relied on. Your data and your backups here are untouched.",
    todo: "Copy the backup again. If it happens again, choose another storage: this one does not keep what it is given.",
  }),
  "offsite-missing": (d: { where: string; what: string }) => ({
    happened: `There is no ${d.what} on ${d.where}.`,
    meaning: "Nothing was changed.",
    todo: "Choose another copy from the list.",
  }),
  "offsite-folder": (d: { path: string; reason: string }) => ({
    happened: `The folder ${d.path} cannot be used: ${d.reason}`,
    meaning: "Nothing was copied. Your data and your backups here are untouched.",
    todo: "Look whether the disk or the share is mounted and may be written to by FilaOps, then try again.",
  }),
  "offsite-key-wrong": (d: { reason: string }) => ({
    happened: `This key does not open the copy: ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "The key begins with AGE-SECRET-KEY-1 and was shown once, when copies were set up. Each copy opens with the key of its time.",
  }),
} satisfies Record<string, Explain<never>>;

function readableSpan(seconds: number): string {
  const span = Math.abs(seconds);
  if (span < 120) return `${Math.round(span)} seconds`;
  return span < 7200 ? `${Math.round(span / 60)} minutes` : `${Math.round(span / 3600)} hours`;
}
