import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { TLSSocket } from "node:tls";
import { testCertificate } from "./test-certificate.ts";

export type Mail = { from: string; to: string[]; login: string | null; text: string };

export type FakeSmtp = {
  port: number;
  /** What it took. */
  mails: Mail[];
  /** What it says to a word instead of agreeing, once each: `RCPT` → `450 4.2.0 not now`. `hang` says nothing, `hang up` ends the connection. */
  says: Map<string, string[]>;
  /** What it offers after EHLO. */
  offers: string[];
  close: () => Promise<void>;
};

/** As much of an SMTP server (RFC 5321) as takes a mail, on loopback, that can be told to refuse, to say “later” and to say nothing. */
export async function startFakeSmtp(encryption: "tls" | "starttls" | "none" = "none"): Promise<FakeSmtp> {
  const sockets = new Set<Socket>();
  const fake: Omit<FakeSmtp, "port" | "close"> = {
    mails: [],
    says: new Map(),
    offers: ["PIPELINING", "AUTH LOGIN PLAIN", "8BITMIME"],
  };
  if (encryption === "starttls") fake.offers.push("STARTTLS");
  const server = createServer((plain) => {
    const socket = encryption === "tls" ? encrypted(plain) : plain;
    plain.on("error", () => undefined);
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    converse(socket, fake);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    ...fake,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function encrypted(plain: Socket): Socket {
  return new TLSSocket(plain, { isServer: true, ...testCertificate });
}

function converse(socket: Socket, fake: Pick<FakeSmtp, "mails" | "says" | "offers">, greets = true): void {
  const { mails, says, offers } = fake;
  let mail: Mail = { from: "", to: [], login: null, text: "" };
  let inData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  /** Whether it agreed, as it does unless it was told otherwise. */
  const agree = (word: string, line: string): boolean => {
    const other = says.get(word)?.shift();
    if (other === "hang up") socket.destroy();
    else if (other !== "hang") say(other ?? line);
    return other === undefined;
  };
  const finish = () => {
    inData = false;
    const taken = mail;
    mail = { ...mail, to: [], text: "" };
    // It is kept before it is answered, as a real one does.
    if (says.get("END")?.[0] === undefined || says.get("END")?.[0] === "hang up") mails.push(taken);
    agree("END", "250 2.0.0 taken");
  };
  const words: Record<string, (line: string) => void> = {
    EHLO: () => say(["fake", ...offers].map((offer, index) => `250${index === offers.length ? " " : "-"}${offer}`).join("\r\n")),
    AUTH: (line) => {
      mail.login = Buffer.from(line.split(" ")[2] ?? "", "base64").toString();
      agree("AUTH", "235 2.7.0 welcome");
    },
    MAIL: (line) => {
      mail.from = inside(line);
      agree("MAIL", "250 ok");
    },
    RCPT: (line) => {
      if (agree("RCPT", "250 ok")) mail.to.push(inside(line));
    },
    DATA: () => {
      inData = agree("DATA", "354 go on");
    },
    STARTTLS: () => {
      const said = says.get("STARTTLS")?.shift() ?? "220 go on";
      say(said);
      if (!said.startsWith("220")) return;
      lines.close();
      const inside = encrypted(socket);
      inside.on("error", () => undefined);
      converse(inside, { ...fake, offers: offers.filter((offer) => offer !== "STARTTLS") }, false);
    },
    QUIT: () => socket.end("221 bye\r\n"),
  };
  const command = (line: string) => {
    const act = words[(/^[A-Za-z]+/.exec(line)?.[0] ?? "").toUpperCase()];
    if (act === undefined) say("502 what?");
    else act(line);
  };
  const lines = createInterface({ input: socket, crlfDelay: Infinity }).on("line", (line) => {
    if (!inData) command(line);
    else if (line === ".") finish();
    else mail.text += `${line.replace(/^\./, "")}\n`;
  });
  if (greets) agree("GREETING", "220 fake ESMTP");
}

function inside(line: string): string {
  return /<(.*)>/.exec(line)?.[1] ?? "";
}

/** The subject and the text of a mail, decoded. */
export function readMail(text: string): { headers: Map<string, string>; subject: string; body: string } {
  const [head = "", ...rest] = text.split("\n\n");
  const headers = new Map(
    head
      .replaceAll(/\n[ \t]/g, " ")
      .split("\n")
      .map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
      }),
  );
  const words = [...(headers.get("subject") ?? "").matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)];
  const subject = words.map(([, word = ""]) => Buffer.from(word, "base64").toString()).join("");
  return { headers, subject, body: Buffer.from(rest.join("\n"), "base64").toString() };
}
