import { z } from "zod";
import { instantSchema, problemSchema, sha256Schema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Release*: a published version with tag, notes, date and a signed `release.json`. *Manifest*: the content of `release.json`.
 * *Feed*: where releases are listed, GitHub's API or one of its shape.
 */

/** How the release changes protected totals on purpose; what is not declared here must be equal before and after. */
const declaredChangeSchema = z.object({
  table: z.string().regex(/^[a-z_][a-z0-9_]*$/),
  /** Rows more (or fewer) than before; absent when the number may differ freely. */
  rows: z.int().exactOptional(),
  /** Money columns whose totals may differ. */
  columns: z.array(z.string()).default([]),
  why: z.string().min(1).max(500),
});
export type DeclaredChange = z.infer<typeof declaredChangeSchema>;

/** `release.json`, schema 1 (design 6). Unknown fields are ignored; what must not be ignored raises `minUpdater`. */
export const manifestSchema = z.object({
  schema: z.literal(1),
  product: z.literal("filaops"),
  version: versionSchema,
  publishedAt: instantSchema,
  expires: instantSchema,
  /** The lowest version that may jump here directly. */
  upgradeFrom: versionSchema,
  minUpdater: versionSchema,
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  archive: z.object({ name: z.string().regex(/^[\w.+-]{1,128}$/), sha256: sha256Schema, bytes: z.int().positive() }),
  /** The same release as a container image: its digest for each platform, such as `linux/amd64`. */
  image: z
    .object({
      repository: z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,199}$/),
      digests: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
    })
    .exactOptional(),
  migrations: z.object({ head: z.string().max(200), count: z.int().min(0) }),
  node: z.object({ min: z.string() }),
  cutover: z.enum(["staged", "rolling"]).default("staged"),
  breaking: z.array(z.object({ title: z.string().max(200), detail: z.string().max(4000) })).default([]),
  migratable: z.boolean().default(true),
  fixes: z.array(z.string().max(500)).default([]),
  severity: z.enum(["normal", "important", "security"]).default("normal"),
  knownIssues: z.array(z.string().max(500)).default([]),
  totals: z.object({ changed: z.array(declaredChangeSchema) }).default({ changed: [] }),
  postgres: z.object({ min: z.int(), max: z.int() }),
  rollout: z.object({ percent: z.number().min(0).max(100) }).default({ percent: 100 }),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** A release that was verified: the signature holds for exactly this manifest. */
export const releaseSchema = z.object({
  version: versionSchema,
  /** GitHub's flag, not the dash in the version. */
  prerelease: z.boolean(),
  publishedAt: instantSchema,
  /** Markdown by somebody; render with a sanitising renderer only. At most 64 KiB, cut with a mark. */
  notes: z.string(),
  /** The page of the release, for *View release notes*. */
  url: z.url({ protocol: /^https?$/ }).nullable(),
  /** Where the archive is fetched from; its digest stands in the manifest. */
  archiveUrl: z.url({ protocol: /^https?$/ }),
  manifest: manifestSchema,
});
export type Release = z.infer<typeof releaseSchema>;

/** A release that is listed but is not offered, and why, for *Show details*. The tag is somebody's text: shown escaped, used for nothing. */
const refusedReleaseSchema = z.object({ tag: z.string(), problem: problemSchema });
export type RefusedRelease = z.infer<typeof refusedReleaseSchema>;

/** Set when the last attempts failed and this is the answer of before: since when, and why. */
const staleSchema = z.object({ since: instantSchema, problem: problemSchema });

/** What the last check knows. "The feed did not answer" is a member, not an error. */
export const releaseStatusSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("current"),
    checkedAt: instantSchema,
    refused: z.array(refusedReleaseSchema),
    stale: staleSchema.nullable(),
  }),
  z.object({
    kind: z.literal("available"),
    checkedAt: instantSchema,
    /** The release that is offered: the newest that may be installed from here. */
    release: releaseSchema,
    /** All newer stable releases, newest first, the offered one among them. */
    missed: z.array(releaseSchema),
    refused: z.array(refusedReleaseSchema),
    stale: staleSchema.nullable(),
  }),
  z.object({ kind: z.literal("unknown"), since: instantSchema.nullable(), problem: problemSchema }),
]);
export type ReleaseStatus = z.infer<typeof releaseStatusSchema>;

/** `release-info.json` in every built release: what this code is. */
export const buildInfoSchema = z.object({
  version: versionSchema,
  commit: z.string(),
  /** Name of the newest migration folder; the empty string when there is none. */
  schemaHead: z.string(),
});
export type BuildInfo = z.infer<typeof buildInfoSchema>;
