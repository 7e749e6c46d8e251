"use client";

import { Box } from "lucide-react";
import { useState } from "react";
import { imagePath } from "../../../server/files/contract.ts";
import { classes } from "../../_ui/classes.ts";

/** The small picture beside an item's name in a list; with none, an empty place of the same size. The name says what it is, so it has no words. */
export function Thumbnail({ sha256 }: { sha256: string | null }) {
  return <Picture source={sha256 === null ? null : imagePath(sha256)} alt="" className="size-10" />;
}

/** A picture in a frame that has its size before the picture is there; without one, or when it cannot be shown, a drawn box. */
export function Picture({ source, alt, className }: { source: string | null; alt: string; className: string }) {
  const [failed, setFailed] = useState<string | null>(null);
  const look = classes("shrink-0 rounded-box border border-line bg-sunken", className);
  if (source === null || source === failed) {
    return (
      <span className={classes("flex items-center justify-center text-muted", look)}>
        <Box aria-hidden="true" className="size-1/3 opacity-60" strokeWidth={1.5} />
        {source === null || alt === "" ? null : <span className="sr-only">{alt}: it cannot be shown.</span>}
      </span>
    );
  }
  return (
    // eslint-disable-next-line @next/next/no-img-element -- next/image would only put the same element there: nothing makes pictures smaller here
    <img
      src={source}
      alt={alt}
      loading="lazy"
      decoding="async"
      className={classes("object-contain", look)}
      onError={() => {
        setFailed(source);
      }}
    />
  );
}
