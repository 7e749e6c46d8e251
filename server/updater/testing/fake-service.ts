import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../platform/clock.ts";
import { silentLog } from "../../platform/log.ts";
import type { TestWeb } from "../../trpc/testing/test-web.ts";
import { createUpdaterClient } from "../client.ts";
import { serve } from "../service.ts";
import { createUsers } from "../users.ts";
import { fakeOperations } from "./fake-operations.ts";

const TOKEN = "token-of-the-web";

export type FakeService = {
  /** A folder of its own, gone after `close`. */
  folder: string;
  /** What was asked for, since the last `renew`. */
  operations: () => ReturnType<typeof fakeOperations>;
  /** Begins anew: nothing was asked for, no run is open. */
  renew: () => void;
  close: () => Promise<void>;
};

/** The updater behind a real socket, with made-up operations and the web's own users; from then on the web asks it. */
export async function serveFakeUpdater(farm: TestWeb): Promise<FakeService> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-updater-"));
  const socketPath = join(folder, "updater.sock");
  let operations = fakeOperations();
  const service = await serve({
    socketPath,
    tokens: { web: TOKEN, operator: "another" },
    operations: new Proxy(operations, { get: (_, name) => operations[name as keyof typeof operations] }),
    users: createUsers({ login: farm.farm.logins.owner, database: farm.farm.name, clock: systemClock }),
    audit: () => Promise.resolve(),
    clock: systemClock,
    log: silentLog,
  });
  farm.web.updater = createUpdaterClient({ socketPath, token: TOKEN });
  return {
    folder,
    operations: () => operations,
    renew: () => (operations = fakeOperations()),
    close: async () => {
      await service.close();
      await rm(folder, { recursive: true });
    },
  };
}
