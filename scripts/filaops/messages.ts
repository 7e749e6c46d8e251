import { whereOf } from "../../server/messages/contract.ts";
import { allowAddressesInputSchema } from "../../server/updater/messages-contract.ts";
import { AppError } from "../../server/platform/errors.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./answer.ts";
import type { Site } from "./site.ts";

/** Where messages go, and what came of the last ones. */
export async function messages(site: Site): Promise<Answer> {
  const view = await site.updater.messages.query();
  const { deliveries } = await site.updater.messageDeliveries.query();
  const places = view.channels.map(({ target }) => `Messages go to ${whereOf(target)}.`);
  const last = deliveries.slice(0, 10).map(({ at, where, title, state, problem, why }) => {
    const reason = problem?.happened ?? why;
    return `${new Date(at).toLocaleString("sv-SE")}  ${state}  ${where}: ${title}${reason === null ? "" : ` (${reason})`}`;
  });
  const text = [
    ...(places.length === 0 ? ["Nobody is told elsewhere. It is set up under Settings → Messages."] : places),
    ...(view.allowed.length === 0 ? [] : [`In your own network they may go to ${view.allowed.join(", ")}.`]),
    ...last,
  ];
  return { text, json: { ...view, deliveries }, exit: EXIT.ok };
}

/** Lets messages go to these addresses of the own network, or, with `no`, to these no more. */
export async function allowMessages(site: Site, addresses: readonly string[], no: boolean): Promise<Answer> {
  const known = (await site.updater.messages.query()).allowed;
  const others = known.filter((address) => !addresses.includes(address));
  const wanted = allowAddressesInputSchema.safeParse({ allowed: no ? others : [...others, ...addresses] });
  if (!wanted.success) {
    throw new AppError("argument-missing", { what: "An address is like 192.168.1.20, a network like 192.168.1.0/24" });
  }
  const { allowed } = await site.updater.allowMessageAddresses.mutate(wanted.data);
  const places = allowed.length === 0 ? "no address" : allowed.join(", ");
  return { text: [`Of your own network, messages may go to ${places}.`], json: { allowed }, exit: EXIT.ok };
}
