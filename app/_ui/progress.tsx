/** A bar whose length is the share that is done, in whole percent. `label` says of what; the sentence beside it is the caller's. */
export function Progress({ percent, label, text }: { percent: number; label: string; text?: string }) {
  const value = Math.max(0, Math.min(100, Math.round(percent)));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      {...(text === undefined ? {} : { "aria-valuetext": text })}
      className="h-3 w-full overflow-hidden rounded-box border border-edge bg-sunken"
    >
      <div className="h-full bg-accent transition-[width] duration-500 ease-linear" style={{ width: `${value}%` }} />
    </div>
  );
}
