import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Release } from "../../server/releases/contract.ts";
import { manifestSchema } from "../../server/releases/contract.ts";
import { MissedNotes } from "./missed-notes.tsx";

function release(version: string, otherwise: Partial<Release["manifest"]> = {}): Release {
  const manifest = manifestSchema.parse({
    ...{ schema: 1, product: "filaops", version, upgradeFrom: "1.0.0", minUpdater: "1.0.0", commit: "0".repeat(40) },
    ...{ publishedAt: "2026-11-01T00:00:00Z", expires: "2027-11-01T00:00:00Z" },
    ...{ archive: { name: "a", sha256: "0".repeat(64), bytes: 1 }, migrations: { head: "", count: 0 } },
    ...{ node: { min: "24.0.0" }, postgres: { min: 15, max: 18 } },
    ...otherwise,
  });
  const page = `https://github.com/Blb3D/filaops/releases/tag/v${version}`;
  const notes = `- What is new in ${version} ![p](https://spy.test/p.png)`;
  return {
    version,
    prerelease: false,
    publishedAt: manifest.publishedAt,
    notes,
    url: page,
    archiveUrl: "http://f/a",
    bundle: false,
    manifest,
  };
}

const html = (missed: Release[]) => renderToStaticMarkup(createElement(MissedNotes, { missed }));

test("all missed versions are there, newest first, each with its notes and the way to GitHub, nothing from elsewhere", () => {
  const text = html([release("1.3.0"), release("1.2.0"), release("1.1.0")]);
  const places = ["1.3.0", "1.2.0", "1.1.0"].map((version) => text.indexOf(`What is new in ${version} `));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  for (const version of ["1.3.0", "1.2.0", "1.1.0"]) expect(text).toContain(`releases/tag/v${version}"`);
  expect(text.match(/<details/g)).toHaveLength(2);
  expect(text).not.toMatch(/<img|spy\.test/);
});

test("what closes a hole and what changes how one works is marked, each at its version", () => {
  const breaking = [{ title: "Spools have numbers.", detail: "Old labels are not read any more." }];
  const [newest, older] = html([release("2.0.0", { breaking }), release("1.9.1", { severity: "security" })]).split("<details");
  expect(newest).toContain("Changes how you work");
  expect(newest).toMatch(/Spools have numbers\.<\/span> Old labels are not read any more\./);
  expect(newest).not.toContain("Closes a security hole");
  expect(older).toContain("Closes a security hole");
  expect(html([release("1.1.0")])).not.toMatch(/Changes how you work|Closes a security hole|Important/);
  expect(html([release("1.1.0", { severity: "important" })])).toContain("Important");
});
