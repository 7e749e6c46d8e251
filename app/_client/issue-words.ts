import type { z } from "zod";

/** Words for what a schema rejects and does not explain itself. */
export function issueWords(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "too_big") {
    return issue.origin === "string" ? `Please use at most ${String(issue.maximum)} characters.` : "This is too much.";
  }
  if (issue.code === "too_small" && issue.origin !== "string" && issue.origin !== "array") return "This is too little.";
  const missing = issue.code === "too_small" || (issue.code === "invalid_type" && (issue.input ?? null) === null);
  return missing ? "Please fill this in." : "This does not look right. Please check it.";
}

/** The issues of a failed parse by path ("lines.0.quantity"); the first one of each path counts. */
export function issuesByPath(error: z.ZodError): Record<string, string> {
  const byPath: Record<string, string> = {};
  for (const issue of error.issues) byPath[issue.path.join(".")] ??= asSentence(issue.message);
  return byPath;
}

/** A rule's message as a sentence beside its field: contracts name what is wanted ("an amount such as 12.50"), people are asked for it. */
export function asSentence(message: string): string {
  const asked = /^an? /.test(message) ? `Please enter ${message}` : `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
  return /[.!?]$/.test(asked) ? asked : `${asked}.`;
}
