import type { Storage } from "../contract.ts";
import { storageSchema } from "../contract.ts";

/** What an address does not say, as the environment of other tools for S3 does. */
export type S3Words = { endpoint: string | undefined; region: string | undefined; accessKeyId: string | undefined };

/**
 * A storage as it is written on a command line: `s3://bucket/folder`, or the path of a mounted folder. Throws a `ZodError` that names the part which
 * does not fit.
 */
export function parseStorage(address: string, words: S3Words): Storage {
  const s3 = /^s3:\/\/([^/]*)\/?(.*?)\/?$/.exec(address);
  if (s3 === null) return storageSchema.parse({ kind: "folder", path: address });
  const region = words.region ?? "us-east-1";
  return storageSchema.parse({
    kind: "s3",
    endpoint: words.endpoint ?? `https://s3.${region}.amazonaws.com`,
    region,
    bucket: s3[1],
    prefix: s3[2],
    accessKeyId: words.accessKeyId ?? "",
  });
}
