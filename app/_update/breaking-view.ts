import type { Breaking } from "../../server/releases/contract.ts";
import type { Plan } from "../../server/updates/contract.ts";
import { targetOf } from "./path-view.ts";
import { plural } from "./words.ts";

/** What stands above the changes of a breaking update: what it is, and what becomes of the data. */
export function breakingIntro(
  { from, to, chain }: Plan,
  { reasons, releases, notMigratable }: Breaking,
): { tone: "warn" | "danger"; title: string; sentences: string[] } {
  const target = chain === null ? to : targetOf(chain);
  const count = releases.reduce((sum, { changes }) => sum + changes.length, 0);
  const many =
    count === 0 ? "It lists no changes that you have to know of." : `${plural(count, "thing")} will be different afterwards.`;
  if (notMigratable.length > 0) {
    return {
      tone: "danger",
      title: `${notMigratable.join(" and ")} cannot take over your data.`,
      sentences: [`So FilaOps cannot be updated to ${target}. You can stay on ${from}: everything goes on as it does now.`],
    };
  }
  const title = reasons.includes("major") ? `${target} is a new major version.` : `${target} changes how FilaOps works.`;
  return {
    tone: "warn",
    title: reasons.includes("major") || count > 0 ? title : `${target} is more than one step away.`,
    sentences: [`Your data is carried over. ${many}`],
  };
}
