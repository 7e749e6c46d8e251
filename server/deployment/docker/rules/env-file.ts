/**
 * The text of an `.env` file with these values: lines of the names are changed where they stand (each, if one stands there twice), names that
 * are missing are added at the end. Everything else stays to the letter: comments, order, blank lines, line endings. Values must need no quotes.
 */
export function withValues(text: string, values: Readonly<Record<string, string>>): string {
  const seen = new Set<string>();
  // Each line with its own ending: an editor may have mixed them.
  const body = text.replace(/[^\r\n]+/g, (line) => {
    const name = nameOf(line);
    const value = name === null ? undefined : values[name];
    if (name === null || value === undefined) return line;
    seen.add(name);
    return `${line.slice(0, line.indexOf("=") + 1)}${checked(value)}${commentOf(line)}`;
  });
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const added = Object.entries(values).flatMap(([name, value]) =>
    seen.has(name) ? [] : [`${name}=${checked(value)}${newline}`],
  );
  if (added.length === 0) return body;
  return `${body}${body === "" || body.endsWith("\n") ? "" : newline}${added.join("")}`;
}

/** The value of a name as Compose reads it: the last line counts, quotes and a comment behind an unquoted value do not. */
export function valueOf(text: string, name: string): string | null {
  const line = text.split(/\r?\n/).findLast((candidate) => nameOf(candidate) === name);
  if (line === undefined) return null;
  const raw = line.slice(line.indexOf("=") + 1).trim();
  const quoted = /^(["'])(.*)\1/.exec(raw);
  return quoted === null ? raw.replace(/\s+#.*$/, "") : (quoted[2] ?? "");
}

/** The profiles of a slot: the slots' own are replaced, those that the operator added stay. */
export function profilesWith(profiles: string | null, slot: "blue" | "green"): string {
  const others = (profiles ?? "").split(",").map((profile) => profile.trim());
  return [slot, ...others.filter((profile) => profile !== "" && profile !== "blue" && profile !== "green")].join(",");
}

function nameOf(line: string): string | null {
  return /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1] ?? null;
}

/** A comment behind a value stays behind it. */
function commentOf(line: string): string {
  const raw = line.slice(line.indexOf("=") + 1);
  const behind = /^\s*(?:"[^"]*"|'[^']*')/.exec(raw);
  return /\s+#.*$/.exec(behind === null ? raw : raw.slice(behind[0].length))?.[0] ?? "";
}

function checked(value: string): string {
  if (/^[\w.,:/@+-]*$/.test(value)) return value;
  throw new Error(`the value ${JSON.stringify(value)} would need quotes`);
}
