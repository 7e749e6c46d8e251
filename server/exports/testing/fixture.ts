import type { Role } from "../../accounts/contract.ts";
import { asOwner } from "../../auth/actors.ts";
import { silentLog } from "../../platform/log.ts";
import type { Snapshot } from "../../platform/snapshot.ts";
import type { TestWeb } from "../../trpc/testing/test-web.ts";
import type { ExportsDeps } from "../exports.ts";
import { createExports } from "../exports.ts";

const role: Role = "owner";
const owner = asOwner({ id: 7n, name: "Olivia", email: "olivia@farm.test", role });
if (owner === null) throw new Error("no owner");
export const OWNER = owner;
export const OPTIONS = { format: "csv", forExcel: false, withFiles: false, withAccounts: false } as const;

/** Another process of the app over the same folder, whose clock, reading of the database and disk can be told what to do. */
export function anotherProcess(
  { web, folder }: TestWeb,
  { reading, ...more }: { reading?: (snapshot: Snapshot) => Snapshot } & Partial<ExportsDeps> = {},
) {
  const { database, files, clock } = web;
  const snapshot = async () => {
    const opened = await database.snapshot();
    return reading === undefined ? opened : reading(opened);
  };
  return createExports({
    ...{ database: { snapshot }, folder, files, clock, appVersion: "1.0.0", log: silentLog, reserveBytes: 0 },
    ...more,
  });
}
