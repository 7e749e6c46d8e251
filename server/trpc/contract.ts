import { z } from "zod";

/** What all procedures share: paging, ids, decimal numbers as text, and the headers that pages and the gate go by. */

/** A repeated key by the same user returns the first result and saves nothing twice. Sent with every mutation that saves. */
export const IDEMPOTENCY_HEADER = "x-idempotency-key";
/** On every answer of the app: `version+commit` of the build, so that an old tab notices the new one. */
export const BUILD_HEADER = "x-filaops-build";
/** `paused` on a refused write (with `Retry-After` and the refusal as JSON). */
export const REFUSED_HEADER = "x-filaops-refused";
/** `1` on an answer that says nothing but "not ready" (503): whoever asked may ask again. */
export const NOT_READY_HEADER = "x-filaops-not-ready";

/** An id of a row, as decimal text. */
export const idSchema = z.string().regex(/^[1-9]\d{0,17}$/, "not an id");

/** Money that may not fall below zero, as it is entered. */
export const priceSchema = z.string().regex(/^\d{1,9}(\.\d{1,2})?$/, "an amount such as 12.50");
/** What a piece costs us: up to four places. */
export const costSchema = z.string().regex(/^\d{1,9}(\.\d{1,4})?$/, "an amount such as 0.0250");
/** How many, or how much: up to three places (grams, metres), zero included. */
export const amountSchema = z.string().regex(/^\d{1,9}(\.\d{1,3})?$/, "a number such as 3 or 0.750");

/** A single line of text as it is entered: trimmed, without line breaks, at most 200 characters. */
export const lineTextSchema = z
  .string()
  .trim()
  .max(200)
  .regex(/^\P{Cc}*$/u, "no line breaks here");
/** Free text as it is entered. */
export const noteTextSchema = z.string().trim().max(5000);

export const directionSchema = z.enum(["asc", "desc"]);

/** What every list takes. `page` counts from 1. */
export const pageInput = {
  search: z.string().trim().max(200).default(""),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(100).default(25),
};

/** What every list answers: one page of rows and how many there are in all. */
export function pageOf<S extends z.ZodType>(row: S) {
  return z.object({ rows: z.array(row), total: z.int().min(0), page: z.int(), pageSize: z.int() });
}

export const byIdInputSchema = z.strictObject({ id: idSchema });
