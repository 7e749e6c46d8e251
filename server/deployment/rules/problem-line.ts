import type { Problem } from "../../platform/contract.ts";
import { problemSchema } from "../../platform/contract.ts";

/** The problem that a command of ours reports in its last line, or `null` when the line says something else. */
export function problemOf(line: string): Problem | null {
  if (!line.startsWith('{"problem":')) return null;
  try {
    return problemSchema.safeParse((JSON.parse(line) as { problem: unknown }).problem).data ?? null;
  } catch {
    return null; // a torn line of a program that was killed
  }
}
