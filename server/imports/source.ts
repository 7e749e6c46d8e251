import type { Entity } from "../exchange/contract.ts";
import { z } from "zod";
import { entitySchema } from "../exchange/contract.ts";
import { instantSchema } from "../platform/contract.ts";
import type { Finding } from "./contract.ts";
import { mappingSchema } from "./contract.ts";

/** What is remembered of an upload that was staged, for whoever compares and applies it. */
export const sourceSchema = z.object({
  files: z.array(z.object({ name: z.string(), entity: entitySchema, mapping: mappingSchema.nullable() })),
  exportedAt: instantSchema.nullable(),
  /** The highest numbers of our own form, without their prefix, as decimal text. */
  highest: z.object({ customers: z.string(), orders: z.string() }),
  unknownStatuses: z.array(z.string()),
  /** Files that could not be read to their end. */
  incomplete: z.array(z.string()),
});
export type Source = z.infer<typeof sourceSchema>;

/** Whether the upload says which lines its orders have. */
export function hasEntity({ files }: Source, entity: Entity): boolean {
  return files.some((file) => file.entity === entity);
}

/** Something about a staged line. */
export function findingAt(
  source: Source,
  at: { file: number; row: number },
  what: Pick<Finding, "severity" | "column" | "what" | "todo">,
): Finding {
  return { file: source.files[at.file]?.name ?? "", row: at.row, ...what };
}
