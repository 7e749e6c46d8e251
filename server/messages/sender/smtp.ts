import { isIP } from "node:net";
import type { Order, Target } from "../contract.ts";
import { mailOf } from "./mail.ts";
import { addressesOf, NotDelivered, unreachable } from "./place.ts";
import type { Reply, Session } from "./smtp-session.ts";
import { openSession } from "./smtp-session.ts";

type Email = Extract<Target, { kind: "email" }>;

const TIMEOUT_MS = 25_000;

/**
 * Hands a message to an SMTP server (RFC 5321) for all recipients or for none: one that is refused refuses the mail, so that none of them gets it again when
 * it is tried again. Returns the server's number; throws `NotDelivered`.
 */
export async function sendMail({ message, target, secret, now, allowed }: Order & { target: Email }): Promise<number> {
  const { host, port, encryption } = target;
  const url = new URL(`smtp://${isIP(host) === 6 ? `[${host}]` : host}:${port}`);
  try {
    const addresses = await addressesOf({ url, protocol: "smtp", encrypted: encryption !== "none", allowed });
    const session = await openSession({
      host,
      port,
      addresses,
      encrypted: encryption === "tls",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    try {
      return await converse(session, { target, secret, mail: mailOf(message, target, new Date(now * 1000)) });
    } finally {
      session.close();
    }
  } catch (error) {
    throw unreachable(error, "smtp");
  }
}

async function converse(
  session: Session,
  { target, secret, mail }: { target: Email; secret: string | null; mail: string },
): Promise<number> {
  expected(await session.read(), [220], "it does not take mail now");
  let offers = await greet(session);
  if (target.encryption === "starttls") {
    if (!offers.has("STARTTLS")) throw refused(null, "plain", "It does not offer encryption on this port.");
    expected(await session.command("STARTTLS"), [220], "it does not begin encryption");
    await session.encrypt(target.host);
    offers = await greet(session);
  }
  if (target.user !== "") {
    await logIn(session, { user: target.user, password: secret ?? "", mechanisms: offers.get("AUTH") ?? [] });
  }
  expected(await session.command(`MAIL FROM:<${target.from}>`), [250], `it takes no mail from ${target.from}`);
  for (const to of target.to) expected(await session.command(`RCPT TO:<${to}>`), [250, 251], `it takes no mail for ${to}`);
  expected(await session.command("DATA"), [354], "it does not take the mail");
  const { code } = expected(await session.command(`${stuffed(mail)}\r\n.`), [250], "it did not take the mail");
  // The mail is theirs now, whatever becomes of this.
  session.command("QUIT").catch(() => undefined);
  return code;
}

/** What the server can do: words, each with what stands behind it. */
async function greet(session: Session): Promise<Map<string, string[]>> {
  const own = session.localAddress();
  const name = isIP(own) === 6 ? `[IPv6:${own}]` : `[${own}]`;
  const { lines } = expected(await session.command(`EHLO ${name}`), [250], "it does not take mail from here");
  return new Map(
    lines.slice(1).map((line) => {
      const [word = "", ...rest] = line.toUpperCase().split(" ");
      return [word, rest];
    }),
  );
}

async function logIn(
  session: Session,
  { user, password, mechanisms }: { user: string; password: string; mechanisms: string[] },
): Promise<void> {
  const words = "it does not know this name and password";
  if (mechanisms.includes("PLAIN")) {
    expected(await session.command(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`), [235], words);
    return;
  }
  if (!mechanisms.includes("LOGIN")) throw refused(null, "login", "it takes no name and password here");
  expected(await session.command("AUTH LOGIN"), [334], words);
  expected(await session.command(base64(user)), [334], words);
  expected(await session.command(base64(password)), [235], words);
}

/** Numbers by which a server says that it is about who we are. */
const LOGIN_CODES = new Set([530, 534, 535, 538]);

function expected(reply: Reply, codes: readonly number[], reason: string): Reply {
  if (codes.includes(reply.code)) return reply;
  throw refused(reply.code, LOGIN_CODES.has(reply.code) ? "login" : "refused", reason);
}

function refused(status: number | null, kind: "login" | "refused" | "plain", reason: string): NotDelivered {
  return new NotDelivered({ kind, protocol: "smtp", status, reason });
}

/** A line that begins with a dot gets another one, which the server takes away. */
function stuffed(mail: string): string {
  return mail.replaceAll(/^\./gm, "..");
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
