import { z } from "zod";
import type { Target } from "../../../../server/messages/contract.ts";
import type { NoticeLevel } from "../../../../server/nag/contract.ts";
import { channelSchema, channelSecretSchema, SHORTEST_KEY } from "../../../../server/messages/contract.ts";
import type { MessagesView } from "../../../../server/updater/messages-contract.ts";
import type { ChannelEvent, Kind } from "./messages-view.ts";
import { EVENTS } from "./messages-view.ts";

export type KnownChannel = MessagesView["channels"][number];

/** What the fields of a channel hold; those of the other kinds are not shown. */
export type ChannelValues = {
  kind: Kind;
  host: string;
  port: string;
  encryption: "tls" | "starttls" | "none";
  user: string;
  from: string;
  to: string;
  url: string;
  server: string;
  topic: string;
  secret: string;
  events: ChannelEvent[];
  level: Exclude<NoticeLevel, "none">;
  password: string;
};

const EMPTY: Omit<ChannelValues, "kind"> = {
  ...{ host: "", port: "587", encryption: "starttls", user: "", from: "", to: "", url: "", server: "https://ntfy.sh", topic: "" },
  // What somebody can act upon; that all is well is for those who want it.
  ...{
    secret: "",
    events: EVENTS.map(({ event }) => event).filter((event) => event !== "update.started"),
    level: "subtle",
    password: "",
  },
};

/** What the fields begin with: what is known, but for the secret, which nobody gets back. */
export function valuesOf(kind: Kind, known: KnownChannel | null): ChannelValues {
  if (known === null) return { ...EMPTY, kind };
  const { target, events, level } = known;
  return { ...EMPTY, ...fieldsOf(target), events, level, kind };
}

function fieldsOf(target: Target): Partial<ChannelValues> {
  if (target.kind !== "email") return target;
  const { port, to, ...rest } = target;
  return { ...rest, port: String(port), to: to.join(", ") };
}

/** What the fields mean. An empty field is a missing one; white space around what was pasted means nothing. */
export function readValues(values: ChannelValues, known: KnownChannel | null) {
  const { events, level, password } = values;
  const id = known === null ? {} : { id: known.id };
  const secret = values.secret.trim() === "" ? {} : { secret: values.secret.trim() };
  return { channel: { ...id, target: targetOf(values), events, level }, ...secret, password };
}

function targetOf(values: ChannelValues) {
  const text = (key: "host" | "from" | "url" | "server" | "topic") =>
    values[key].trim() === "" ? undefined : values[key].trim();
  if (values.kind === "webhook") return { kind: "webhook", url: text("url") };
  if (values.kind === "ntfy") return { kind: "ntfy", server: text("server"), topic: text("topic") };
  const to = values.to.split(/[\s,;]+/).filter((one) => one !== "");
  const { encryption, user, port } = values;
  const number = port.trim() === "" ? undefined : Number(port);
  return { kind: "email", host: text("host"), port: number, encryption, user: user.trim(), from: text("from"), to };
}

/** What can be tried; with a password, it can be saved. */
export function channelInputSchema(known: KnownChannel | null) {
  const keepsSecret = known?.hasSecret === true;
  return z
    .object({
      channel: channelSchema.extend({ id: channelSchema.shape.id.exactOptional() }),
      secret: channelSecretSchema.exactOptional(),
    })
    .check(({ value: { channel, secret }, issues }) => {
      const { target } = channel;
      const problem = (message: string) => issues.push({ code: "custom", input: secret, path: ["secret"], message });
      const needs = target.kind === "webhook" || (target.kind === "email" && target.user !== "");
      if (needs && secret === undefined && !keepsSecret) problem("Please fill this in.");
      if (target.kind === "webhook" && secret !== undefined && secret.length < SHORTEST_KEY) {
        problem(`Please use at least ${SHORTEST_KEY} characters.`);
      }
    });
}

/** The port that goes with an encryption, unless somebody chose one of their own. */
export function portFor(encryption: ChannelValues["encryption"], port: string): string {
  const usual = { tls: "465", starttls: "587", none: "25" };
  return ["", ...Object.values(usual)].includes(port) ? usual[encryption] : port;
}

/** A key that nobody can guess: 32 random bytes. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
