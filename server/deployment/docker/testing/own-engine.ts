import { join } from "node:path";
import { exists, makeFolder } from "../../../platform/files.ts";
import { run } from "../../../platform/process.ts";
import { startEngine } from "./engine.ts";

/** A bridge for the containers of such an engine. An engine that is told to have none removes `docker0`, which is the other one's. */
const BRIDGE = { name: "filaops-test0", address: "10.213.0.1/24", networks: "base=10.213.128.0/17,size=24" };

export type OwnEngine = { socket: string; close: () => Promise<void> };

/** An engine besides the other one, as root: empty, with its own folder, and with more in its environment. Its containers reach this computer only. */
export async function openOwnEngine(folder: string, env: Record<string, string>): Promise<OwnEngine> {
  await makeFolder(folder);
  const socket = join(folder, "docker.sock");
  const network = ["--bridge", BRIDGE.name, "--default-address-pool", BRIDGE.networks];
  const without = ["--iptables=false", "--ip-forward=false", "--ip-masq=false"];
  const places = ["data-root", "exec-root", "pidfile"].flatMap((name) => [`--${name}`, join(folder, name)]);
  await removeBridge();
  await run("ip", ["link", "add", "name", BRIDGE.name, "type", "bridge"]);
  await run("ip", ["address", "add", BRIDGE.address, "dev", BRIDGE.name]);
  const args = [...network, ...without, ...places];
  const engine = await startEngine(socket, { log: join(folder, "dockerd.log"), args, env });
  return {
    socket,
    close: async () => {
      await engine.end();
      await removeBridge();
    },
  };
}

/** One that a killed test left is as good as none. */
async function removeBridge(): Promise<void> {
  if (await exists(`/sys/class/net/${BRIDGE.name}`)) await run("ip", ["link", "delete", BRIDGE.name]);
}
