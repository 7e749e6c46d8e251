"use client";

import NextLink from "next/link";
import { usePathname } from "next/navigation";
import { classes } from "./classes.ts";

/** Links between the pages of one area; the page that is open is marked. On a narrow screen they wrap. */
export function Subnav({ label, links }: { label: string; links: { href: string; text: string }[] }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="border-b border-line">
      <ul className="-mb-px flex flex-wrap gap-x-1">
        {links.map((link) => {
          const here = pathname === link.href || pathname.startsWith(`${link.href}/`);
          return (
            <li key={link.href}>
              <NextLink
                href={link.href}
                aria-current={here ? "page" : undefined}
                className={classes(
                  "flex min-h-10 items-center border-b-2 px-3 font-medium pointer-coarse:min-h-11",
                  here ? "border-accent text-accent" : "border-transparent text-muted hover:text-ink",
                )}
              >
                {link.text}
              </NextLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
