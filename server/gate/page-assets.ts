/** The page's look: that of the app (the colours are those of app/globals.css) without the app. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f4f6f6; --card: #ffffff; --ink: #14191a; --soft: #4b5759; --line: #d5dcdd; --accent: #0a655c; --good: #17632f; --bad: #a31c16; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1314; --card: #171c1e; --ink: #eaefef; --soft: #a9b4b6; --line: #2e3739; --accent: #56cdbc; --good: #7fd79a; --bad: #ff9f96; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 36rem; margin: 0 auto; padding: 2rem 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.25; }
h2 { margin: 0 0 .5rem; font-size: 1rem; }
p { margin: 0 0 .75rem; }
.share { display: flex; gap: .75rem; align-items: center; margin: 1rem 0; }
progress { flex: 1; min-width: 0; height: .625rem; accent-color: var(--accent); }
ol { list-style: none; margin: 0; padding: 0; }
li { display: flex; gap: .625rem; padding: .25rem 0; color: var(--soft); }
li .mark { flex: none; width: 1.25rem; text-align: center; }
li.done .mark { color: var(--good); }
li.running { color: var(--ink); font-weight: 600; }
li.running .mark { color: var(--accent); }
li.failed { color: var(--bad); }
.hand { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.hand ul { margin: 0 0 .75rem; padding-left: 1.25rem; }
.hand li { display: list-item; color: inherit; }
code { font: .9375em ui-monospace, monospace; }
a { color: var(--accent); }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

/**
 * Draws the page anew from the gate itself when the status changes, announces steps (never percents), and, where the page stands in place of
 * the app's, loads the same address again once something else than the gate answers there.
 */
export const SCRIPT = `
(() => {
  const view = document.getElementById("view");
  const heard = document.getElementById("heard");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  let drawing = false;
  let again = false;
  const draw = async () => {
    if (drawing) { again = true; return; }
    drawing = true;
    try {
      const answer = await fetch("/_upgrade/", { cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = fresh.getElementById("view");
      if (next !== null && next.innerHTML !== view.innerHTML) {
        if (next.dataset.step !== view.dataset.step && next.dataset.step !== "") heard.textContent = next.dataset.step;
        view.dataset.step = next.dataset.step;
        view.replaceChildren(...next.childNodes);
        document.title = fresh.title;
      }
    } catch { /* The gate is away for a moment; the next look tells. */ }
    await pause(500);
    drawing = false;
    if (again) { again = false; draw(); }
  };
  const look = async () => {
    for (;;) {
      await pause(1000);
      try {
        const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
        if (answer.headers.get("x-filaops-gate") === null) { location.reload(); return; }
      } catch { /* As above. */ }
    }
  };
  new EventSource("/_upgrade/events").onmessage = draw;
  setInterval(draw, 5000);
  if (document.documentElement.dataset.inPlace === "yes") look();
})();
`;
