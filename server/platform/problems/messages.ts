import type { Explain } from "./explain.ts";

const NOTHING = "The message was not sent. Your data is untouched.";

/** Problems of telling people elsewhere. `where` is a channel's place in words, `status` the number that it answered with. */
export const messagesProblems = {
  "message-refused": (d: { where: string; status: number | null; reason: string }) => ({
    happened: `${d.where} does not take the message: ${d.reason}${d.status === null ? "" : ` (${d.status})`}.`,
    meaning: NOTHING,
    todo: "Look whether the address is right and what the other side's own log says, then send a test.",
  }),
  "message-login": (d: { where: string; status: number | null; reason: string }) => ({
    happened: `${d.where} does not let us in: ${d.reason}${d.status === null ? "" : ` (${d.status})`}.`,
    meaning: NOTHING,
    todo: "Enter name and password, or the token, once more. Many mail providers want a password made for programs, not your own.",
  }),
  "message-unreachable": (d: { where: string; reason: string }) => ({
    happened: `${d.where} cannot be reached: ${d.reason}.`,
    meaning: `${NOTHING} A message that is not a test is tried again by itself.`,
    todo: "Look whether the address and the port are right, then at the connection to the internet.",
  }),
  "message-private": (d: { where: string; addresses: string }) => ({
    happened: `${d.where} lies in your own network (${d.addresses}), where messages may not go unless whoever runs the server says so.`,
    meaning: NOTHING,
    todo: `On the server: filaops messages allow ${d.addresses.replaceAll(",", "")}`,
  }),
  "message-address": (d: { where: string; reason: string }) => ({
    happened: `Nothing is sent to ${d.where}. ${d.reason}`,
    meaning: NOTHING,
    todo: "Choose another address.",
  }),
  "message-plain": (d: { where: string; reason: string }) => ({
    happened: `${d.where} would get the message unencrypted. ${d.reason}`,
    meaning: NOTHING,
    todo: "Choose TLS or STARTTLS, or an address that begins with https. Without encryption only servers in your own network are spoken to.",
  }),
  "message-sender": (d: { reason: string }) => ({
    happened: `The program that sends messages did not do its work: ${d.reason}`,
    meaning: NOTHING,
    todo: "Look into the update service's log. In containers, take the compose.yaml of this version, which declares the service `sender`.",
  }),
} satisfies Record<string, Explain<never>>;
