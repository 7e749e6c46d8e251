import { expect, test } from "vitest";
import { percentEncoded, queryOf, sha256Hex, signed } from "./sign.ts";

/** The examples of Amazon's own documentation, “Signature Calculations for the Authorization Header”. */
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
};
const host = "https://examplebucket.s3.amazonaws.com";
const now = new Date("2013-05-24T00:00:00.000Z");

test.each([
  [
    "an object, in part",
    { method: "GET", url: new URL(`${host}/test.txt`), headers: { range: "bytes=0-9" } },
    "",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ],
  [
    "an object that is put",
    {
      method: "PUT",
      url: new URL(`${host}/test%24file.text`),
      headers: { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    },
    "Welcome to Amazon S3.",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  ],
  [
    "a name without a value in the query",
    { method: "GET", url: new URL(`${host}/?${queryOf({ lifecycle: "" })}`), headers: {} },
    "",
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  ],
  [
    "a list",
    { method: "GET", url: new URL(`${host}/?${queryOf({ prefix: "J", "max-keys": "2" })}`), headers: {} },
    "",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  ],
] as const)("signs as in the documentation: %s", (_what, request, body, signature) => {
  const headers = signed({ ...request, payloadSha256: sha256Hex(body), now }, credentials);
  expect(headers["authorization"]).toMatch(new RegExp(`Signature=${signature}$`));
  expect(headers["x-amz-date"]).toBe("20130524T000000Z");
});

test("encodes what S3 encodes", () => {
  expect(percentEncoded("a b/c!'()*~._-ü")).toBe("a%20b%2Fc%21%27%28%29%2A~._-%C3%BC");
  expect(queryOf({ uploads: "", "list-type": "2" })).toBe("list-type=2&uploads=");
});
