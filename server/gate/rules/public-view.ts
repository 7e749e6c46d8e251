import { publicStatusSchema } from "../../updates/contract.ts";
import type { PublicStatus, Status } from "../../updates/contract.ts";

/** What everyone may see of a run: steps and percent; no names, no problems, no numbers of the farm. What is not named in the schema is cut. */
export function publicView(status: Status): PublicStatus {
  return publicStatusSchema.parse(status);
}

/** Whether an open run has given no sign of life for longer than its lease. */
export function isSilent(status: PublicStatus, now: Date): boolean {
  return status.outcome === null && now.getTime() - Date.parse(status.updatedAt) > status.leaseSeconds * 1000;
}
