"use client";

import { Entrance } from "./_ui/entrance.tsx";
import { digestOf, ErrorWords } from "./_ui/error-words.tsx";

/** A page outside the signed-in frame broke, or the frame itself. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Entrance title="Something went wrong here">
      <ErrorWords digest={digestOf(error)} onAgain={retry} />
    </Entrance>
  );
}
