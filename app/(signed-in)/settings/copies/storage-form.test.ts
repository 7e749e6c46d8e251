import { expect, it } from "vitest";
import { fieldsOf, readFields, regionFromAddress, storageInputSchema } from "./storage-form.ts";
import type { StorageFields } from "./storage-form.ts";
import { issuesByPath, issueWords } from "../../../_client/issue-words.ts";
import type { Storage } from "../../../../server/offsite/contract.ts";

const KNOWN: Storage = {
  kind: "s3",
  endpoint: "https://s3.example.com",
  region: "eu-1",
  bucket: "farm-copies",
  prefix: "filaops",
  accessKeyId: "KEY",
  forcePathStyle: false,
};
const fields: StorageFields = { ...fieldsOf(KNOWN), secret: "s3cret" };

function checked(typed: Partial<StorageFields>, known: Storage | null = null) {
  const parsed = storageInputSchema(known).safeParse(readFields({ ...fields, ...typed }, known), { error: issueWords });
  return parsed.success ? parsed.data : issuesByPath(parsed.error);
}

it("takes what was pasted with white space and slashes around it", () => {
  expect(checked({ endpoint: " https://s3.example.com/ ", prefix: "/filaops/one/", secret: " s3cret\n" })).toEqual({
    storage: { ...KNOWN, prefix: "filaops/one", forcePathStyle: true },
    secret: "s3cret",
  });
});

it("asks for each field that is empty, but for the folder", () => {
  const empty = { endpoint: "", region: " ", bucket: "", prefix: "", accessKeyId: "", secret: "" };
  const asked = "Please fill this in.";
  expect(checked(empty)).toEqual({
    "storage.endpoint": "Please enter an address such as https://s3.eu-central-1.amazonaws.com.",
    "storage.region": asked,
    "storage.bucket": asked,
    "storage.accessKeyId": asked,
  });
  expect(checked({ secret: "" })).toEqual({ secret: asked });
});

it("says what an address looks like", () => {
  expect(checked({ endpoint: "s3.example.com" })).toEqual({
    "storage.endpoint": "Please enter an address such as https://s3.eu-central-1.amazonaws.com.",
  });
  expect(checked({ endpoint: "https://s3.example.com/farm-copies" })).toEqual({
    "storage.endpoint": "Only the address of the storage, without the bucket or a folder.",
  });
});

it("needs no secret as long as address and access key stay the same", () => {
  expect(checked({ secret: "", bucket: "other-bucket" }, KNOWN)).toEqual({ storage: { ...KNOWN, bucket: "other-bucket" } });
  expect(checked({ secret: "", endpoint: "https://elsewhere.example" }, KNOWN)).toEqual({ secret: "Please fill this in." });
  expect(checked({ secret: "", accessKeyId: "OTHER" }, KNOWN)).toEqual({ secret: "Please fill this in." });
  expect(checked({ secret: "" }, { kind: "folder", path: "/mnt/nas" })).toEqual({ secret: "Please fill this in." });
});

it.each([
  ["https://s3.eu-central-003.backblazeb2.com", "eu-central-003"],
  ["https://s3.eu-central-1.amazonaws.com", "eu-central-1"],
  ["https://s3.eu-central-2.wasabisys.com", "eu-central-2"],
  ["https://0123.r2.cloudflarestorage.com", "auto"],
  ["https://fsn1.your-objectstorage.com", "fsn1"],
  ["https://nas.example.com:9000", null],
  ["s3.eu-central-1.amazonaws.com", null],
])("reads the region from %s", (address, region) => {
  expect(regionFromAddress(address)).toBe(region);
});
