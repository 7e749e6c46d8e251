import { Layers } from "lucide-react";
import Link from "next/link";
import type { Theme } from "../../_ui/theme.ts";
import { Navigation } from "./navigation.tsx";
import { UserMenu } from "./user-menu.tsx";

/** The top of every signed-in page. */
export function Header({ farmName, theme }: { farmName: string; theme: Theme }) {
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex min-h-14 max-w-6xl items-center gap-4 px-4">
        <Link href="/" className="flex min-w-0 items-center gap-2 rounded-box py-1 font-semibold">
          <Layers aria-hidden="true" className="size-6 shrink-0 text-accent" />
          <span className="truncate">{farmName}</span>
        </Link>
        <div className="ml-auto flex items-center gap-2">
          <Navigation place="header" />
          <UserMenu initialTheme={theme} />
        </div>
      </div>
    </header>
  );
}
