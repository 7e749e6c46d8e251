import { toProblem } from "../server/platform/errors.ts";

/**
 * `container <command>`: what the services of compose.yaml run. All are of one image; which of them this container is, is said by the command,
 * and what it may see, by its mounts. Each loads its own part only: a gate that is replaced keeps people waiting while it loads.
 */
const commands: Record<string, () => Promise<void>> = {
  init: async () => (await import("./container/init.ts")).init(),
  gate: async () => (await import("./container/gate.ts")).becomeGate(),
  web: async () => (await import("./container/web.ts")).becomeWeb(),
  updater: async () => (await import("./container/updater.ts")).becomeUpdater(),
  "socket-proxy": async () => (await import("./container/socket-proxy.ts")).becomeSocketProxy(),
  migrate: async () => (await import("./container/migrate.ts")).becomeMigrate(),
  handover: async () => (await import("./container/handover.ts")).handOver(),
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
