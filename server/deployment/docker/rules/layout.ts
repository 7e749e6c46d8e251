import type { Misfit } from "../../contract.ts";
import type { Declared, Place, Service, ServiceName } from "./project.ts";
import { PRIVILEGED, SERVICES } from "./project.ts";
import { notInternal, wallMisfits } from "./walls.ts";

/**
 * The one supported layout, as far as an update relies on it: compose.yaml of the repository. What an operator changes besides is their own:
 * ports of the gate, limits, labels, more networks of the gate, more services, profiles and files.
 */

/** What each service is for, and what its declaration has to leave open to an update. */
const LAYOUT: Record<ServiceName, { purpose: string; image: string | null; database?: string; profile: string | null }> = {
  init: { purpose: "it makes folders, secrets and the configuration", image: "FILAOPS_IMAGE", profile: null },
  // Whose image it is, as long as its major stays, is the operator's choice.
  db: { purpose: "it holds the data", image: null, profile: null },
  gate: {
    purpose: "people reach FilaOps through it, also while versions change places",
    image: "FILAOPS_GATE_IMAGE",
    profile: null,
  },
  updater: { purpose: "it decides about updates and makes backups", image: "FILAOPS_IMAGE", profile: null },
  "web-blue": {
    ...{ purpose: "it is one of the two places of the app", profile: "blue" },
    ...{ image: "FILAOPS_BLUE_IMAGE", database: "FILAOPS_BLUE_DATABASE" },
  },
  "web-green": {
    ...{ purpose: "it is one of the two places of the app", profile: "green" },
    ...{ image: "FILAOPS_GREEN_IMAGE", database: "FILAOPS_GREEN_DATABASE" },
  },
  "web-trial": {
    ...{ purpose: "a new version is tried in it before anybody sees it", profile: "trial" },
    ...{ image: "FILAOPS_TRIAL_IMAGE", database: "FILAOPS_TRIAL_DATABASE" },
  },
  runner: { purpose: "it performs an update, whatever happens to the updater", image: "FILAOPS_IMAGE", profile: "tools" },
  handover: { purpose: "it replaces gate and updater after an update", image: "FILAOPS_HANDOVER_IMAGE", profile: "tools" },
  migrate: { purpose: "it brings a copy of the data to a new version", image: "FILAOPS_MIGRATE_IMAGE", profile: "tools" },
};

/** The places of the app. */
const WEB: readonly ServiceName[] = ["web-blue", "web-green", "web-trial"];

/** What a service is started for by default; the others wait for an update. */
export function isAlwaysUp(name: ServiceName): boolean {
  return LAYOUT[name].profile === null;
}

/** Values for all variables by which an update changes the project: where they come out again, the file reads them. */
export function markedValues(): Record<string, string> {
  const names = Object.values(LAYOUT).flatMap(({ image, database }) => [image, database]);
  return Object.fromEntries(names.flatMap((name) => (typeof name === "string" ? [[name, markOf(name)]] : [])));
}

/** What does not fit in a project that was read with the marked values. */
export function layoutMisfits(declared: Declared, place: Place): Misfit[] {
  const ofServices = SERVICES.flatMap((name) => {
    const service = declared.services[name];
    if (service === undefined) return [missing(name)];
    return [
      ...variableMisfits(name, service),
      ...profileMisfits(name, service),
      ...wallMisfits(name, service, { secrets: secretsOf(declared, place), inside: "inside", where: "declared" }),
      ...(WEB.includes(name) ? filesMisfits(name, service, place) : []),
      ...(PRIVILEGED.includes(name) ? privilegedMisfits(name, service, place) : []),
    ];
  });
  return declared.inside?.internal === true ? ofServices : [...ofServices, notInternal("declared")];
}

/** Docker's own socket, which behind the socket proxy not even the privileged have. */
const ENGINE_SOCKET = "/var/run/docker.sock";

/** Paths of the host that nobody may have who is not privileged. */
export function secretsOf({ services }: Declared, { home, socket }: Place): string[] {
  const given = services.updater?.mounts.find(({ target }) => target === socket)?.source ?? socket;
  return [...new Set([given, ENGINE_SOCKET]), `${home}/keys/owner`, `${home}/backups`];
}

function missing(name: ServiceName): Misfit {
  return {
    what: `compose.yaml does not declare the service \`${name}\`.`,
    meaning: `An update needs it: ${LAYOUT[name].purpose}.`,
    todo: `Take \`${name}\` over from the compose.yaml of your version; changes of your own are best kept in compose.override.yaml.`,
  };
}

function variableMisfits(name: ServiceName, { image, environment }: Service): Misfit[] {
  const layout = LAYOUT[name];
  const misfits: Misfit[] = [];
  if (layout.image !== null && image !== markOf(layout.image)) {
    const line = layout.image === "FILAOPS_IMAGE" ? "${FILAOPS_IMAGE}" : `\${${layout.image}:-\${FILAOPS_IMAGE}}`;
    misfits.push({
      what: `The image of \`${name}\` does not come from ${layout.image}.`,
      meaning: "An update says with this variable which version is started; another one would be.",
      todo: `Under \`${name}\` in compose.yaml, write: image: ${line}`,
    });
  }
  if (layout.database !== undefined && environment["FILAOPS_DATABASE"] !== markOf(layout.database)) {
    misfits.push({
      what: `The database of \`${name}\` does not come from ${layout.database}.`,
      meaning: "An update says with this variable which copy of the data a version works on; it would work on another one.",
      todo: `Under \`environment:\` of \`${name}\` in compose.yaml, write: FILAOPS_DATABASE: \${${layout.database}:-filaops}`,
    });
  }
  return misfits;
}

function profileMisfits(name: ServiceName, { profiles }: Service): Misfit[] {
  const { profile } = LAYOUT[name];
  if (profiles.join() === (profile ?? "")) return [];
  return [
    {
      what: `\`${name}\` is of ${profiles.length === 0 ? "no profile" : `the profiles ${profiles.join(", ")}`}.`,
      meaning: `\`docker compose up -d\` would ${profile === null ? "not start it always" : "start it when it must not run"}.`,
      todo:
        profile === null
          ? `Take \`profiles\` away from \`${name}\` in compose.yaml.`
          : `Under \`${name}\` in compose.yaml, write: profiles: [${profile}]`,
    },
  ];
}

/** Without the folder, what people upload could not be kept, or would be gone with the container. */
function filesMisfits(name: ServiceName, { mounts, environment }: Service, { home }: Place): Misfit[] {
  const [from, to] = [`${home}/files`, `${environment["FILAOPS_HOME"] ?? ""}/files`];
  if (mounts.some(({ source, target }) => source === from && target === to)) return [];
  return [
    {
      what: `\`${name}\` does not have the folder ${from} at ${to}.`,
      meaning: "Pictures and documents that people add could not be kept there.",
      todo: `Under \`volumes:\` of \`${name}\` in compose.yaml, write: - ${from}:${to} Then: docker compose up -d`,
    },
  ];
}

function privilegedMisfits(name: ServiceName, { mounts, pid, environment }: Service, { folder, home, socket }: Place): Misfit[] {
  const misfits: Misfit[] = [];
  const has = (isIt: (mount: Service["mounts"][number]) => boolean) => mounts.some(isIt);
  const add = (what: string, meaning: string, line: string) => {
    misfits.push({ what, meaning, todo: `Under \`${name}\` in compose.yaml, write: ${line} Then: docker compose up -d` });
  };
  if (!has(({ source, target }) => source === folder && target === folder)) {
    add(
      `\`${name}\` does not have the folder ${folder} at the same place as the host.`,
      "Docker Compose would mean other folders by the same file when an update calls it.",
      `volumes: [{ type: bind, source: ${folder}, target: ${folder} }]`,
    );
  }
  // The socket proxy's lies in the folder, which they have.
  if (!socket.startsWith(`${home}/`) && !has(({ target }) => target === socket)) {
    add(
      `\`${name}\` does not have Docker's socket at ${socket}.`,
      "An update starts and stops containers through it.",
      `volumes: [{ type: bind, source: /var/run/docker.sock, target: ${socket} }]`,
    );
  }
  if (environment["FILAOPS_HOME"] !== home) {
    add(
      `\`${name}\` is told another folder than ${home}.`,
      "It would look for journals and backups elsewhere.",
      `environment: { FILAOPS_HOME: ${home} }`,
    );
  }
  if (pid !== "host") {
    add(
      `\`${name}\` does not see the processes of this computer.`,
      "It could not see who holds the lock of an update, so two could begin at once.",
      "pid: host",
    );
  }
  return misfits;
}

function markOf(variable: string): string {
  return `filaops-mark/${variable.toLowerCase()}`;
}
