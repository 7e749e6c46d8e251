import { healthAnswerSchema } from "../deployment/contract.ts";
import type { Instance } from "../deployment/contract.ts";
import { AppError } from "../platform/errors.ts";
import { fetchLimited } from "../platform/http.ts";
import type { Probe } from "./world.ts";

const LIMITS = { maxBytes: 4 * 1024 * 1024, timeoutMs: 5000 };

/** Asks an instance as a browser would: is it the version and the schema that it should be, is the sign-in page there, does its script load. */
export const probe: Probe = async (instance, expected) => {
  await probeHealth(instance, expected);
  const page = await probePage(instance);
  const asset = /\/_next\/static\/[^"'\s]+\.(?:js|css)/.exec(page)?.[0];
  if (asset === undefined) throw failed("The sign-in page", "it names no script and no style");
  const answer = await get(instance, asset);
  if (answer.status !== 200) throw failed("A script of the sign-in page", `the answer was ${answer.status}`);
};

async function probeHealth(instance: Instance, { version, schemaHead }: { version: string; schemaHead: string }): Promise<void> {
  const { status, body } = await get(instance, "/api/health");
  const health = healthAnswerSchema.safeParse(parse(body));
  if (!health.success || status !== 200) throw failed("Its own report of health", `the answer was ${status}`);
  if (health.data.version !== version) {
    throw failed("Its own report of health", `it says that it is version ${health.data.version}`);
  }
  const head = health.data.schemaHead.database;
  if (head !== schemaHead) throw failed("Its own report of health", `it sees the schema ${head ?? "of no database"}`);
}

async function probePage(instance: Instance): Promise<string> {
  const { status, headers, body } = await get(instance, "/sign-in");
  if (status !== 200) throw failed("The sign-in page", `the answer was ${status}`);
  if (headers["content-type"]?.startsWith("text/html") !== true) throw failed("The sign-in page", "it is no page");
  const html = body.toString("utf8");
  if (!html.includes("<form")) throw failed("The sign-in page", "there is no form on it");
  return html;
}

function get(instance: Instance, path: string) {
  return fetchLimited(`http://${instance.host}:${instance.port}${path}`, LIMITS);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

function failed(what: string, reason: string) {
  return new AppError("probe-failed", { what, reason });
}
