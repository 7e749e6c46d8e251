import { expect, it } from "vitest";
import { renderPage } from "./page.ts";
import { publicView } from "./rules/public-view.ts";
import { status } from "./testing/status.ts";

const now = new Date("2026-11-23T12:00:10.000Z");
const view = (html: string) => /<div id="view"[^]*?\n<\/div>/.exec(html)?.[0];

it("shows steps, ticks and percent", () => {
  expect(view(renderPage({ status: publicView(status({ percent: 42.7 })), now, inPlace: true }))).toMatchInlineSnapshot(`
    "<div id="view" class="card" data-step="Copying the database">
    <h1>Updating FilaOps to 1.1.0</h1>
    <p>You can read; saving works again in a moment.</p>
    <p>You can close this window; the update goes on.</p>
    <div class="share"><progress max="100" value="42" aria-label="How far it is">42 %</progress><span>42 %</span></div>
    <ol>
    <li class="done"><span class="mark" aria-hidden="true">✓</span><span>Backing up your data<span class="heard"> (done)</span></span></li>
    <li class="running"><span class="mark" aria-hidden="true">●</span><span>Copying the database<span class="heard"> (under way)</span></span></li>
    <li class="todo"><span class="mark" aria-hidden="true">○</span><span>Preparing your data for 1.1.0<span class="heard"> (to do)</span></span></li>
    </ol>
    <p class="hand"><a href="/">Open FilaOps</a></p>
    </div>"
  `);
});

it("shows the way by hand when the run is silent past its lease", () => {
  const html = renderPage({ status: publicView(status()), now: new Date("2026-11-23T12:05:00.000Z"), inPlace: true });
  for (const words of ["filaops status", "filaops doctor", "updates/01JD8Z0000000000000000000A/output.log", "FILAOPS_HOME"]) {
    expect(html).toContain(words);
  }
});

it("names what lets FilaOps go on only when it waits for that", () => {
  const settle = "<code>filaops settle</code>";
  expect(renderPage({ status: publicView(status({ outcome: "needs_attention" })), now, inPlace: true })).toContain(settle);
  expect(renderPage({ status: null, now, inPlace: true })).not.toContain(settle);
});

it("shows what others wrote as text", () => {
  const [first] = status().steps;
  const hostile = { ...first!, title: `<img src=x onerror="alert(1)">&'` };
  const html = renderPage({ status: publicView(status({ steps: [{ ...hostile, state: "running" }] })), now, inPlace: true });
  expect(html).not.toContain("<img");
  expect(html).toContain("&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#38;&#39;");
});
