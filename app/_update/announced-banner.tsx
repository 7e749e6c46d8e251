"use client";

import type { AutomaticView } from "../../server/updates/automatic-contract.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { LinkButton } from "../_ui/button.tsx";
import { plannedSentence } from "./automatic-words.ts";
import { NotTonight } from "./not-tonight.tsx";

/** What is to be installed by itself, for those who have put the notice of that version away: they are told a day before all the same. */
export function AnnouncedBanner({ automatic, page }: { automatic: AutomaticView; page: string }) {
  const sentence = plannedSentence(automatic);
  if (sentence === null) return null;
  return (
    <section aria-label="Update announced" className="mx-auto w-full max-w-6xl px-4 pt-4">
      <AlertBanner
        tone="info"
        title={sentence}
        actions={
          <>
            <NotTonight automatic={automatic} />
            <LinkButton size="small" href={page}>
              What’s new
            </LinkButton>
          </>
        }
      >
        <p>Your data is backed up first. If anything is wrong, FilaOps goes back by itself.</p>
      </AlertBanner>
    </section>
  );
}
