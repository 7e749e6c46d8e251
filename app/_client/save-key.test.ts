import { createTRPCClient, TRPCClientError } from "@trpc/client";
import type { TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { describe, expect, it } from "vitest";
import type { AppRouter } from "../../server/trpc/root.ts";
import { saveKeyLink, saveKeyOf } from "./save-key.ts";

type Answer = "yes" | "no answer" | number;

/** A client whose server answers as it is told; `keys` are those that arrived. */
function clientWith(answers: Answer[]) {
  const keys: (string | null)[] = [];
  const server: TRPCLink<AppRouter> =
    () =>
    ({ op }) =>
      observable((observer) => {
        keys.push(saveKeyOf(op));
        const answer = answers.shift();
        if (answer === "yes") {
          observer.next({ result: { type: "data", data: { done: true } } });
          observer.complete();
        } else {
          observer.error(failure(answer));
        }
      });
  return { client: createTRPCClient<AppRouter>({ links: [saveKeyLink(), server] }), keys };
}

function failure(answer: Answer | undefined): TRPCClientError<AppRouter> {
  if (typeof answer !== "number") return new TRPCClientError("fetch failed");
  const error = { code: -32000, message: "no", data: { httpStatus: answer } };
  return TRPCClientError.from({ error } as object);
}

const again = (a: string | null | undefined, b: string | null | undefined) => a === b;

describe("saveKeyLink", () => {
  it.each<[string, Answer, boolean]>([
    ["no answer came", "no answer", true],
    ["the server blames itself", 500, true],
    ["the server was not ready", 503, true],
    ["it was saved", "yes", false],
    ["the server said no", 409, false],
  ])("when %s, the same save sent again has the same key: %s", async (_case, first, same) => {
    const { client, keys } = clientWith([first, "yes"]);
    const save = () => client.tokens.revoke.mutate({ id: "7" });
    await save().catch(() => undefined);
    await save();
    expect(again(keys[0], keys[1])).toBe(same);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("gives another save a key of its own", async () => {
    const { client, keys } = clientWith(["no answer", "yes"]);
    await client.tokens.revoke.mutate({ id: "7" }).catch(() => undefined);
    await client.tokens.revoke.mutate({ id: "8" });
    expect(keys[0]).not.toBe(keys[1]);
  });

  it("gives none to what the server does not save once", async () => {
    const { client, keys } = clientWith(["no answer", "yes"]);
    await client.tokens.create.mutate({ name: "x" }).catch(() => undefined);
    await client.setup.create.mutate({ farmName: "", currency: "", name: "", email: "", password: "" });
    expect(keys).toEqual([null, null]);
  });
});
