import type { Message, Target } from "../contract.ts";

type Mailbox = Pick<Extract<Target, { kind: "email" }>, "from" | "to">;

/**
 * A message as a mail (RFC 5322): plain text, UTF-8, in base64, so that no line is too long and none begins with a dot. Its Message-ID is the delivery's,
 * so that a mailbox knows a repetition.
 */
export function mailOf(message: Message, { from, to }: Mailbox, now: Date): string {
  const { id, event, farm, version, title, text, url } = message;
  const signed = `${text}\n\n${url}\n\n-- \n${farm}, FilaOps ${version}\n`;
  return [
    `From: FilaOps <${from}>`,
    `To: ${to.map((one) => `<${one}>`).join(", ")}`,
    `Subject: ${encodedWords(`${farm}: ${title}`)}`,
    `Date: ${now.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}@${from.slice(from.lastIndexOf("@") + 1)}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "Auto-Submitted: auto-generated",
    `X-FilaOps-Event: ${event}`,
    "",
    ...base64Lines(signed.replaceAll("\n", "\r\n")),
    "",
  ].join("\r\n");
}

/** A header's text in encoded words (RFC 2047): of at most 75 characters each, never cut within a character. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = "";
  // Whatever would end a header's line is a blank in it.
  for (const character of text.replaceAll(/[\p{Cc}\s]+/gu, " ")) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?utf-8?B?${Buffer.from(one).toString("base64")}?=`).join("\r\n ");
}

function base64Lines(text: string): string[] {
  return (
    Buffer.from(text)
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  );
}
