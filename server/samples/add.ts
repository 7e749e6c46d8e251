import { Readable } from "node:stream";
import type { AdminActor } from "../auth/actors.ts";
import { storeFile } from "../files/store-file.ts";
import { lockFiles } from "../files/store.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { AddedSamples } from "./contract.ts";
import { SAMPLE_SIZE } from "./contract.ts";
import { addFiles } from "./files.ts";
import { insertFarm } from "./insert.ts";
import type { Sql } from "./insert.ts";
import { makeFarm } from "./rules/farm.ts";

export type SampleDeps = {
  /** A transaction. */
  db: Db;
  /** The folder of uploaded files; without it, nothing has pictures and documents. */
  files: string | undefined;
  now: Date;
};

/** Whether nothing was entered yet. */
export async function isEmpty(db: Db): Promise<boolean> {
  const one = { select: { id: true } } as const;
  const found = await Promise.all([db.customer.findFirst(one), db.item.findFirst(one), db.order.findFirst(one)]);
  return found.every((row) => row === null);
}

/** Adds an invented farm whose newest order is of today, all of it or nothing. Throws `farm-not-empty`. */
export async function addSamples({ db, files, now }: SampleDeps, actor: AdminActor): Promise<AddedSamples> {
  // Nobody enters anything between the look and the end.
  await db.$executeRaw`LOCK TABLE customers, items, orders IN SHARE ROW EXCLUSIVE MODE`;
  if (!(await isEmpty(db))) throw new AppError("farm-not-empty", {});
  const sql: Sql = (text, values = []) => db.$queryRawUnsafe<unknown[]>(text, ...values);
  await insertFarm(sql, makeFarm({ ...SAMPLE_SIZE, until: now }));
  if (files !== undefined) {
    await lockFiles(db);
    const store = (content: Buffer, kind: "image" | "attachment") => storeFile(files, Readable.from([content]), { kind });
    await addFiles(sql, { store, by: actor.id.toString() });
  }
  return SAMPLE_SIZE;
}
