"use client";

import { digestOf, ErrorWords } from "../_ui/error-words.tsx";
import { PageHead } from "../_ui/page-head.tsx";

/** A page broke; the frame with its navigation stays. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHead title="Something went wrong here" />
      <ErrorWords digest={digestOf(error)} onAgain={retry} />
    </>
  );
}
