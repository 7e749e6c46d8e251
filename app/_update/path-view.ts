import type { Chain, ChainStatus } from "../../server/updates/chain-contract.ts";
import type { Outcome, PublicStatus } from "../../server/updates/contract.ts";

/** Where a path leads. */
export function targetOf({ path }: Pick<Chain, "path">): string {
  return path.at(-1) ?? "";
}

/** "2.0.0 first, then 3.0.0". */
export function pathWords(path: readonly string[]): string {
  const [first, ...then] = path;
  return [`${first ?? ""} first`, ...then.map((version) => `then ${version}`)].join(", ");
}

const STOPPED: Record<Exclude<Outcome, "complete" | "needs_attention">, string> = {
  rolled_back: "did not work out and was taken back",
  failed: "could not begin",
  cancelled: "was cancelled",
};

type Words = { title?: string; sentences?: readonly string[] };

/** What is said of a step of a path that did not come to its end, besides or instead of what is said of any update. */
export function stepView({ chain, to }: PublicStatus, outcome: Outcome, sentences: readonly string[]): Words {
  if (chain === null || outcome === "complete" || outcome === "needs_attention") return {};
  const [reached, next] = [chain.path[chain.index - 1], chain.path[chain.index + 1]];
  if (reached !== undefined) return { title: `FilaOps is now ${reached} and works; the step to ${to} ${STOPPED[outcome]}.` };
  return next === undefined
    ? {}
    : { sentences: [...sentences, `The step to ${next}, which was to come after it, was not begun.`] };
}

/** The version that runs after a run has ended so. */
export function runsNow({ to, chain }: PublicStatus, outcome: Outcome): string {
  return (outcome === "complete" ? undefined : chain?.path[chain.index - 1]) ?? to;
}

/** What is said of the path after a step that is complete: how it goes on, or why it does not; `null` when there is nothing to say. */
export function pathNotice(
  chain: ChainStatus | null,
  run: Pick<PublicStatus, "run">,
): { sentences: string[]; goesOn: boolean } | null {
  const next = chain?.path[chain.index + 1];
  if (chain === null || next === undefined || chain.run !== run.run) return null;
  if (chain.state === "next") {
    return {
      sentences: [`The step to ${next} comes now: it begins by itself as soon as the update service is new, too.`],
      goesOn: true,
    };
  }
  if (chain.endedBy !== null) {
    return { sentences: [`The step to ${next} was not begun: ${endedBy(chain.endedBy)}.`], goesOn: false };
  }
  if (chain.problem === null) return null;
  const { happened, todo } = chain.problem;
  return { sentences: [`The step to ${next} was not begun.`, `Reason: ${happened}`, todo], goesOn: false };
}

function endedBy(actor: NonNullable<ChainStatus["endedBy"]>): string {
  return actor.kind === "user" ? `${actor.name} ended it here` : "it was ended here from the command line";
}

/** The version that *Try again* leads to: what failed without anything being touched, and what is left of a path; `null`: nothing to try. */
export function againOf({ kind, to, chain, run }: PublicStatus, outcome: Outcome, newest: ChainStatus | null): string | null {
  if (kind !== "update" || outcome === "needs_attention") return null;
  if (outcome === "complete") return newest?.run === run && newest.state === "ended" ? targetOf(newest) : null;
  if (chain !== null) return targetOf(chain);
  return outcome === "failed" ? to : null;
}
