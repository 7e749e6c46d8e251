import { readFile } from "node:fs/promises";
import { systemClock } from "../../platform/clock.ts";
import { homePaths } from "../../platform/home.ts";
import type { S3Storage } from "../contract.ts";
import { copyOut } from "../copies.ts";
import { s3Store } from "../s3/s3-store.ts";
import type { CopiedSet } from "../staging.ts";

/** What a process that copies one set and may be killed is told, in a file of JSON. */
export type CopyOrder = {
  home: string;
  storage: S3Storage;
  secret: string;
  recipient: string;
  set: CopiedSet;
  partBytes: number;
};

const order = JSON.parse(await readFile(process.argv[2] ?? "", "utf8")) as CopyOrder;
const { storage, secret, partBytes, recipient } = order;
const store = s3Store({ storage, secret, clock: systemClock, partBytes });
await copyOut({ paths: homePaths(order.home), store, recipient }, order.set);
