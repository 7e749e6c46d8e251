import { createHash } from "node:crypto";
import type { PublicStatus } from "../updates/contract.ts";
import { SCRIPT, STYLE } from "./page-assets.ts";
import { pageWords } from "./rules/page-words.ts";
import type { PageWords } from "./rules/page-words.ts";

/** Allows the page's own style and script by their hashes, talking to where it came from, and nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const MARKS: Record<PublicStatus["steps"][number]["state"], { mark: string; said: string; look: string }> = {
  todo: { mark: "○", said: "to do", look: "todo" },
  running: { mark: "●", said: "under way", look: "running" },
  done: { mark: "✓", said: "done", look: "done" },
  failed: { mark: "✕", said: "did not work out", look: "failed" },
  undoing: { mark: "↺", said: "being taken back", look: "running" },
  undone: { mark: "↺", said: "taken back", look: "todo" },
};

/**
 * The page that is shown while no app answers, and at `/_upgrade/`. Whole HTML that needs nothing else; without JavaScript it loads itself
 * anew. `inPlace`: it stands at an address of the app, so the app is loaded there when it is back.
 */
export function renderPage({ status, now, inPlace }: { status: PublicStatus | null; now: Date; inPlace: boolean }): string {
  const words = pageWords(status, now);
  return `<!doctype html>
<html lang="en" data-in-place="${inPlace ? "yes" : "no"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(words.title)}</title>
<style>${STYLE}</style>
<noscript><meta http-equiv="refresh" content="3"></noscript>
</head>
<body>
<main>
<div id="view" class="card" data-step="${escape(words.step ?? "")}">
${renderView(words)}
</div>
<p id="heard" class="heard" role="status"></p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function renderView({ title, lines, steps, percent, manual }: PageWords): string {
  return [
    `<h1>${escape(title)}</h1>`,
    ...lines.map((line) => `<p>${escape(line)}</p>`),
    percent === null ? "" : renderShare(percent),
    steps.length === 0 ? "" : `<ol>\n${steps.map(renderStep).join("\n")}\n</ol>`,
    manual === null ? "" : renderManual(manual),
    `<p class="hand"><a href="/">Open FilaOps</a></p>`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function renderShare(percent: number): string {
  return `<div class="share"><progress max="100" value="${percent}" aria-label="How far it is">${percent} %</progress><span>${percent} %</span></div>`;
}

function renderStep({ title, state }: PublicStatus["steps"][number]): string {
  const { mark, said, look } = MARKS[state];
  return `<li class="${look}"><span class="mark" aria-hidden="true">${mark}</span><span>${escape(title)}<span class="heard"> (${said})</span></span></li>`;
}

function renderManual({ log, settle }: NonNullable<PageWords["manual"]>): string {
  return `<section class="hand">
<h2>For the person who runs this server</h2>
<p>Look at it there, in a terminal:</p>
<ul>
<li><code>filaops status</code> says where it stands.</li>
<li><code>filaops doctor</code> looks for what is wrong, and says what to do.</li>${
    settle ? "\n<li><code>filaops settle</code>, when it is put right, lets FilaOps go on.</li>" : ""
  }
</ul>
<p>${
    log === null
      ? "The logs lie in the folder <code>logs</code> of the FilaOps folder (<code>FILAOPS_HOME</code>)."
      : `The log of this run is <code>${escape(log)}</code> in the FilaOps folder (<code>FILAOPS_HOME</code>).`
  }</p>
</section>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
