"use client";

import type { Release } from "../../server/releases/contract.ts";
import { Badge } from "../_ui/badge.tsx";
import { Time } from "../_ui/time.tsx";
import { ReleaseNotes } from "./release-notes.tsx";

/**
 * The notes of all releases that were missed, newest first: the newest open, the others one press away, each with what has to be known of it at once. It
 * needs no way to the internet: they are as they came with the last check.
 */
export function MissedNotes({ missed }: { missed: readonly Release[] }) {
  const [newest, ...older] = missed;
  if (newest === undefined) return null;
  return (
    <div className="space-y-4">
      <section aria-label={`What is new in ${newest.version}`} className="space-y-3">
        {older.length === 0 ? <Marks release={newest} /> : <Head release={newest} />}
        <Notes release={newest} />
      </section>
      {older.map((release) => (
        <details key={release.version} className="border-t border-line pt-3">
          <summary className="cursor-pointer rounded-box">
            <Head release={release} inline />
          </summary>
          <div className="mt-3 space-y-3">
            <Notes release={release} />
          </div>
        </details>
      ))}
    </div>
  );
}

function Head({ release, inline = false }: { release: Release; inline?: boolean }) {
  const Frame = inline ? "span" : "div";
  return (
    <Frame
      className={
        inline
          ? "inline-flex max-w-[calc(100%-1.5rem)] flex-wrap items-center gap-2 align-top"
          : "flex flex-wrap items-center gap-2"
      }
    >
      <h3>{release.version}</h3>
      <span className="text-muted">
        <Time at={release.publishedAt} />
      </span>
      <Marks release={release} />
    </Frame>
  );
}

/** In words, since colour is never the only signal. */
function Marks({ release: { manifest } }: { release: Release }) {
  const { severity, breaking } = manifest;
  if (severity === "normal" && breaking.length === 0) return null;
  return (
    <span className="inline-flex flex-wrap gap-2">
      {severity === "security" ? <Badge tone="danger">Closes a security hole</Badge> : null}
      {severity === "important" ? <Badge tone="warn">Important</Badge> : null}
      {breaking.length === 0 ? null : <Badge tone="urgent">Changes how you work</Badge>}
    </span>
  );
}

function Notes({ release: { notes, url, manifest } }: { release: Release }) {
  return (
    <>
      {manifest.breaking.length === 0 ? null : (
        <ul className="list-disc space-y-1 pl-5">
          {manifest.breaking.map(({ title, detail }) => (
            <li key={title}>
              <span className="font-semibold">{title}</span> {detail}
            </li>
          ))}
        </ul>
      )}
      <ReleaseNotes notes={notes} url={url} />
    </>
  );
}
