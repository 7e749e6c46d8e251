"use client";

import { ChevronDown, KeyRound, LogOut, UserRound } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { useState } from "react";
import { useFarm } from "../../_client/farm.tsx";
import { ROLE_WORDS } from "../../_client/roles.ts";
import { Button } from "../../_ui/button.tsx";
import { Menu, MenuChoices, MenuHead, MenuItem, MenuSeparator } from "../../_ui/menu.tsx";
import { useNotify } from "../../_ui/notify.tsx";
import { chooseTheme } from "../../_ui/theme.ts";
import type { Theme } from "../../_ui/theme.ts";

const THEMES: { value: Theme; text: string }[] = [
  { value: "system", text: "As this device" },
  { value: "light", text: "Light" },
  { value: "dark", text: "Dark" },
];

/** Who is signed in, the colours, the password, and the way out. */
export function UserMenu({ initialTheme }: { initialTheme: Theme }) {
  const { me } = useFarm();
  const { notify } = useNotify();
  const [theme, setTheme] = useState(initialTheme);
  const leave = async () => {
    try {
      await signOut({ redirect: false });
      window.location.assign("/sign-in");
    } catch {
      notify("FilaOps did not answer, so you are still signed in. Please try again.", "danger");
    }
  };
  return (
    <Menu
      label="Your account"
      trigger={
        <Button variant="quiet" className="max-w-48 px-2 text-ink">
          <UserRound aria-hidden="true" className="size-5 shrink-0" />
          <span className="sr-only">Your account: </span>
          <span className="sr-only truncate lg:not-sr-only">{me.name}</span>
          <ChevronDown aria-hidden="true" className="size-4 shrink-0 text-muted" />
        </Button>
      }
    >
      <MenuHead>
        <span className="block font-semibold">{me.name}</span>
        <span className="block text-sm text-muted">
          {ROLE_WORDS[me.role].name} · {me.email}
        </span>
      </MenuHead>
      <MenuSeparator />
      <MenuChoices
        label="Colours"
        value={theme}
        choices={THEMES}
        onChange={(next) => {
          setTheme(next);
          chooseTheme(next);
        }}
      />
      <MenuSeparator />
      <MenuItem asChild>
        <Link href="/settings/account">
          <KeyRound aria-hidden="true" className="size-4" />
          Change password
        </Link>
      </MenuItem>
      <MenuItem onSelect={() => void leave()}>
        <LogOut aria-hidden="true" className="size-4" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
