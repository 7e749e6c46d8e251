/** A line of a long answer of the engine: JSON that says what happens, or `error`. */
export type Said = { event: object; error: string | null };

export function saidIn(line: string): Said {
  const event = parse(line);
  if (event === null) return { event: {}, error: "the answer was not in Docker's form" };
  return { event, error: textOf(event, "error") ?? textOf(objectOf(event, "errorDetail"), "message") };
}

export function objectOf(value: object | null, key: string): object | null {
  const found = value === null ? null : (Object.getOwnPropertyDescriptor(value, key)?.value as unknown);
  return typeof found === "object" ? found : null;
}

export function textOf(value: object | null, key: string): string | null {
  const found = value === null ? null : (Object.getOwnPropertyDescriptor(value, key)?.value as unknown);
  return typeof found === "string" && found !== "" ? found : null;
}

export function numberOf(value: object | null, key: string): number | null {
  const found = value === null ? null : (Object.getOwnPropertyDescriptor(value, key)?.value as unknown);
  return typeof found === "number" && Number.isFinite(found) ? found : null;
}

function parse(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
