import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ReleaseNotes } from "./release-notes.tsx";

const html = (notes: string, url: string | null = null) => renderToStaticMarkup(createElement(ReleaseNotes, { notes, url }));

describe("notes by somebody", () => {
  it.each([
    ["a script", "<script>alert(1)</script>", /<script/i],
    ["an attribute that runs", '<b onclick="alert(1)">x</b>', /<b /i],
    ["an address that runs", "[x](javascript:alert(1))", /href/i],
    ["an address with data", "[x](data:text/html,boo)", /href/i],
    ["a remote image", "![pixel](https://spy.test/p.png)", /<img|spy\.test/i],
    ["a remote image by reference", "![pixel][p]\n\n[p]: https://spy.test/p.png", /<img|spy\.test/i],
    ["a box that could be ticked", "- [ ] agree", /<input/i],
    ["a form", "<form action=https://spy.test><input></form>", /<form|<input/i],
  ])("carry no %s", (_name, notes, forbidden) => {
    expect(html(`before\n\n${notes}\n\nafter`)).not.toMatch(forbidden);
    expect(html(`before\n\n${notes}\n\nafter`)).toMatch(/before.*after/s);
  });

  it("keep text, lists, tables and links that tell nobody about us", () => {
    const text = html("# New\n\n- **Faster** lists\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[more](https://filaops.test/notes)");
    expect(text).toContain("<h3>New</h3>");
    expect(text).toContain("<strong>Faster</strong>");
    expect(text).toContain("<td>2</td>");
    expect(text).toMatch(/<a href="https:\/\/filaops\.test\/notes" target="_blank" rel="noopener noreferrer nofollow"/);
  });

  it("have an end", () => {
    expect(html("word ".repeat(50_000)).length).toBeLessThan(21_000);
  });
});
