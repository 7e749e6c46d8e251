import { openProject } from "../../server/deployment/docker/compose-driver.ts";
import { performHandover } from "../../server/deployment/docker/handover.ts";
import { readImage } from "../../server/deployment/docker/images.ts";
import { createGateClient } from "../../server/gate/client.ts";
import { systemClock as clock } from "../../server/platform/clock.ts";
import { readConfig, readSecret } from "../../server/platform/config.ts";
import { programDigest, sibling } from "../../server/platform/entry.ts";
import { AppError } from "../../server/platform/errors.ts";
import { homePaths } from "../../server/platform/home.ts";
import { createLog } from "../../server/platform/log.ts";
import { createUpdaterClient } from "../../server/updater/client.ts";
import { homeFolder, ownRelease } from "./settings.ts";

/** Replaces gate and updater of the project by those of the image that this is. Under the run lock; see `compose.yaml`. */
export async function handOver(): Promise<void> {
  const paths = homePaths(homeFolder());
  const { version } = await ownRelease();
  const image = await readImage(paths, version);
  if (image === null) throw new AppError("release-missing", { version });
  const updater = createUpdaterClient({
    socketPath: paths.updaterSocket,
    token: await readSecret(paths.operatorToken),
    timeoutMs: 5000,
  });
  const gate = createGateClient(paths.gateSocket, clock, { patienceSeconds: 0 });
  try {
    await performHandover({
      ...{ paths, clock, version, image, log: createLog("handover") },
      ...openProject(await readConfig(paths)),
      gateProgram: await programDigest(sibling("gate")),
      answers: {
        updaterVersion: async () => (await updater.as({ kind: "operator" }).overview.query()).service?.version ?? null,
        gateProgram: async () => (await gate.report()).program ?? null,
        isQuiet: async () => {
          const { inFlight, held } = await gate.report();
          return inFlight.reads + inFlight.writes + held === 0;
        },
      },
    });
  } finally {
    await updater.close();
  }
}
