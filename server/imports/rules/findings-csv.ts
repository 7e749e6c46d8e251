import type { Finding } from "../contract.ts";

/** Findings as CSV, a piece for each; what came out of somebody's file cannot become a formula. */
export async function* findingsCsv(findings: AsyncIterable<Finding>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode("\uFEFFKind,File,Row,Column,Problem,What to do\r\n");
  for await (const { severity, file, row, column, what, todo } of findings) {
    yield encoder.encode(
      `${[severity, file, row === null ? "" : String(row), column ?? "", what, todo].map(cell).join(",")}\r\n`,
    );
  }
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
