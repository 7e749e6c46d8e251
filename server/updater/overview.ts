import type { Overview } from "./contract.ts";
import type { Operations } from "./operations.ts";

/** All that settings → Updates and the banner show, from what is known already: it asks nobody outside. */
export async function overview(operations: Operations): Promise<Overview> {
  const [{ failedVersions, ...installed }, releases, status, history, service, chain, checks, automatic] = await Promise.all([
    operations.installation(),
    operations.releases(),
    operations.status(),
    operations.history(),
    operations.service(),
    operations.chain(),
    operations.checkSettings(),
    operations.automatic(),
  ]);
  const { channel, automatic: byItself } = checks;
  return {
    installed,
    releases,
    status,
    failedVersions,
    history,
    checks: { channel, automatic: byItself },
    service,
    chain,
    automatic,
  };
}
