/**
 * What FilaOps asks of Docker's engine, and nothing else: what passes the socket proxy. Written down from what the docker driver, the runner and the
 * handover were seen to ask, by dockerode and by Docker Compose; what is not in the list is refused.
 */

/** The oldest version of the engine's language that is let through: before 1.24, starting a container could also give it new rights. */
const OLDEST_API = 41;

/**
 * How the body of a request is treated: thrown away, handed on as it comes, handed on as long as it is an image without a name (`rules/loaded-image.ts`), or
 * read and judged by `rules/engine-body.ts`.
 */
export type BodyKind = "none" | "stream" | "image" | "container" | "connection";

/** What a request is about, as its path names it: it must be the project's. */
export type Subject = { kind: "container" | "network"; name: string };

export type Allowed = {
  kind: "allowed";
  subject: Subject | null;
  /** The path with the subject's own id in place of what it was called: a name may be another's a moment later. */
  target: (id: string) => string;
  /** Whether the subject is another one, or in another state, afterwards. */
  changes: boolean;
  body: BodyKind;
  /** Whether the connection may become a plain stream in both directions. */
  upgrades: boolean;
};
export type Refused = { kind: "refused"; reason: string };

type Route = {
  method: "GET" | "HEAD" | "POST" | "DELETE";
  /** With a group `name` for the subject. */
  path: RegExp;
  subject?: Subject["kind"];
  body?: BodyKind;
  upgrades?: boolean;
  /** Looks at the query; says why not. */
  query?: (query: URLSearchParams) => string | null;
};

/** Never a slash: what stands behind it is the verb. */
const NAME = "(?<name>[A-Za-z0-9][\\w.-]*)";
const IMAGE = "[\\w][\\w.:/@+-]*";

const routes: readonly Route[] = [
  { method: "HEAD", path: /^\/_ping$/ },
  { method: "GET", path: /^\/(_ping|version|info)$/ },
  { method: "GET", path: /^\/(containers\/json|networks|volumes)$/ },
  { method: "GET", path: /^\/volumes\/[\w.-]+$/ },
  { method: "GET", path: /^\/networks\/[\w.-]+$/ },
  { method: "POST", path: about("networks", "/connect"), subject: "network", body: "connection" },

  { method: "POST", path: /^\/containers\/create$/, body: "container" },
  { method: "GET", path: about("containers", "/(json|logs)"), subject: "container" },
  { method: "POST", path: about("containers", "/(start|stop|kill|wait|rename)"), subject: "container" },
  { method: "POST", path: about("containers", "/attach"), subject: "container", upgrades: true },
  { method: "DELETE", path: about("containers", ""), subject: "container" },

  { method: "GET", path: new RegExp(`^/(images|distribution)/${IMAGE}/json$`) },
  { method: "POST", path: /^\/images\/create$/, query: pullOnly },
  { method: "POST", path: new RegExp(`^/images/${IMAGE}/tag$`), query: ownTag },
  { method: "DELETE", path: new RegExp(`^/images/${IMAGE}$`) },
  { method: "POST", path: /^\/images\/load$/, body: "image", query: plainLoad },
  { method: "POST", path: /^\/build$/, body: "stream", query: plainBuild },
];

function about(collection: string, verb: string): RegExp {
  return new RegExp(`^/${collection}/${NAME}${verb}$`);
}

/** Whether a request may pass, as far as its first line says it. */
export function judgeRequest(method: string, target: string): Allowed | Refused {
  const place = placeOf(target);
  const route = routes.find((candidate) => candidate.method === method && place !== null && candidate.path.test(place.path));
  if (place === null || route === undefined) {
    return { kind: "refused", reason: `FilaOps never asks for ${method} ${target.split("?")[0] ?? ""}` };
  }
  const reason = route.query?.(new URLSearchParams(place.query)) ?? null;
  if (reason !== null) return { kind: "refused", reason };
  const subject = subjectOf(route, place);
  const { prefix, path, query } = place;
  return {
    kind: "allowed",
    subject,
    target: (id) => `${prefix}${subject === null ? path : path.replace(`s/${subject.name}`, `s/${id}`)}${query}`,
    changes: subject !== null && method !== "GET",
    body: route.body ?? "none",
    upgrades: route.upgrades ?? false,
  };
}

function subjectOf({ path, subject }: Route, place: Place): Subject | null {
  const name = path.exec(place.path)?.groups?.["name"];
  return subject === undefined || name === undefined ? null : { kind: subject, name };
}

type Place = { prefix: string; path: string; query: string };

/** Takes a path apart, if there is only one way to read it. */
function placeOf(target: string): Place | null {
  const [, prefix = "", minor, path = "", query = ""] = /^(\/v1\.(\d+)(?=\/))?(\/[^?#]*)(\?[^#]*)?$/.exec(target) ?? [];
  if (minor !== undefined && Number(minor) < OLDEST_API) return null;
  const decoded = path.replaceAll(/%(40|3A|2F)/gi, (code) => decodeURIComponent(code));
  const isPlain =
    !decoded.includes("%") && decoded.split("/").every((part, at) => (part === "") === (at === 0) && !/^\.+$/.test(part));
  return isPlain ? { prefix, path: decoded, query } : null;
}

/** By its digest, which moves no name to another image: other projects' names are not ours to move. */
function pullOnly(query: URLSearchParams): string | null {
  const isPull = query.getAll("fromImage").length === 1 && query.getAll("fromSrc").length === 0;
  const isByDigest = query.getAll("tag").length === 1 && /^sha256:[0-9a-f]{64}$/.test(query.get("tag") ?? "");
  return isPull && isByDigest ? null : "an image is only pulled by its digest";
}

function plainLoad(query: URLSearchParams): string | null {
  const isPlain = [...query].every(([key, value]) => key === "quiet" && ["0", "1", "true", "false"].includes(value));
  return isPlain ? null : "an image is loaded without anything besides";
}

function ownTag(query: URLSearchParams): string | null {
  return query.getAll("repo").every(isOwnName) && query.has("repo") ? null : "an image is only given names of FilaOps' own";
}

const BUILD_SETTINGS = [
  "t",
  "dockerfile",
  "buildargs",
  "labels",
  "target",
  "platform",
  "rm",
  "forcerm",
  "nocache",
  "pull",
  "q",
  "networkmode",
];

function plainBuild(query: URLSearchParams): string | null {
  const foreign = [...query.keys()].find((key) => !BUILD_SETTINGS.includes(key));
  if (foreign !== undefined) return `a build is not given ${foreign}`;
  if (!query.getAll("networkmode").every((mode) => mode === "none" || mode === "default")) return "a build has no other network";
  return query.getAll("t").every(isOwnName) ? null : "an image is only given names of FilaOps' own";
}

function isOwnName(name: string): boolean {
  return /^filaops[\w-]*(:[\w.-]+)?$/.test(name);
}
