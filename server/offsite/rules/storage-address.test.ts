import { expect, test } from "vitest";
import { parseStorage } from "./storage-address.ts";

const WORDS = { endpoint: "https://s3.example.com", region: "eu-1", accessKeyId: "KEY" };

test.each([
  ["s3://farm", { kind: "s3", bucket: "farm", prefix: "", endpoint: "https://s3.example.com", region: "eu-1" }],
  ["s3://farm/", { kind: "s3", bucket: "farm", prefix: "" }],
  ["s3://farm/filaops/one/", { kind: "s3", bucket: "farm", prefix: "filaops/one" }],
  ["/mnt/nas/filaops", { kind: "folder", path: "/mnt/nas/filaops" }],
])("%s", (address, expected) => {
  expect(parseStorage(address, WORDS)).toMatchObject(expected);
});

test("without an address of its own, Amazon's in the region is meant", () => {
  expect(parseStorage("s3://farm", { ...WORDS, endpoint: undefined, region: undefined })).toMatchObject({
    endpoint: "https://s3.us-east-1.amazonaws.com",
    region: "us-east-1",
  });
});

test.each(["s3://", "s3://UPPER", "s3://farm/../up", "relative/folder", "https://elsewhere/farm"])("%s is refused", (address) => {
  expect(() => parseStorage(address, WORDS)).toThrow();
});
