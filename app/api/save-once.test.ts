import { createTRPCUntypedClient } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { expect, test } from "vitest";
import { saving } from "../../server/trpc/init.ts";
import type { AppRouter } from "../../server/trpc/root.ts";
import { appRouter } from "../../server/trpc/root.ts";
import { saveKeyLink, saveKeyOf } from "../_client/save-key.ts";

type Known = { _def: { type: string; middlewares: unknown[] } };

/** Whether the page gives this mutation a key, which says that it may be sent again when its answer got lost. */
async function carriesKey(path: string): Promise<boolean> {
  const keys: (string | null)[] = [];
  const client = createTRPCUntypedClient<AppRouter>({
    links: [
      saveKeyLink(),
      () =>
        ({ op }) =>
          observable((observer) => {
            keys.push(saveKeyOf(op));
            observer.complete();
          }),
    ],
  });
  await client.mutation(path, {}).catch(() => undefined);
  expect(keys).toHaveLength(1);
  return keys[0] !== null;
}

// Making a token carried a key, and was sent again when its answer got lost in a switch. The server keeps no answer that holds a secret, so there were
// two tokens, and of one nobody had seen the secret.
test("a page's mutation carries a key exactly when the server does it once for that key", async () => {
  const once = (saving as unknown as Known)._def.middlewares.at(-1);
  const mutations = Object.entries(appRouter._def.procedures).flatMap(([path, procedure]) => {
    const { type, middlewares } = (procedure as unknown as Known)._def;
    // Updates, backups and exports know their keys themselves.
    return type === "mutation" && !/^(updates|backups|exports)\./.test(path)
      ? [{ path, isOnce: middlewares.includes(once) }]
      : [];
  });
  expect(mutations.map(({ isOnce }) => isOnce)).toEqual(expect.arrayContaining([true, false]));
  for (const { path, isOnce } of mutations) expect([path, await carriesKey(path)]).toEqual([path, isOnce]);
});
