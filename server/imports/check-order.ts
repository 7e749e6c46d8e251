import { totalsOf } from "../orders/rules/totals.ts";
import { LIMITS } from "./contract.ts";
import type { Finding } from "./contract.ts";
import type { ComparedOrder } from "./compare.ts";
import { AT, isForeign } from "./compare.ts";
import { shortened } from "./rules/cells.ts";
import type { Source } from "./source.ts";
import { findingAt } from "./source.ts";
import type { StagedLine } from "./staging.ts";

/** What is wrong with an order as a whole: what no row of it shows by itself. Rows that are wrong themselves were told, and keep silent the rest. */
export function checkOrder(source: Source, order: ComparedOrder): Finding[] {
  const { parts } = order;
  const error = (at: StagedLine, column: string | null, { what, todo }: { what: string; todo: string }) =>
    findingAt(source, at, { severity: "error", column, what, todo });
  const twice = parts.heads.slice(1).map((head) =>
    error(head, "number", {
      what: `Order “${shortened(parts.number)}” is in the file twice; the other one is in row ${parts.heads[0]?.row ?? 0}.`,
      todo: "Take one of them away.",
    }),
  );
  const [line] = parts.lines;
  if (line !== undefined && order.head === undefined) {
    const what = `There is no order “${shortened(parts.number)}” in the file.`;
    return [error(line, "order", { what, todo: "Put the order into the same upload, or take its lines away." })];
  }
  const [attachment] = parts.attachments;
  if (attachment !== undefined && order.head === undefined && order.found === undefined) {
    const what = `There is no order “${shortened(parts.number)}”, neither in the file nor in FilaOps.`;
    return [error(attachment, "order", { what, todo: "Put the order into the same upload, or take its attachments away." })];
  }
  const ofLines = checkLines(source, parts.lines);
  if (ofLines.length > 0 || parts.lines.some(({ bad }) => bad) || order.head === undefined || order.head.bad) {
    return [...twice, ...ofLines];
  }
  return [...twice, ...checkTotal(source, order, order.head)];
}

function checkLines(source: Source, lines: readonly StagedLine[]): Finding[] {
  const positions = new Map<string, number>();
  const wrongs = lines
    .filter(({ bad }) => !bad)
    .flatMap((line) => {
      const position = line.values[1] ?? "";
      const before = positions.get(position);
      positions.set(position, line.row);
      return [before === undefined ? null : twiceAt(position, before), wrongQuantity(line), wrongTotal(line)].flatMap((wrong) =>
        wrong === null ? [] : [findingAt(source, line, { severity: "error", ...wrong })],
      );
    });
  const [first] = lines;
  if (first === undefined || lines.length <= LIMITS.linesOfAnOrder) return wrongs;
  const what = `The order has more than ${LIMITS.linesOfAnOrder} lines.`;
  return [...wrongs, findingAt(source, first, { severity: "error", column: "order", what, todo: "Divide the order." })];
}

type Wrong = Pick<Finding, "column" | "what" | "todo">;

function twiceAt(position: string, row: number): Wrong {
  const todo = "Number the lines of an order differently.";
  return { column: "position", what: `The order has a line ${position} already, in row ${row}.`, todo };
}

function wrongQuantity({ values }: StagedLine): Wrong | null {
  if (/[1-9]/.test(values[4] ?? "")) return null;
  return { column: "quantity", what: "The quantity is zero.", todo: "Write more than zero, or take the line away." };
}

function wrongTotal({ values }: StagedLine): Wrong | null {
  const [, , , , quantity, unitPrice, total] = values;
  const computed = totalsOf([{ quantity: quantity ?? "0", unitPrice: unitPrice ?? "0" }])?.total ?? null;
  const column = "line_total";
  if (computed === null) {
    return { column, what: "The line's total is larger than FilaOps can keep.", todo: "Look whether the numbers are right." };
  }
  if (typeof total !== "string" || total === computed) return null;
  const what = `The line's total is ${total}, but quantity times price is ${computed}.`;
  return { column, what, todo: "Correct the one that is wrong." };
}

function checkTotal(source: Source, { lines, found }: ComparedOrder, head: StagedLine): Finding[] {
  const total = head.values[AT.total] ?? "0.00";
  const told = (what: string) => [
    findingAt(source, head, { severity: "error", column: "total", what, todo: "Correct the one that is wrong." }),
  ];
  if (lines === null) {
    const here = found?.values[AT.total];
    // A file without lines says nothing of those that are here; so it can only be about the same order if the totals agree.
    return typeof here === "string" && here !== total
      ? told(`The total is ${total}, but in FilaOps the order's lines add up to ${here}.`)
      : [];
  }
  const sum = totalsOf(lines.map(([, , , quantity, unitPrice]) => ({ quantity, unitPrice })))?.total ?? null;
  if (sum === null) return told("The lines add up to more than FilaOps can keep.");
  return sum === total ? [] : told(`The total is ${total}, but the lines add up to ${sum}.`);
}

/** The one line of an order whose lines nobody gave: what they were is text, and what they cost the order's total. */
export function importedLine(order: ComparedOrder, source: Source): { description: string; note: string } {
  const text = order.head !== undefined && isForeign(source, order.head.file) ? (order.head.values[AT.linesText] ?? "") : "";
  const line = text.replaceAll(/\p{Cc}+/gu, " ").trim();
  if (line === "") return { description: "As imported", note: "" };
  const description = `As imported: ${line}`;
  return description.length <= 200
    ? { description, note: "" }
    : { description: `${description.slice(0, 199)}…`, note: `As imported: ${text}` };
}
