import { Layers } from "lucide-react";
import type { ReactNode } from "react";

/** The frame of the pages before one is signed in: one card in the middle. */
export function Entrance({ title, intro, children }: { title: string; intro?: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-4 py-8">
      <p className="mb-4 flex items-center gap-2 text-lg font-semibold">
        <Layers aria-hidden="true" className="size-7 text-accent" />
        FilaOps
      </p>
      <div className="rounded-box border border-line bg-surface p-5 shadow-box sm:p-6">
        <h1 className="mb-2">{title}</h1>
        {intro === undefined ? null : <div className="mb-4 text-muted">{intro}</div>}
        {children}
      </div>
    </main>
  );
}
