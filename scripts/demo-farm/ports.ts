import { z } from "zod";
import { configSchema } from "../../server/platform/config.ts";
import { AppError } from "../../server/platform/errors.ts";
import { readJson, writeAtomically } from "../../server/platform/files.ts";
import { freePort, isPortFree } from "../../server/platform/free-port.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import { writeConfig } from "../install/lay-out.ts";
import type { DemoPlaces } from "./places.ts";

const portsSchema = z.object({ gate: z.int(), blue: z.int(), green: z.int(), postgres: z.int(), feed: z.int() });
export type Ports = z.infer<typeof portsSchema>;

/** Which port people are to come by. */
export type PublicPort = {
  /** The one that is asked for; when absent, the one of the last time, or a free one. */
  port?: number;
  /** `port` is a wish only: the one of the last time goes before it, and where another program has it, a free one is taken and said. */
  elsewhere?: boolean;
};

type Asked = PublicPort & { say: (text: string) => void };

/** Where the demo listens: for this computer only. */
export const HOST = "127.0.0.1";

/** The ports of the last time, or free ones. The public port is looked at each time. Throws `gate-port-taken` when the one that was asked for is. */
export async function choosePorts(places: DemoPlaces, asked: Asked): Promise<Ports> {
  const known = await readJson(places.ports, portsSchema);
  const gate = await choosePublicPort(known?.gate, asked);
  const ports =
    known === null
      ? { gate, blue: await freePort(), green: await freePort(), postgres: await freePort(), feed: await freePort() }
      : { ...known, gate };
  await writeAtomically(places.ports, JSON.stringify(ports));
  return ports;
}

/** See `choosePorts`. */
export async function choosePublicPort(known: number | undefined, { port, elsewhere = false, say }: Asked): Promise<number> {
  const wanted = elsewhere ? (known ?? port) : (port ?? known);
  if (wanted === undefined) return freePort();
  if (await isPortFree({ host: HOST, port: wanted })) return wanted;
  if (!elsewhere) throw new AppError("gate-port-taken", { host: HOST, port: wanted });
  const free = await freePort();
  say(`Another program has port ${wanted}, so FilaOps takes ${free}.`);
  return free;
}

/** A home that was made for another public port gets this one. */
export async function listenOn(paths: HomePaths, port: number): Promise<void> {
  const config = await readJson(paths.config, configSchema);
  if (config === null || config.gate.port === port) return;
  await writeConfig(paths, { ...config, publicUrl: urlOn(port), gate: { ...config.gate, port } });
}

export function urlOn(port: number): string {
  return `http://${HOST}:${port}`;
}
