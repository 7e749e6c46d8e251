import type { Misfit } from "../../contract.ts";
import type { Service, ServiceName } from "./project.ts";
import { SERVICES } from "./project.ts";
import { isAlwaysUp } from "./layout.ts";
import { profilesWith } from "./env-file.ts";

/** What is installed, by `state.json` and the journals, and which image that is by its own file. */
export type Installed = {
  slot: "blue" | "green";
  version: string;
  database: string;
  image: { reference: string; imageId: string; keptAs: string } | null;
};

/** What `docker compose up -d` would start now, by compose.yaml and .env. */
export type Intent = {
  services: Partial<Record<ServiceName, Pick<Service, "image" | "environment">>>;
  /** The line `COMPOSE_PROFILES` of .env. */
  profiles: string | null;
};

/** What does not fit between what is installed and what `docker compose up -d` would start. */
export function intentMisfits({ slot, version, database, image }: Installed, { services, profiles }: Intent): Misfit[] {
  const name = `web-${slot}` as const;
  const prefix = `FILAOPS_${slot.toUpperCase()}`;
  const misfits: Misfit[] = [];
  const wanted = SERVICES.filter((service) => isAlwaysUp(service) || service === name);
  const differs = SERVICES.filter((service) => wanted.includes(service) !== (services[service] !== undefined));
  if (differs.length > 0) {
    const [lacks, extra] = [differs.filter((one) => wanted.includes(one)), differs.filter((one) => !wanted.includes(one))];
    const told = [lacks.length === 0 ? "" : `not start ${quoted(lacks)}`, extra.length === 0 ? "" : `start ${quoted(extra)} too`];
    misfits.push({
      what: `As .env is now, \`docker compose up -d\` would ${told.filter((one) => one !== "").join(" and ")}.`,
      meaning: `FilaOps ${version} is the one in \`${name}\`; after a reboot, or \`up -d\` by hand, something else would run than was installed.`,
      todo: `In .env, write: COMPOSE_PROFILES=${profilesWith(ownProfiles(profiles), slot)}`,
      ...(differs.every((one) => one === "web-blue" || one === "web-green") ? { byItself: true } : {}),
    });
  }
  const service = services[name];
  if (service !== undefined && image !== null && service.image !== image.reference) {
    misfits.push({
      what: `By .env, \`${name}\` is of the image ${service.image}; FilaOps ${version}, which is installed, is ${image.reference}.`,
      meaning: "`docker compose up -d` by hand would replace what runs by something that was not installed.",
      todo: `In .env, write: ${prefix}_IMAGE=${image.reference}`,
      byItself: true,
    });
  }
  const intended = service?.environment["FILAOPS_DATABASE"];
  if (service !== undefined && intended !== database) {
    misfits.push({
      what: `By .env, \`${name}\` works on the database ${intended ?? "(none)"}; the data that is installed is in ${database}.`,
      meaning: "`docker compose up -d` by hand would show people other data.",
      todo: `In .env, write: ${prefix}_DATABASE=${database}`,
    });
  }
  return misfits;
}

/** The app's container, as far as it is compared; `null` when there is none, or it is down. */
export type RunningApp = { imageId: string; database: string | null } | null;

/** What does not fit between what is installed and what runs. */
export function appMisfits({ slot, version, database, image }: Installed, app: RunningApp): Misfit[] {
  const name = `web-${slot}`;
  const up = `docker compose up -d ${name}`;
  if (app === null) {
    return [{ what: `FilaOps ${version} does not run in \`${name}\`.`, meaning: "People cannot work.", todo: up }];
  }
  const misfits: Misfit[] = [];
  if (image === null) {
    misfits.push({
      what: `It is not written down which image FilaOps ${version} is.`,
      meaning: "It could not be started again, after an update that did not work out.",
      todo: `Put the folder data/releases/${version} back, from a copy of the project's folder.`,
    });
  } else if (app.imageId !== image.imageId) {
    // A tag may have been moved by \`docker compose pull\`, a digest cannot.
    const back = image.reference.includes("@") ? up : `docker tag ${image.keptAs} ${image.reference} && ${up}`;
    misfits.push({
      what: `\`${name}\` runs another image than the one of FilaOps ${version} that was installed.`,
      meaning:
        "It was changed past the update, which backs up, tries and compares first; its way back would lead to something else.",
      todo: back,
    });
  }
  if (app.database !== database) {
    misfits.push({
      what: `\`${name}\` works on the database ${app.database ?? "(none)"}; the data that is installed is in ${database}.`,
      meaning: "What people enter now is not in the data that an update would take along.",
      todo: up,
    });
  }
  return misfits;
}

/** Profiles that are nobody's of ours: the operator's own. */
function ownProfiles(profiles: string | null): string {
  const ours = ["blue", "green", "trial", "tools"];
  return (profiles ?? "")
    .split(",")
    .filter((profile) => !ours.includes(profile.trim()))
    .join(",");
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
