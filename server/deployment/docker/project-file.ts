import { z } from "zod";
import { parseJson } from "../../platform/files.ts";
import type { ComposeOptions, Project } from "./compose.ts";
import { compose } from "./compose.ts";
import type { Declared, Service, ServiceName } from "./rules/project.ts";
import { SERVICES } from "./rules/project.ts";

const mountSchema = z.object({ source: z.string().nullish(), target: z.string() });

/** What `docker compose config` says of a service: the few fields that we rely on. */
const serviceSchema = z.object({
  image: z.string().nullish(),
  profiles: z.array(z.string()).nullish(),
  environment: z.record(z.string(), z.string().nullable()).nullish(),
  networks: z.record(z.string(), z.unknown()).nullish(),
  network_mode: z.string().nullish(),
  ports: z.array(z.unknown()).nullish(),
  pid: z.string().nullish(),
  volumes: z.array(mountSchema).nullish(),
});

/** Services of the operator's own may look as they like. */
const configSchema = z.object({
  services: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.unknown()).nullish(),
});
const insideSchema = z.object({ name: z.string(), internal: z.boolean().nullish() });

/** The project as Compose reads its files; with the profile `*`, all of it, else what `up` would start. Throws `compose-failed` in Compose's words. */
export async function readProject(project: Project, options: Pick<ComposeOptions, "values" | "profile">): Promise<Declared> {
  const text = await compose(project, ["config", "--format", "json"], options);
  const { services, networks } = parseJson(text, configSchema, "docker compose config");
  const found = SERVICES.flatMap((name): [ServiceName, Service][] => {
    const service = services[name];
    return service === undefined ? [] : [[name, serviceOf(serviceSchema.parse(service))]];
  });
  const inside = insideSchema.safeParse(networks?.["inside"]).data;
  return {
    services: Object.fromEntries(found),
    inside: inside === undefined ? null : { name: inside.name, internal: inside.internal === true },
  };
}

function serviceOf({ image, profiles, environment, ports, pid, volumes, ...rest }: z.infer<typeof serviceSchema>): Service {
  const mode = rest.network_mode ?? "";
  return {
    image: image ?? "",
    profiles: profiles ?? [],
    environment: Object.fromEntries(Object.entries(environment ?? {}).map(([name, value]) => [name, value ?? ""])),
    networks: mode === "" ? Object.keys(rest.networks ?? {}) : [mode],
    publishesPorts: (ports ?? []).length > 0,
    pid: pid ?? "",
    mounts: (volumes ?? []).map(({ source, target }) => ({ source: source ?? "", target })),
  };
}
