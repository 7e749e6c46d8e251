import type { Misfit } from "../../contract.ts";
import type { ServiceName, Walls } from "./project.ts";
import { PRIVILEGED } from "./project.ts";

/** In the file, or in the engine, which keeps a container and a network as they were made. */
export type Where = "declared" | "running";

/** `inside`: what this network is called there. `secrets`: paths of the host that only the privileged may have. */
export type Surroundings = { where: Where; inside: string; secrets: readonly string[] };

/** Those that may have no way out: nothing may send a mail from a rehearsal, and a taken-over app may reach nobody. */
const SHUT_IN: readonly ServiceName[] = ["web-blue", "web-green", "web-trial", "migrate"];

/** What does not fit in what stands around a service. */
export function wallMisfits(name: ServiceName, walls: Walls, around: Surroundings): Misfit[] {
  return [...portMisfits(name, walls, around), ...mountMisfits(name, walls, around), ...networkMisfits(name, walls, around)];
}

export function notInternal(where: Where): Misfit {
  const again = "at a quiet moment: docker compose down && docker compose up -d";
  return {
    what: `The network \`inside\` ${where === "declared" ? "is not declared" : "was not made"} without a way to the internet.`,
    meaning: "The app could reach the internet, and a version that is only tried could send mails.",
    todo: where === "declared" ? `Under \`networks:\` in compose.yaml, write: inside: { internal: true } Then, ${again}` : again,
  };
}

function portMisfits(name: ServiceName, { publishesPorts }: Walls, { where }: Surroundings): Misfit[] {
  if (name === "gate" || !publishesPorts) return [];
  return [
    {
      what: `\`${name}\` ${HOW[where]} with ports that are open to the outside.`,
      meaning: "Only the gate may be reached: what goes past it is neither held nor refused while versions change places.",
      todo: todoOf(name, where, `Take \`ports\` away from \`${name}\` in compose.yaml.`),
    },
  ];
}

function mountMisfits(name: ServiceName, { mounts }: Walls, { where, secrets }: Surroundings): Misfit[] {
  // The one makes the secrets, the other works with one of them.
  if (PRIVILEGED.includes(name) || name === "init") return [];
  const known = name === "migrate" ? "/keys/owner" : null;
  const open = mounts.filter(({ source }) => secrets.some((secret) => isWithin(secret, source)));
  return open
    .filter(({ source }) => known === null || !source.endsWith(known))
    .map(({ source }) => ({
      what: `\`${name}\` ${HOW[where]} with ${source} mounted, where Docker's socket, the owner's secrets or the backups lie.`,
      meaning: "Whoever takes it over could do anything with this computer and with your data.",
      todo: todoOf(name, where, `Take the mount of ${source} away from \`${name}\` in compose.yaml.`),
    }));
}

function networkMisfits(name: ServiceName, { networks }: Walls, { where, inside }: Surroundings): Misfit[] {
  const others = networks.filter((network) => network !== inside);
  // What has no network at all is `init`'s own.
  const isIn = name === "init" || networks.includes(inside);
  const isShutIn = SHUT_IN.includes(name);
  const what = `\`${name}\` ${HOW[where]} in the networks ${networks.join(", ") || "(none)"}`;
  if (!isIn) {
    return [
      {
        what: `${what}, and not in \`inside\`.`,
        meaning: "The parts of FilaOps reach each other there.",
        todo: todoOf(name, where, `Under \`${name}\` in compose.yaml, write \`inside\` among its \`networks\`.`),
      },
    ];
  }
  if (!isShutIn || others.length === 0) return [];
  return [
    {
      what: `${what}, and has to be in \`inside\` alone.`,
      meaning: "It could reach the internet, or be reached past the gate; a version that is only tried could send mails.",
      todo: todoOf(name, where, `Under \`${name}\` in compose.yaml, write: networks: [inside]`),
    },
  ];
}

const HOW: Record<Where, string> = { declared: "is declared", running: "runs" };

function todoOf(name: ServiceName, where: Where, change: string): string {
  return where === "declared" ? `${change} Then: docker compose up -d` : `docker compose up -d --force-recreate ${name}`;
}

/** Whether a path lies in a folder, or is it. */
function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [path, folder].map((one) => `${one}/`.replace(/\/+$/, "/").replace(/^\/var\/run\//, "/run/"));
  return inner !== undefined && outer !== undefined && inner.startsWith(outer);
}
