import { describe, expect, test } from "vitest";
import { fileNameSchema, tidyFileName } from "../contract.ts";
import { collectable } from "./collectable.ts";
import { contentTypeOf, isImageType } from "./content-type.ts";
import { asDownload } from "./disposition.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

test.each([
  ["\x89PNG\r\n\x1a\n\0\0", "image/png", true],
  ["\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg", true],
  ["GIF89a\x01\0", "image/gif", true],
  ["RIFF\x24\0\0\0WEBPVP8 ", "image/webp", true],
  ["RIFF\x24\0\0\0WAVEfmt ", "application/octet-stream", false],
  ["%PDF-1.7\n", "application/pdf", false],
  ["<svg xmlns='http://www.w3.org/2000/svg'>", "application/octet-stream", false],
  ["<!doctype html><script>", "application/octet-stream", false],
  [" \x89PNG\r\n\x1a\n", "application/octet-stream", false],
  ["GI", "application/octet-stream", false],
  ["", "application/octet-stream", false],
])("what begins with %j is %s", (head, type, isImage) => {
  const found = contentTypeOf(bytes(head));
  expect([found, isImageType(found)]).toEqual([type, isImage]);
});

test("what is not referred to goes once it is old; what is referred to and what is young stays", () => {
  const present = [
    { name: "referred", modifiedAt: 1 },
    { name: "forgotten", modifiedAt: 1 },
    { name: "upload-cut-off", modifiedAt: 99 },
    { name: "just-uploaded", modifiedAt: 100 },
  ];
  const referred = new Set(["referred", "not there at all"]);
  expect(collectable({ present, referred, youngerThan: 100 })).toEqual(["forgotten", "upload-cut-off"]);
});

describe("the name of a file", () => {
  test.each([
    [
      "Rechnung 7 – größe.pdf",
      `attachment; filename="Rechnung 7 _ gr__e.pdf"; filename*=UTF-8''Rechnung%207%20%E2%80%93%20gr%C3%B6%C3%9Fe.pdf`,
    ],
    ['a"b\\c%41.txt', `attachment; filename="a_b_c_41.txt"; filename*=UTF-8''a%22b%5Cc%2541.txt`],
    ["it's (1)*.stl", `attachment; filename="it's (1)*.stl"; filename*=UTF-8''it%27s%20%281%29%2a.stl`],
    ["half \ud800 sign", `attachment; filename="half _ sign"; filename*=UTF-8''half%20%EF%BF%BD%20sign`],
  ])("%j stands in a header", (name, header) => {
    expect(asDownload(name)).toBe(header);
  });

  test.each([
    ["../../etc/passwd", ".._.._etc_passwd"],
    ["C:\\plans\\part.stl", "C:_plans_part.stl"],
    ["two\nlines.txt", "two_lines.txt"],
    // Read from right to left, this one ends in "cod.exe".
    ["invoice\u202Eexe.doc", "invoice_exe.doc"],
    ["  ", "file"],
    [`${"long ".repeat(60)}.step`, `${"long ".repeat(39)}.step`],
  ])("%j of a computer becomes one that is taken", (name, tidy) => {
    expect(fileNameSchema.safeParse(name).data === name).toBe(false);
    expect([tidyFileName(name), fileNameSchema.parse(tidyFileName(name))]).toEqual([tidy, tidy]);
  });
});
