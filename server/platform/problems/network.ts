import type { Explain } from "./explain.ts";

/** Problems of fetching something from another computer. */
export const networkProblems = {
  "network-unreachable": (d: { host: string; reason: string }) => ({
    happened: `${d.host} could not be reached: ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "Look whether this computer has a way to the internet, then try again.",
  }),
  "address-refused": (d: { address: string; reason: string }) => ({
    happened: `FilaOps does not fetch from ${d.address}: ${d.reason}`,
    meaning: "Nothing was fetched and nothing was changed.",
    todo: "If you did not set this address yourself, somebody may have tampered with the release: report it.",
  }),
  "answer-too-large": (d: { host: string; maxBytes: number }) => ({
    happened: `${d.host} answered with more than ${readableBytes(d.maxBytes)}, which is more than such an answer may have.`,
    meaning: "The answer was thrown away unread.",
    todo: "Try again later. If it stays so, report it.",
  }),
  "answer-refused": (d: { host: string; status: number }) => ({
    happened: `${d.host} refused to give the file (HTTP ${d.status}).`,
    meaning: "Nothing was changed.",
    todo:
      d.status === 404 || d.status === 410
        ? "The file is not there any more: the release may have been withdrawn. Check for updates again."
        : "Try again later. If it stays so, look whether the release is still public.",
  }),
  "download-interrupted": (d: { host: string; attempts: number; reason: string }) => ({
    happened: `The download from ${d.host} broke off ${d.attempts === 1 ? "once" : `${d.attempts} times`}: ${d.reason}`,
    meaning: "What had come was removed. Nothing else was changed.",
    todo: "Look at the connection to the internet, then try again.",
  }),
  "download-differs": (d: { host: string; what: "size" | "content" }) => ({
    happened: `The file that ${d.host} sent is not the one that was signed: its ${d.what === "size" ? "size" : "SHA-256 digest"} differs.`,
    meaning: "It was removed and not a byte of it was used.",
    todo: "Try again later. If it stays so, do not install it by hand, and report it.",
  }),
} satisfies Record<string, Explain<never>>;

function readableBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.round(bytes / 1024 / 1024)} MiB` : `${Math.round(bytes / 1024)} KiB`;
}
