import type { Health, SlotName } from "../../deployment/contract.ts";
import { AppError } from "../../platform/errors.ts";
import type { StepContext } from "../step.ts";

const POLL_MS = 50;

type Wanted = {
  slot: SlotName;
  version: string;
  withinMs: number;
  /** How long it may answer that it is not ready; as long as it may be silent when absent. */
  unreadyMs?: number;
};

/** Waits until the instance in the slot is ready; throws `release-not-healthy` with its last word when it dies or the time is over. */
export async function waitForReady(context: StepContext, wanted: Wanted): Promise<void> {
  await waitFor(context, wanted, (health) => health.kind === "ready");
}

/** Waits until the instance answers at all, ready or not: it has started and listens. */
export async function waitForAnswer(context: StepContext, wanted: Wanted): Promise<void> {
  await waitFor(context, wanted, (health) => health.kind === "ready" || answers(health));
}

function answers(health: Health): boolean {
  return health.kind === "not-ready" && health.answer !== null;
}

async function waitFor({ world, progress }: StepContext, wanted: Wanted, enough: (health: Health) => boolean): Promise<void> {
  const { slot, version, withinMs, unreadyMs = withinMs } = wanted;
  const begun = world.clock.monotonic();
  let answeredAt: number | null = null;
  for (;;) {
    const health = await world.driver.health(slot);
    if (enough(health)) return;
    const now = world.clock.monotonic();
    answeredAt = answers(health) ? (answeredAt ?? now) : null;
    if (health.kind === "stopped") {
      throw new AppError("release-not-healthy", { version, reason: "it ended right after it was started" });
    }
    if (now - begun > withinMs || (answeredAt !== null && now - answeredAt > unreadyMs)) {
      const words = health.kind === "ready" ? "" : health.reason;
      const reason = `${words} (after ${Math.round((now - begun) / 1000)} seconds)`;
      throw new AppError("release-not-healthy", { version, reason });
    }
    progress({ done: Math.round((now - begun) / 1000), total: null, unit: "seconds" });
    await world.clock.sleep(POLL_MS);
  }
}
