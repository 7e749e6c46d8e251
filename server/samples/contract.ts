import { z } from "zod";

/** Words. *Sample data*: an invented print farm of two years, for looking around in an installation in which nothing was entered yet. */

/** Whether sample data can be added: there are no customers, items and orders. */
export const samplesStateSchema = z.object({ empty: z.boolean() });

/** How much of it is added. */
export const SAMPLE_SIZE = { customers: 40, items: 45, orders: 400 } as const;

export const addedSamplesSchema = z.object({ customers: z.int(), items: z.int(), orders: z.int() });
export type AddedSamples = z.infer<typeof addedSamplesSchema>;
