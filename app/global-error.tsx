"use client";

import { Entrance } from "./_ui/entrance.tsx";
import { digestOf, ErrorWords } from "./_ui/error-words.tsx";
import "./globals.css";

/** Even the outermost layout broke: the last page that there is. */
export default function GlobalErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · FilaOps</title>
        <Entrance title="Something went wrong here">
          <ErrorWords digest={digestOf(error)} onAgain={retry} />
        </Entrance>
      </body>
    </html>
  );
}
