import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Column } from "../exchange/rules/columns.ts";
import { COLUMNS, ENTITIES } from "../exchange/rules/columns.ts";

const document = await readFile(join(import.meta.dirname, "../../docs/export-format.md"), "utf8");

test.each(ENTITIES)("the document describes the columns of %s, in their order", (entity) => {
  const section = document.split(`\n### ${entity}\n`)[1]?.split("\n#")[0] ?? "";
  const described = [...section.matchAll(/^\| (\*\*)?`(\w+)`(?:\*\*)? +\| ([\w()]+)/gm)].map(([, bold, name, kind]) => [
    name,
    kind,
    bold !== undefined,
  ]);
  expect(described).toEqual(COLUMNS[entity].map((column) => [column.name, kindOf(column), column.key]));
});

function kindOf({ type }: Column): string {
  return type.kind === "decimal" ? `decimal(${type.places})` : type.kind;
}
