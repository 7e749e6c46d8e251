/** Words about runs that the reader has put aside in this browser: by name, until when (`null`: for good). */
const KEY = "filaops.update.put-aside";

const listeners = new Set<() => void>();

/** *Got it*: hides the word about how a run ended, for good. */
export function dismissRun(run: string): void {
  keep(`run ${run}`);
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

function keep(name: string): void {
  const kept = Object.entries(read()).filter(([, end]) => end === null || end > Date.now());
  // The oldest are forgotten: each update adds a line or two. A version of before kept until when a release was put off.
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...kept.slice(-20), [name, null]])));
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
