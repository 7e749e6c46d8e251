import { z } from "zod";

/** A ULID in Crockford's alphabet, upper case: what runs, plans and backups are called. Opaque; never joined into a path unparsed. */
export const ulidSchema = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "not a ULID");
export type Ulid = z.infer<typeof ulidSchema>;

/**
 * Strict semver on the raw string (https://semver.org, without a leading `v`): no white space, no leading zeros, at most 64 characters.
 * Deliberately narrower than `semver.valid`, which trims.
 */
export const versionSchema = z
  .string()
  .max(64)
  .regex(
    /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
  );
export type Version = z.infer<typeof versionSchema>;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256 in hex");

/** An instant as ISO 8601 in UTC. */
export const instantSchema = z.iso.datetime();

/** Something that went wrong, in words for a person: what happened, what it means for their data, what they can do. */
export const problemSchema = z.object({
  code: z.string(),
  happened: z.string(),
  meaning: z.string(),
  todo: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Who asks: read from the database or from the operator's token, never from what a caller claims. */
export const actorSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), id: z.string(), name: z.string(), role: z.enum(["owner", "admin", "staff", "viewer"]) }),
  z.object({ kind: z.literal("operator") }),
  z.object({ kind: z.literal("system") }),
]);
export type Actor = z.infer<typeof actorSchema>;
