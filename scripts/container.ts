import { toProblem } from "../server/platform/errors.ts";
import { becomeGate } from "./container/gate.ts";
import { handOver } from "./container/handover.ts";
import { init } from "./container/init.ts";
import { becomeMigrate } from "./container/migrate.ts";
import { becomeSocketProxy } from "./container/socket-proxy.ts";
import { becomeUpdater } from "./container/updater.ts";
import { becomeWeb } from "./container/web.ts";

/**
 * `container <command>`: what the services of compose.yaml run. All are of one image; which of them this container is, is said by the command,
 * and what it may see, by its mounts.
 */
const commands: Record<string, () => Promise<void>> = {
  init,
  gate: becomeGate,
  web: becomeWeb,
  updater: becomeUpdater,
  "socket-proxy": becomeSocketProxy,
  migrate: becomeMigrate,
  handover: handOver,
};

try {
  const name = process.argv[2] ?? "";
  const command = commands[name];
  if (command === undefined) throw new Error(`There is no command ${name}; there are ${Object.keys(commands).join(", ")}.`);
  // What is loaded now reads its own arguments: none.
  process.argv.splice(2);
  await command();
} catch (error) {
  const { happened, meaning, todo } = toProblem(error);
  process.stderr.write(`${happened}\n${meaning} ${todo}\n`);
  process.exitCode = 1;
}
