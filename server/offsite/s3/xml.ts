const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The texts of all elements of a name, in order. Enough for S3's answers, in which no element of interest holds another of its own name. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, "g"))].map(([, inner]) => inner ?? "");
}

/** The text of the first element of a name, decoded, or `null`. */
export function element(xml: string, name: string): string | null {
  const inner = elements(xml, name)[0];
  return inner === undefined ? null : decoded(inner);
}

/** Text that may stand in an element. */
export function encoded(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function decoded(text: string): string {
  return text.replaceAll(/&(#x?)?([0-9A-Za-z]{1,8});/g, (whole, numeric: string | undefined, body: string) => {
    if (numeric === undefined) return ENTITIES[body] ?? whole;
    const code = Number.parseInt(body, numeric === "#x" ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
