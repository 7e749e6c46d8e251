import fc from "fast-check";
import { expect, test } from "vitest";
import { COLUMNS } from "../../exchange/rules/columns.ts";
import { restore } from "../../exchange/rules/formulas.ts";
import { csvWriting, quoted } from "./csv.ts";
import { jsonLinesWriting } from "./json-lines.ts";
import { createSum, decimalOf } from "./totals.ts";
import { instantText } from "./writing.ts";

/** Text of which every part is one that somebody has got wrong somewhere. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        ",",
        "\r\n",
        "\n",
        "\r",
        " ",
        "=",
        "+",
        "-",
        "@",
        "\t",
        "'",
        ";",
        "'=",
        "\ufeff",
        "\u2028",
        "ش",
        "🧵",
        "007",
      ),
      fc.string({ unit: "grapheme", maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join("").replaceAll("\0", ""));

/** RFC 4180 to the letter, written apart from the writer. */
function parseCsv(content: string): string[][] {
  const records: string[][] = [];
  let [record, at] = [[] as string[], 0];
  while (at < content.length) {
    const quotedField = /^"((?:[^"]|"")*)"/.exec(content.slice(at));
    const field = quotedField?.[0] ?? /^[^",\r\n]*/.exec(content.slice(at))?.[0] ?? "";
    record.push(quotedField === null ? field : (quotedField[1] ?? "").replaceAll('""', '"'));
    at += field.length;
    if (content.startsWith("\r\n", at)) {
      records.push(record);
      [record, at] = [[], at + 2];
    } else if (content[at] === ",") at += 1;
    else throw new Error(`neither a comma nor an end at ${at}`);
  }
  return records;
}

const CUSTOMERS = COLUMNS.customers;
const AT = "2026-11-26 20:21:44.5+00";

test("what CSV holds is read back as it was, and nothing of it begins like a formula", () => {
  const row = fc.array(text, { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const { header, rows: write } = csvWriting(CUSTOMERS);
      const [first, ...read] = parseCsv(header + write(rows.map((fields) => [...fields, AT])));
      expect(first).toEqual(CUSTOMERS.map(({ name }) => name));
      for (const field of read.flatMap((record) => record.slice(0, 6))) expect(field).not.toMatch(/^[=+\-@\t\r\n]/);
      expect(read.map((record) => [...record.slice(0, 6).map(restore), record[6]])).toEqual(
        rows.map((fields) => [...fields, "2026-11-26T20:21:44.500Z"]),
      );
    }),
  );
});

test("what JSON Lines holds is read back as it was, a line for each row", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), (rows) => {
      const written = jsonLinesWriting(COLUMNS.settings).rows(rows.map(([key, value]) => [key, JSON.stringify(value)]));
      const lines = written.split("\n");
      expect(lines.pop()).toBe("");
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rows.map(([key, value]) => ({ key, value })));
    }),
  );
});

test("numbers keep every digit, booleans are words, null is not the empty text", () => {
  const item = ["PRT-1", "", "", "", "piece", "1234567890.10", "0.0001", "-5.000", "0.000", "f", null, AT];
  expect(csvWriting(COLUMNS.items).rows([item])).toBe(
    "PRT-1,,,,piece,1234567890.10,0.0001,-5.000,0.000,false,,2026-11-26T20:21:44.500Z\r\n",
  );
  expect(JSON.parse(jsonLinesWriting(COLUMNS.items).rows([item]))).toMatchObject({
    ...{ name: "", selling_price: "1234567890.10", on_hand: "-5.000", active: false, image_sha256: null },
  });
  const exact = "12345678901234567890.5";
  expect(jsonLinesWriting(COLUMNS.settings).rows([["k", exact]])).toBe(`{"key":"k","value":${exact}}\n`);
});

test("only what needs quotes has them", () => {
  expect(["plain", "two words", "", "a;b", "'"].map(quoted)).toEqual(["plain", "two words", "", "a;b", "'"]);
  expect([" x", "x ", 'a"b', "a,b", "a\rb", "a\nb"].map(quoted)).toEqual(['" x"', '"x "', '"a""b"', '"a,b"', '"a\rb"', '"a\nb"']);
});

test("an instant is what JavaScript would write", () => {
  const span = { min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(span), (at) => {
      const iso = at.toISOString();
      const postgres = `${iso.slice(0, 10)} ${iso.slice(11, 23).replace(/\.?0*$/, (zeros) => (zeros.startsWith(".") ? "" : zeros.replace(/0+$/, "")))}+00`;
      expect(instantText(postgres)).toBe(iso);
    }),
  );
  expect(() => instantText("infinity")).toThrow("not an instant");
});

test("sums are exact, beyond what a number holds", () => {
  const sum = createSum("items");
  const row = (onHand: string) => COLUMNS.items.map(({ name }) => (name === "on_hand" ? onHand : ""));
  sum?.add([row("99999999999.999"), row("-0.500")]);
  sum?.add(Array.from({ length: 1000 }, () => row("99999999999.999")));
  expect([sum?.name, sum?.total()]).toEqual(["items.on_hand", "100099999999998.499"]);
  expect(createSum("customers")).toBeNull();
  expect([decimalOf(-5n, 2), decimalOf(0n, 3), decimalOf(1234n, 2)]).toEqual(["-0.05", "0.000", "12.34"]);
});
