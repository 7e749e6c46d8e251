import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { serverCaller } from "../../../_server/caller.ts";

/** The page does not wait longer than this for the updater: the list then comes a little later. */
const PATIENCE_MS = 700;

/** What the updater knows of backups, for the page that is being rendered; `undefined` when it does not answer soon. */
export async function knownBackups(): Promise<BackupsOverview | undefined> {
  const caller = await serverCaller();
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  return Promise.race([caller.backups.overview().catch(() => undefined), patience]);
}
