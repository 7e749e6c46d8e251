import type { Health, SlotName } from "../../deployment/contract.ts";
import { AppError } from "../../platform/errors.ts";
import type { StepContext } from "../step.ts";

const POLL_MS = 50;

/** Waits until the instance in the slot is ready; throws `release-not-healthy` with its last word when it dies or the time is over. */
export async function waitForReady(
  context: StepContext,
  wanted: { slot: SlotName; version: string; withinMs: number },
): Promise<void> {
  await waitFor(context, wanted, (health) => health.kind === "ready");
}

/** Waits until the instance answers at all, ready or not: it has started and listens. */
export async function waitForAnswer(
  context: StepContext,
  wanted: { slot: SlotName; version: string; withinMs: number },
): Promise<void> {
  await waitFor(context, wanted, (health) => health.kind === "ready" || (health.kind === "not-ready" && health.answer !== null));
}

async function waitFor(
  { world, progress }: StepContext,
  { slot, version, withinMs }: { slot: SlotName; version: string; withinMs: number },
  enough: (health: Health) => boolean,
): Promise<void> {
  const begun = world.clock.monotonic();
  for (;;) {
    const health = await world.driver.health(slot);
    if (enough(health)) return;
    const waited = world.clock.monotonic() - begun;
    if (health.kind === "stopped") {
      throw new AppError("release-not-healthy", { version, reason: "it ended right after it was started" });
    }
    if (waited > withinMs) {
      throw new AppError("release-not-healthy", {
        version,
        reason: `${health.kind === "ready" ? "" : health.reason} (after ${Math.round(waited / 1000)} seconds)`,
      });
    }
    progress({ done: Math.round(waited / 1000), total: null, unit: "seconds" });
    await world.clock.sleep(POLL_MS);
  }
}
