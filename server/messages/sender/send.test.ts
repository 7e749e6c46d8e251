import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type * as Addresses from "../../platform/addresses.ts";
import type { Order, Target } from "../contract.ts";
import type { FakeReceiver } from "../testing/fake-receiver.ts";
import { startFakeReceiver } from "../testing/fake-receiver.ts";
import type { FakeSmtp } from "../testing/fake-smtp.ts";
import { readMail, startFakeSmtp } from "../testing/fake-smtp.ts";
import { testCertificate } from "../testing/test-certificate.ts";
import { send } from "./send.ts";

/** What names say, once: `.test` has no server that could say it a second time. */
const NAMES: Record<string, { address: string; kind: "private" | "public" }> = {
  "mail.farm.test": { address: "127.0.0.1", kind: "private" },
  "hooks.farm.test": { address: "127.0.0.1", kind: "public" },
};
vi.mock("../../platform/addresses.ts", async (original) => {
  const real = await original<typeof Addresses>();
  return {
    ...real,
    resolveHost: (url: URL) => {
      const known = NAMES[url.hostname];
      return known === undefined
        ? real.resolveHost(url)
        : Promise.resolve({ addresses: [{ address: known.address, family: 4 }], kind: known.kind });
    },
  };
});

const trusted = getCACertificates("default");
let receiver: FakeReceiver;
const open: FakeSmtp[] = [];
beforeAll(async () => {
  setDefaultCACertificates([...trusted, testCertificate.cert]);
  receiver = await startFakeReceiver();
});
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await receiver.close();
});

type Mail = Extract<Target, { kind: "email" }>;

async function smtp(encryption: Mail["encryption"] = "none"): Promise<FakeSmtp> {
  const fake = await startFakeSmtp(encryption);
  open.push(fake);
  return fake;
}

function mailTo({ port }: { port: number }, change: Partial<Mail> = {}): Mail {
  return {
    kind: "email",
    host: "127.0.0.1",
    port,
    encryption: "none",
    user: "",
    from: "filaops@farm.example",
    to: ["a@farm.example", "b@farm.example"],
    ...change,
  };
}

function order(target: Target, change: Partial<Order["message"]> = {}, allowed = ["127.0.0.0/8", "::1"]): Order {
  return {
    message: {
      ...{ id: "0123456789abcdef0123456789abcdef", event: "needs_attention", level: "none", at: "2026-11-26T12:00:00.000Z" },
      ...{
        farm: "Krämer & Söhne",
        version: "1.0.0",
        title: "FilaOps needs a person",
        text: "One.\n.Two.\nDrei: ü",
        url: "https://farm.example/settings",
        run: null,
      },
      ...change,
    },
    target,
    secret: "a-secret-of-this-channel",
    allowed,
    now: Date.parse("2026-11-26T12:00:00Z") / 1000,
  };
}

const failed = (kind: string, status: number | null, protocol: "smtp" | "http" = "smtp") => ({
  ok: false,
  failure: { kind, protocol, status },
});

describe("a mail", () => {
  test("is plain text for all recipients, whatever stands in it, and can be known again", async () => {
    const fake = await smtp();
    const title = `Ein sehr langer Titel ${"mit Umläuten äöü ".repeat(8)}\r\nBcc: everybody@example.com`;
    expect(await send(order(mailTo(fake), { title }))).toEqual({ ok: true, status: 250 });
    const [mail] = fake.mails;
    const { headers, subject, body } = readMail(mail!.text);
    expect(mail).toMatchObject({ from: "filaops@farm.example", to: ["a@farm.example", "b@farm.example"], login: null });
    expect(subject).toBe(`Krämer & Söhne: ${title.replaceAll(/\s+/g, " ")}`);
    expect(headers.has("bcc")).toBe(false);
    expect(mail!.text.split("\n").every((line) => line.length <= 78)).toBe(true);
    expect(headers.get("message-id")).toBe("<0123456789abcdef0123456789abcdef@farm.example>");
    expect(headers.get("date")).toBe("Thu, 26 Nov 2026 12:00:00 +0000");
    expect(body).toBe(
      "One.\r\n.Two.\r\nDrei: ü\r\n\r\nhttps://farm.example/settings\r\n\r\n-- \r\nKrämer & Söhne, FilaOps 1.0.0\r\n",
    );
  });

  test.each(["tls", "starttls"] as const)("goes encrypted, and nothing is said before (%s)", async (encryption) => {
    const fake = await smtp(encryption);
    expect(await send(order(mailTo(fake, { encryption, host: "mail.farm.test", user: "farm" })))).toEqual({
      ok: true,
      status: 250,
    });
    expect(fake.mails).toMatchObject([{ login: "\0farm\0a-secret-of-this-channel" }]);
  });

  test("does not go where the certificate is for another name, or encryption is not to be had", async () => {
    const [tls, plain] = [await smtp("starttls"), await smtp()];
    expect(await send(order(mailTo(tls, { encryption: "starttls", user: "farm" })))).toMatchObject({
      failure: { kind: "unreachable", reason: "its certificate is for another name" },
    });
    expect(await send(order(mailTo(plain, { encryption: "starttls", user: "farm" })))).toMatchObject(failed("plain", null));
    expect(await send(order(mailTo(plain, { encryption: "tls" })))).toMatchObject({
      failure: { kind: "unreachable", reason: "it does not speak TLS there" },
    });
    expect([...tls.mails, ...plain.mails]).toEqual([]);
  });

  test("is not sent when somebody speaks in before the encryption", async () => {
    const fake = await smtp("starttls");
    fake.says.set("STARTTLS", ["220 go on\r\n250 and I know the rest already"]);
    expect(await send(order(mailTo(fake, { encryption: "starttls", host: "mail.farm.test" })))).toMatchObject(
      failed("unreachable", null),
    );
  });

  test("is logged in by LOGIN where the server knows no other way, and not at all where it knows neither", async () => {
    const fake = await smtp();
    fake.offers.splice(0, 9, "AUTH LOGIN");
    fake.says.set("AUTH", ["334 VXNlcm5hbWU6"]);
    // The fake knows no conversation: that it is asked for the name in base64 is all that is looked at.
    expect(await send(order(mailTo(fake, { user: "farm" })))).toMatchObject(failed("refused", 502));
    fake.offers.splice(0, 9, "AUTH XOAUTH2");
    expect(await send(order(mailTo(fake, { user: "farm" })))).toMatchObject(failed("login", null));
  });

  test.each([
    ["GREETING", "554 5.3.2 no", "refused", 554],
    ["AUTH", "535 5.7.8 words of the other side", "login", 535],
    ["AUTH", "454 4.7.0 later", "refused", 454],
    ["MAIL", "530 5.7.0 who are you", "login", 530],
    ["RCPT", "450 4.2.0 greylisted", "refused", 450],
    ["RCPT", "550 5.1.1 unknown", "refused", 550],
    ["DATA", "452 4.3.1 full", "refused", 452],
    ["END", "554 5.6.0 spam", "refused", 554],
    ["GREETING", "hang up", "unreachable", null],
    ["END", "hang up", "unreachable", null],
    ["GREETING", "HTTP/1.1 400 Bad Request", "unreachable", null],
  ])("is taken or not: %s → %s", async (word, says, kind, status) => {
    const fake = await smtp();
    fake.says.set(word, [says]);
    const answer = await send(order(mailTo(fake, { user: "farm" })));
    expect(answer).toMatchObject(failed(kind, status));
    expect(JSON.stringify(answer)).not.toMatch(/words of the other side|secret/);
    if (word !== "END") expect(fake.mails).toEqual([]);
  });

  test("is for all or for none: a second recipient that is refused keeps it from the first", async () => {
    const fake = await smtp();
    fake.says.set("RCPT", ["250 ok", "550 5.1.1 unknown"]);
    expect(await send(order(mailTo(fake)))).toMatchObject({
      failure: { status: 550, reason: "it takes no mail for b@farm.example" },
    });
    expect(fake.mails).toEqual([]);
  });

  test("that nobody answers is given up in time", async () => {
    const fake = await smtp();
    fake.says.set("MAIL", ["hang"]);
    const late = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(late.signal);
    const sending = send(order(mailTo(fake)));
    await expect.poll(() => fake.says.get("MAIL")).toEqual([]);
    late.abort();
    expect(await sending).toMatchObject({ failure: { kind: "unreachable", reason: "it does not answer" } });
    timeout.mockRestore();
  });
});

describe("an address", () => {
  const hook = (url: string): Target => ({ kind: "webhook", url });
  const port = () => new URL(receiver.url).port;

  test.each([
    ["127.0.0.1", "private"],
    ["[::1]", "private"],
    ["localhost", "private"],
    ["10.1.2.3", "private"],
    ["192.168.1.1", "private"],
    ["[::ffff:127.0.0.1]", "private"],
    ["2130706433", "private"],
    ["169.254.169.254", "address"],
    ["[fe80::1]", "address"],
    ["0.0.0.0", "address"],
  ])("of the own network is refused unless the operator allows it: %s", async (host, kind) => {
    expect(await send(order(hook(`http://${host}:${port()}/`), {}, []))).toMatchObject(failed(kind, null, "http"));
    expect(await send(order(mailTo({ port: Number(port()) }, { host: host.replaceAll(/[[\]]/g, "") }), {}, []))).toMatchObject({
      ok: false,
    });
    expect(receiver.received).toEqual([]);
  });

  test("that is allowed does not allow its neighbours", async () => {
    expect(await send(order(hook(receiver.url), {}, ["127.0.0.2", "10.0.0.0/8"]))).toMatchObject(failed("private", null, "http"));
  });

  test("is looked up once, and connected to as it was then: a name that changes gains nothing", async () => {
    expect(await send(order(hook(`http://mail.farm.test:${port()}/once`)))).toEqual({ ok: true, status: 200 });
    expect(receiver.received.splice(0)).toMatchObject([{ path: "/once", headers: { host: `mail.farm.test:${port()}` } }]);
  });

  test("of the internet is not spoken to unencrypted", async () => {
    const fake = await smtp();
    expect(await send(order(hook(`http://hooks.farm.test:${port()}/`)))).toMatchObject(failed("plain", null, "http"));
    expect(await send(order(mailTo(fake, { host: "hooks.farm.test" })))).toMatchObject(failed("plain", null));
    expect([...receiver.received, ...fake.mails]).toEqual([]);
  });

  test("where nobody is, and a name that nobody knows, are said in our words", async () => {
    const answers = await Promise.all([send(order(hook("http://127.0.0.1:1/"))), send(order(hook("https://nowhere.invalid/")))]);
    expect(answers).toMatchObject([
      { failure: { kind: "unreachable", reason: "nothing listens there" } },
      { failure: { kind: "unreachable", reason: "its name is not known" } },
    ]);
  });
});

test("ntfy gets topic, words, how loud it is and the id by which it knows a repetition", async () => {
  expect(await send(order({ kind: "ntfy", server: receiver.url, topic: "farm" }))).toEqual({ ok: true, status: 200 });
  const [{ headers, body, path }] = receiver.received.splice(0) as [FakeReceiver["received"][number]];
  expect(path).toBe("/");
  expect(headers.authorization).toBe("Bearer a-secret-of-this-channel");
  expect(JSON.parse(body)).toEqual({
    topic: "farm",
    title: "Krämer & Söhne: FilaOps needs a person",
    message: "One.\n.Two.\nDrei: ü",
    priority: 5,
    tags: ["warning"],
    click: "https://farm.example/settings",
    sequence_id: "0123456789abcdef0123456789abcdef",
  });
});
