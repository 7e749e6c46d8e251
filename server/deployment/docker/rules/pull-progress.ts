/** How far a pull is: bytes that have come and bytes in all, as far as the layers are known; what went wrong; whether the end was said. */
export type Pulled = {
  layers: Readonly<Record<string, { done: number; total: number }>>;
  done: number;
  total: number | null;
  error: string | null;
  finished: boolean;
};

export const nothingPulled: Pulled = { layers: {}, done: 0, total: null, error: null, finished: false };

/** One line of the engine's answer: JSON with `status`, for a layer `id` and `progressDetail`, or `error`. Others are talk. */
export function afterLine(before: Pulled, line: string): Pulled {
  if (line.trim() === "") return before;
  const event = parse(line);
  if (event === null) return { ...before, error: "the answer was not in Docker's form" };
  const error = textOf(event, "error") ?? textOf(objectOf(event, "errorDetail"), "message");
  if (error !== null) return { ...before, error };
  const status = textOf(event, "status") ?? "";
  const finished = before.finished || /^Status: (Downloaded newer image|Image is up to date)/.test(status);
  return { ...withLayer(before, { id: textOf(event, "id"), status, event }), finished };
}

function withLayer(before: Pulled, { id, status, event }: { id: string | null; status: string; event: object }): Pulled {
  if (id === null) return before;
  const known = before.layers[id];
  const detail = objectOf(event, "progressDetail");
  const [current, total] = [numberOf(detail, "current"), numberOf(detail, "total")];
  const layer =
    status === "Downloading" && total !== null
      ? { done: current ?? 0, total }
      : status === "Download complete" && known !== undefined
        ? { ...known, done: known.total }
        : known;
  if (layer === undefined) return before;
  const layers = { ...before.layers, [id]: layer };
  const sum = (key: "done" | "total") => Object.values(layers).reduce((all, one) => all + one[key], 0);
  return { ...before, layers, done: sum("done"), total: sum("total") };
}

function parse(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function objectOf(value: object | null, key: string): object | null {
  const found = value === null ? null : (Object.getOwnPropertyDescriptor(value, key)?.value as unknown);
  return typeof found === "object" ? found : null;
}

function textOf(value: object | null, key: string): string | null {
  const found = value === null ? null : (Object.getOwnPropertyDescriptor(value, key)?.value as unknown);
  return typeof found === "string" && found !== "" ? found : null;
}

function numberOf(value: object | null, key: string): number | null {
  const found = value === null ? null : (Object.getOwnPropertyDescriptor(value, key)?.value as unknown);
  return typeof found === "number" && Number.isFinite(found) ? found : null;
}
