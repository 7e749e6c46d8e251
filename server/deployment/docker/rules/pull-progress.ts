import { numberOf, objectOf, saidIn, textOf } from "./answer-line.ts";

/** How far a pull is: bytes that have come and bytes in all, as far as the layers are known; what went wrong; whether the end was said. */
export type Pulled = {
  layers: Readonly<Record<string, Layer>>;
  done: number;
  total: number | null;
  error: string | null;
  finished: boolean;
};

export const nothingPulled: Pulled = { layers: {}, done: 0, total: null, error: null, finished: false };

/** One line of the engine's answer: JSON with `status`, for a layer `id` and `progressDetail`, or `error`. Others are talk. */
export function afterLine(before: Pulled, line: string): Pulled {
  if (line.trim() === "") return before;
  const { event, error } = saidIn(line);
  if (error !== null) return { ...before, error };
  const status = textOf(event, "status") ?? "";
  const finished = before.finished || /^Status: (Downloaded newer image|Image is up to date)/.test(status);
  return { ...withLayer(before, { id: textOf(event, "id"), status, event }), finished };
}

function withLayer(before: Pulled, { id, status, event }: { id: string | null; status: string; event: object }): Pulled {
  if (id === null) return before;
  const detail = objectOf(event, "progressDetail");
  const layer = layerAfter(before.layers[id] ?? null, {
    status,
    current: numberOf(detail, "current"),
    total: numberOf(detail, "total"),
  });
  if (layer === null) return before;
  const layers = { ...before.layers, [id]: layer };
  const sum = (key: "done" | "total") => Object.values(layers).reduce((all, one) => all + one[key], 0);
  return { ...before, layers, done: sum("done"), total: sum("total") };
}

/** The engine tells of a busy layer only what is newest: any of these may be the first one after its last bytes. */
const HAS_COME = new Set(["Verifying Checksum", "Download complete", "Extracting", "Pull complete"]);

type Layer = { done: number; total: number };

function layerAfter(
  known: Layer | null,
  { status, current, total }: { status: string; current: number | null; total: number | null },
): Layer | null {
  if (status === "Downloading" && total !== null) return { done: current ?? 0, total };
  if (!HAS_COME.has(status)) return known;
  // It is unpacked from what was downloaded, so that the bytes are the same.
  const size = known?.total ?? total;
  return size === null ? null : { done: size, total: size };
}
