import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { profilesWith, valueOf, withValues } from "./env-file.ts";

describe("values in an .env file", () => {
  test.each([
    ["an empty file", "", "A=1\n"],
    ["a name that is missing, at the end", "# mine\nB=2\n", "# mine\nB=2\nA=1\n"],
    ["behind a last line without an end", "B=2", "B=2\nA=1\n"],
    ["a name where it stands", "X=1\nA=0\nY=2\n", "X=1\nA=1\nY=2\n"],
    ["a name that stands there twice", "A=0\nB=2\nA=9\n", "A=1\nB=2\nA=1\n"],
    ["one that is commented out is not there", "# A=0\n", "# A=0\nA=1\n"],
    ["one whose name only begins so is another", "AB=0\n", "AB=0\nA=1\n"],
    ["a comment behind a value stays", "A=0 # why\n", "A=1 # why\n"],
    ["a # inside of quotes is no comment", 'A="0 # no" # why\n', "A=1 # why\n"],
    ["a # in the middle of a value neither", "A=0#no\n", "A=1\n"],
    ["blanks and `export` before a name stay", "  export A = 0\n", "  export A =1\n"],
    ["line endings of Windows", "B=2\r\nA=0\r\n", "B=2\r\nA=1\r\n"],
    ["line endings of Windows at the end too", "B=2\r\n", "B=2\r\nA=1\r\n"],
  ])("%s", (_what, before, after) => {
    expect(withValues(before, { A: "1" })).toBe(after);
  });

  // An editor on Windows had ended one line in its own way. The file was then cut at that ending only, so that all lines up to it counted as one:
  // the first one's value was written, and the rest of them was gone.
  test("line endings that are mixed", () => {
    expect(withValues("A=0\nSECRET=s\nB=2\r\nC=3\n", { A: "1" })).toBe("A=1\nSECRET=s\nB=2\r\nC=3\n");
  });

  test.each(["two\nLINES=1", "$HOME", "a b", 'a"b', "a#b"])("a value that needs quotes is refused: %j", (value) => {
    expect(() => withValues("", { A: value })).toThrow("would need quotes");
  });

  test("everything else stays to the letter, values are read back, and doing it again changes nothing", () => {
    const name = fc.constantFrom("A", "B", "FILAOPS_BLUE_IMAGE", "OTHER", "not a name");
    const odd = fc.constantFrom("", "=", "\t", "# A=1", "A", "'A=1'", "OTHER='x # y'", "KEY: value");
    const lines = fc.oneof(
      odd,
      fc.tuple(name, fc.constantFrom("=", " = ")).chain(([n, eq]) => fc.string().map((v) => n + eq + v.replace(/[\r\n]/g, ""))),
    );
    const text = fc.array(fc.tuple(lines, fc.constantFrom("\n", "\r\n"))).map((all) => all.flat().join(""));
    const values = { A: "x/y@sha256:0", FILAOPS_BLUE_IMAGE: "z" };
    const foreign = (content: string) =>
      content
        .split("\n")
        .filter((line) => line !== "" && line !== "\r" && !/^\s*(?:export\s+)?(A|FILAOPS_BLUE_IMAGE)\s*=/.test(line));
    fc.assert(
      fc.property(text, (before) => {
        const after = withValues(before, values);
        expect(foreign(after)).toEqual(foreign(before));
        for (const [key, value] of Object.entries(values)) expect(valueOf(after, key)).toBe(value);
        expect(withValues(after, values)).toBe(after);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ["A=1", "1"],
  ["A=1\nA=2", "2"],
  ["A=1 # one", "1"],
  ["A='1 # one' # two", "1 # one"],
  ['A="1"', "1"],
  ["A=", ""],
  ["B=1", null],
])("the value in %j is %j", (text, value) => {
  expect(valueOf(text, "A")).toBe(value);
});

test.each([
  [null, "green"],
  ["", "green"],
  ["blue", "green"],
  ["green", "green"],
  ["blue,socket-proxy", "green,socket-proxy"],
  ["socket-proxy, blue", "green,socket-proxy"],
])("the profiles %j with green are %j", (before, after) => {
  expect(profilesWith(before, "green")).toBe(after);
});
