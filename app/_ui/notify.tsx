"use client";

import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import { TONES } from "./tone.tsx";
import type { Tone } from "./tone.tsx";

type Notice = { id: number; tone: Tone; text: string };
type Notify = {
  /** Shows a short message that goes away by itself, and reads it out. For what is over and needs no answer. */
  notify: (text: string, tone?: Tone) => void;
  /** Reads a sentence out without showing it: a step that was reached, a list that changed. */
  announce: (text: string) => void;
};

const NotifyContext = createContext<Notify | null>(null);

/** Short messages at the foot of the page, and the live region of the app. Stands once, around everything. */
export function NotifyProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const [spoken, setSpoken] = useState({ text: "", turn: 0 });
  const notify = useCallback((text: string, tone: Tone = "good") => {
    setNotices((before) => [...before.slice(-2), { id: (before.at(-1)?.id ?? 0) + 1, tone, text }]);
  }, []);
  const announce = useCallback((text: string) => {
    setSpoken((before) => ({ text, turn: before.turn + 1 }));
  }, []);
  const value = useMemo(() => ({ notify, announce }), [notify, announce]);
  return (
    <NotifyContext value={value}>
      <Radix.Provider duration={6000} label="Message">
        {children}
        <p role="status" aria-live="polite" className="sr-only">
          {/* A new element each time: the same sentence twice is read twice. */}
          <span key={spoken.turn}>{spoken.text}</span>
        </p>
        {notices.map((notice) => (
          <NoticeToast
            key={notice.id}
            notice={notice}
            onGone={() => {
              setNotices((before) => before.filter((other) => other.id !== notice.id));
            }}
          />
        ))}
        <Radix.Viewport className="fixed right-0 bottom-(--foot-room,0px) z-50 flex w-full max-w-sm flex-col gap-2 p-4 md:bottom-0" />
      </Radix.Provider>
    </NotifyContext>
  );
}

function NoticeToast({ notice, onGone }: { notice: Notice; onGone: () => void }) {
  const { icon: Icon, text, border } = TONES[notice.tone];
  return (
    <Radix.Root
      className={classes("flex items-start gap-3 rounded-box border border-l-4 bg-surface p-3 shadow-box", border)}
      onOpenChange={(open) => {
        if (!open) onGone();
      }}
    >
      <Icon aria-hidden="true" className={classes("mt-0.5 size-5 shrink-0", text)} />
      <Radix.Description className="min-w-0 flex-1">{notice.text}</Radix.Description>
      <Radix.Close aria-label="Dismiss this message" className="rounded-box p-1 text-muted hover:bg-sunken">
        <X aria-hidden="true" className="size-4" />
      </Radix.Close>
    </Radix.Root>
  );
}

/** The ways to tell the reader something in passing. */
export function useNotify(): Notify {
  const value = useContext(NotifyContext);
  if (value === null) throw new Error("useNotify needs the NotifyProvider around it");
  return value;
}
