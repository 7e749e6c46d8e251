"use client";

import { Boxes, ClipboardList, LayoutDashboard, Settings, Users } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classes } from "../../_ui/classes.ts";

const PLACES: { href: string; text: string; icon: LucideIcon }[] = [
  { href: "/", text: "Dashboard", icon: LayoutDashboard },
  { href: "/orders", text: "Orders", icon: ClipboardList },
  { href: "/customers", text: "Customers", icon: Users },
  { href: "/items", text: "Items", icon: Boxes },
  { href: "/settings", text: "Settings", icon: Settings },
];

/** The main navigation: in the header where there is room, at the foot of the screen, under the thumb, on a phone. */
export function Navigation({ place }: { place: "header" | "foot" }) {
  const pathname = usePathname();
  const isHere = (href: string) => (href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`));
  const foot = place === "foot";
  return (
    <nav
      aria-label="Main"
      className={foot ? "fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface md:hidden" : "hidden md:block"}
    >
      <ul className={foot ? "grid grid-cols-5" : "flex gap-1"}>
        {PLACES.map(({ href, text, icon: Icon }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={isHere(href) ? "page" : undefined}
              className={classes(
                "flex items-center",
                foot
                  ? "min-h-14 flex-col justify-center gap-0.5 border-t-2 text-[0.6875rem] font-medium -outline-offset-2"
                  : "min-h-9 gap-2 rounded-box px-2.5 font-medium lg:px-3",
                isHere(href) ? "text-accent" : "text-muted hover:text-ink",
                isHere(href) && (foot ? "border-accent" : "bg-accent-soft"),
                !isHere(href) && foot && "border-transparent",
              )}
            >
              <Icon aria-hidden="true" className={foot ? "size-5" : "hidden size-4 lg:block"} />
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
