import { z } from "zod";
import type { S3Storage, Storage } from "../../../../server/offsite/contract.ts";
import { storageSchema, storageSecretSchema } from "../../../../server/offsite/contract.ts";

/** What the fields of the first step hold. */
export type StorageFields = Pick<S3Storage, "endpoint" | "region" | "bucket" | "prefix" | "accessKeyId"> & { secret: string };

export type StorageInput = { storage: Storage; secret?: string };

const EMPTY: StorageFields = { endpoint: "", region: "", bucket: "", prefix: "", accessKeyId: "", secret: "" };

/** What the fields begin with: what is set up, but for the secret, which nobody gets back. */
export function fieldsOf(known: Storage | null): StorageFields {
  if (known?.kind !== "s3") return EMPTY;
  const { endpoint, region, bucket, prefix, accessKeyId } = known;
  return { endpoint, region, bucket, prefix, accessKeyId, secret: "" };
}

/** What the fields mean, for `storageInputSchema`. An empty field is a missing one; white space around what was pasted means nothing. */
export function readFields(fields: StorageFields, known: Storage | null) {
  const { secret, prefix, ...rest } = fields;
  const given = Object.fromEntries(
    Object.entries(rest).map(([key, text]) => [key, text.trim() === "" ? undefined : text.trim()]),
  );
  const forcePathStyle = known?.kind === "s3" ? known.forcePathStyle : true;
  const storage = { kind: "s3", ...given, prefix: prefix.trim().replaceAll(/^\/+|\/+$/g, ""), forcePathStyle };
  return secret.trim() === "" ? { storage } : { storage, secret: secret.trim() };
}

/** Without a secret the one that is known is meant: the server uses it with the same address and access key only. */
export function storageInputSchema(known: Storage | null) {
  return z
    .object({ storage: storageSchema, secret: storageSecretSchema.exactOptional() })
    .refine(({ storage, secret }) => secret !== undefined || keepsSecret(known, storage), {
      path: ["secret"],
      message: "Please fill this in.",
    });
}

function keepsSecret(known: Storage | null, wanted: Storage): boolean {
  if (known?.kind !== "s3" || wanted.kind !== "s3") return false;
  return known.accessKeyId === wanted.accessKeyId && known.endpoint === wanted.endpoint;
}

/** The region that the address of a large provider names, to be filled in; `null` where it names none. */
export function regionFromAddress(address: string): string | null {
  if (!URL.canParse(address.trim())) return null;
  const { hostname } = new URL(address.trim());
  if (hostname.endsWith(".r2.cloudflarestorage.com")) return "auto";
  const named =
    /(?:^|\.)s3[.-]([a-z0-9-]+)\.(?:amazonaws|backblazeb2|wasabisys)\.com$/.exec(hostname) ??
    /^([a-z0-9-]+)\.your-objectstorage\.com$/.exec(hostname) ??
    /^([a-z0-9-]+)\.digitaloceanspaces\.com$/.exec(hostname);
  return named?.[1] ?? null;
}
