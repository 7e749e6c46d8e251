/** Notices that the reader has put aside in this browser: by name, until when (`null`: for good). */
const KEY = "filaops.update.put-aside";
const DAY_MS = 24 * 60 * 60 * 1000;

const listeners = new Set<() => void>();

/** *Later*: hides the banner of a version for a day. A newer version shows its own. */
export function putOff(version: string): void {
  keep(`version ${version}`, Date.now() + DAY_MS);
}

/** *Got it*: hides the word about how a run ended, for good. */
export function dismissRun(run: string): void {
  keep(`run ${run}`, null);
}

/** Whether the banner of this version is put off. */
export function isPutOff(version: string): boolean {
  const until = read()[`version ${version}`];
  return typeof until === "number" && until > Date.now();
}

/** Whether the word about this run was dismissed. */
export function isDismissed(run: string): boolean {
  return read()[`run ${run}`] === null;
}

/** Tells when something was put aside. */
export function subscribeToPutAside(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function keep(name: string, until: number | null): void {
  const kept = Object.entries(read()).filter(([, end]) => end === null || end > Date.now());
  // The oldest are forgotten: each update adds a line or two.
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...kept.slice(-20), [name, until]])));
  for (const listener of listeners) listener();
}

function read(): Record<string, number | null> {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, number | null>) : {};
  } catch {
    // Somebody else's text under our name: as if there were none.
    return {};
  }
}
