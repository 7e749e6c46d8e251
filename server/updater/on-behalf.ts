import { newUlid } from "../platform/ids.ts";
import { IDEMPOTENCY_HEADER } from "../trpc/contract.ts";
import type { Context } from "../trpc/init.ts";
import type { UpdaterApi } from "./client.ts";

/** The updater, asked on behalf of whoever calls a procedure: it looks up again who that is. */
export function updaterFor({ web, actor }: Pick<Context, "web"> & { actor: { id: bigint } }): UpdaterApi {
  return web.updater.as({ kind: "user", userId: actor.id.toString() });
}

/** The key of the click, or of the script's header; without one, every call is its own. */
export function keyOf({ headers, web }: Context, input: { idempotencyKey?: string }): string {
  return input.idempotencyKey ?? headers.get(IDEMPOTENCY_HEADER) ?? newUlid(web.clock);
}
