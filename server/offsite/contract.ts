import { z } from "zod";
import { backupKindSchema } from "../backups/contract.ts";
import { instantSchema, sha256Schema, ulidSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Storage*: where copies go, a bucket or a mounted folder. *Copy*: a backup set as one archive, encrypted, with a small label beside it.
 * *Recipient*: age's public key, which we keep. *Identity*: its secret half, which only the owner has: without it nobody reads a copy.
 */

/** An origin only: the bucket is named apart, and a name or a password in an address ends up in logs. */
const endpointSchema = z
  .url({ protocol: /^https?$/, error: "an address such as https://s3.eu-central-1.amazonaws.com" })
  .max(300)
  .refine(
    (text) => URL.canParse(text) && new URL(text).href === `${new URL(text).origin}/`,
    "only the address of the storage, without the bucket or a folder",
  )
  .transform((text) => new URL(text).origin);

const s3StorageSchema = z.object({
  kind: z.literal("s3"),
  endpoint: endpointSchema,
  region: z.string().regex(/^[a-z0-9-]{1,64}$/, "small letters, digits and hyphens"),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "3 to 63 small letters, digits, dots and hyphens"),
  /** Folders in the bucket, without slashes at the ends; empty for none. */
  prefix: z
    .string()
    .max(200)
    .regex(
      /^$|^(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*$/,
      "letters, digits, dots, hyphens and slashes between them",
    ),
  accessKeyId: z.string().regex(/^[\x21-\x7e]{1,128}$/, "no spaces"),
  /** `https://host/bucket/…` instead of `https://bucket.host/…`. */
  forcePathStyle: z.boolean().default(true),
});
export type S3Storage = z.infer<typeof s3StorageSchema>;

const folderStorageSchema = z.object({
  kind: z.literal("folder"),
  path: z
    .string()
    .max(1000)
    .regex(/^\/[^\0\n]+$/, "a whole path from the root on"),
});

/** Where copies go, without the secret: that is kept and handed on apart. */
export const storageSchema = z.discriminatedUnion("kind", [s3StorageSchema, folderStorageSchema]);
export type Storage = z.infer<typeof storageSchema>;

/** The secret half of an S3 access key. */
export const storageSecretSchema = z.string().regex(/^[\x21-\x7e]{1,256}$/, "no spaces");

/** age's public key (X25519). */
export const recipientSchema = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/, "not a recipient of age");

/** age's secret key, as it is typed or pasted. */
export const identitySchema = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .pipe(z.string().regex(/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/, "not a secret key of age"));

/** `offsite/settings.json`. */
export const offsiteSettingsSchema = z.object({ v: z.literal(1), storage: storageSchema, recipient: recipientSchema });
export type OffsiteSettings = z.infer<typeof offsiteSettingsSchema>;

/** `<id>.json` beside a copy: what one needs to know to choose it, and nothing about the business. Written last. */
export const copyLabelSchema = z.object({
  v: z.literal(1),
  id: ulidSchema,
  kind: backupKindSchema,
  createdAt: instantSchema,
  version: versionSchema,
  /** Of the encrypted object. */
  bytes: z.int().min(1),
  sha256: sha256Schema,
});
export type CopyLabel = z.infer<typeof copyLabelSchema>;

/**
 * A copy as it lies there. `whole`: label and object, of the size that the label says; `unlabelled`: an object without a readable label, which a
 * broken-off copying or deleting leaves; `missing`: a label whose object is gone or of another size.
 */
export const offsiteCopySchema = z.object({
  id: ulidSchema,
  state: z.enum(["whole", "unlabelled", "missing"]),
  /** That lie there. */
  bytes: z.int().min(0),
  label: copyLabelSchema.nullable(),
});
export type OffsiteCopy = z.infer<typeof offsiteCopySchema>;

/** Which part of a copying goes on, and how far it is. */
export const copyProgressSchema = z.object({
  stage: z.enum(["encrypting", "uploading", "downloading"]),
  bytes: z.int().min(0),
  total: z.int().min(0),
});
export type CopyProgress = z.infer<typeof copyProgressSchema>;

/** What “Send a test” found. */
export const storageTestSchema = z.object({
  bytes: z.int(),
  milliseconds: z.int(),
  /** How far the storage's clock is ahead of ours, in seconds, where that had to be made up for; 0 else. */
  clockAheadSeconds: z.int(),
});
export type StorageTest = z.infer<typeof storageTestSchema>;

/** A secret key as it is shown and asked for: what stands behind its fixed beginning, in groups of four characters; the last one has two. */
export function identityGroups(identity: string): string[] {
  return identity.replace(/^AGE-SECRET-KEY-1/, "").match(/.{1,4}/g) ?? [];
}

/** Groups that may be asked for, counted from 1. */
export const ASKABLE_GROUPS = 14;

/** Whether somebody who wrote the key down gives back the four characters of this group. Case and spaces do not matter. */
export function checkFourCharacters(identity: string, group: number, answer: string): boolean {
  const wanted = identityGroups(identity)[group - 1];
  return wanted?.length === 4 && answer.replaceAll(/\s/g, "").toUpperCase() === wanted.toUpperCase();
}
