"use client";

import { useQuery } from "@tanstack/react-query";
import { CloudUpload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { useFarm } from "../../../_client/farm.tsx";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { includesRole } from "../../../_client/roles.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { SetUp } from "./set-up.tsx";
import { Standing } from "./standing.tsx";

type Screen = "loading" | "failed" | "why" | "set-up" | "standing";

/** Settings → Copies elsewhere: why, the set-up, and then what lies where. What an admin may only look at, an owner may change. */
export function Copies() {
  const offsite = useQuery(useTRPC().backups.offsite.queryOptions());
  const isOwner = includesRole(useFarm().me.role, "owner");
  const [settingUp, setSettingUp] = useState(false);
  const settings = offsite.data?.settings;
  const screen = screenOf({ pending: offsite.isPending, settings, settingUp });
  const place = useFocusOn(screen);
  const turn = (on: boolean) => () => {
    setSettingUp(on);
  };
  return (
    <div ref={place} tabIndex={-1} className="outline-none">
      {screen === "loading" ? <ListSkeleton label="Loading where backups are copied to" rows={4} /> : null}
      {screen === "failed" ? <LoadProblem error={offsite.error} onAgain={() => void offsite.refetch()} /> : null}
      {screen === "why" ? <Why onBegin={isOwner ? turn(true) : null} /> : null}
      {screen === "set-up" ? <SetUp known={settings ?? null} onDone={turn(false)} /> : null}
      {screen === "standing" && settings ? <Standing settings={settings} onChange={isOwner ? turn(true) : null} /> : null}
    </div>
  );
}

function screenOf(now: { pending: boolean; settings: object | null | undefined; settingUp: boolean }): Screen {
  if (now.pending) return "loading";
  if (now.settings === undefined) return "failed";
  if (now.settingUp) return "set-up";
  return now.settings === null ? "why" : "standing";
}

/** Gives the focus to what came in place of what had it. The steps of the set-up take it themselves. */
function useFocusOn(screen: Screen): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(screen);
  useEffect(() => {
    const replaced = before.current !== screen && before.current !== "loading" && screen !== "set-up";
    if (replaced) place.current?.focus();
    before.current = screen;
  }, [screen]);
  return place;
}

function Why({ onBegin }: { onBegin: (() => void) | null }) {
  return (
    <EmptyState
      icon={CloudUpload}
      title="Your backups lie on this computer only"
      action={
        onBegin === null ? (
          <p>An owner can set this up.</p>
        ) : (
          <Button variant="primary" onClick={onBegin}>
            Set up copies
          </Button>
        )
      }
    >
      <p>
        If this computer breaks, burns or is stolen, its backups go with it. FilaOps can put a copy of each somewhere else,
        encrypted so that only you can read it. You need some storage at a provider, of the kind that is called S3-compatible.
      </p>
    </EmptyState>
  );
}
