import { includesRole } from "../_client/roles.ts";
import { serverCaller } from "../_server/caller.ts";
import { requireRole } from "../_server/gate.ts";
import { knownNag, knownOverview } from "./known-overview.ts";
import { LiveNotices } from "./live-notices.tsx";

/** All that updates say on every signed-in page; stands once, under the header. What the server knows is in the page from the start. */
export async function UpdateNotices() {
  const me = await requireRole("viewer");
  const { version, commit } = await (await serverCaller()).system.version();
  const [initial, nag] = includesRole(me.role, "admin") ? await Promise.all([knownOverview(), knownNag()]) : [];
  // As in the header of every answer, so that the page can compare.
  return <LiveNotices initial={initial} nag={nag} build={`${version}+${commit}`} />;
}
