import { z } from "zod";
import { instantSchema, problemSchema, sha256Schema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Release*: a published version with tag, notes, date and a signed `release.json`. *Manifest*: the content of `release.json`.
 * *Feed*: where releases are listed, GitHub's API or one of its shape. *Bundle*: one plain tar file with all of a release, brought here by hand.
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

/** One thing that is not as it was any more. `url`: where more about it stands; https only, since it is shown as a link. */
const breakingChangeSchema = z.object({
  title: z.string().max(200),
  detail: z.string().max(4000),
  /** What people have to do about it, if anything. */
  action: z.string().max(2000).exactOptional(),
  url: z
    .url({ protocol: /^https$/ })
    .max(500)
    .exactOptional(),
});

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
  breaking: z.array(breakingChangeSchema).default([]),
  /** Whether the data of the versions that may jump here is carried over. */
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
  /** Where the archive is fetched from; its digest stands in the manifest. `null`: from a bundle. */
  archiveUrl: z.url({ protocol: /^https?$/ }).nullable(),
  /** Whether it is installed from a bundle that somebody brought here, whatever the feed says of it. */
  bundle: z.boolean().default(false),
  manifest: manifestSchema,
});
export type Release = z.infer<typeof releaseSchema>;

/**
 * What a way to a newer version breaks. `major`: it goes into another major (in 0.x, another minor); `listed`: a release on the way lists changes;
 * `stop`: the version that is wanted cannot be reached in one step.
 */
export const breakingSchema = z.object({
  reasons: z.array(z.enum(["major", "listed", "stop"])).min(1),
  /** Every release on the way that lists changes or begins a major, passed over or not, the oldest first. */
  releases: z.array(z.object({ version: versionSchema, changes: z.array(breakingChangeSchema) })),
  /** The steps that do not carry the data over: with one of them, nothing is updated. */
  notMigratable: z.array(versionSchema),
});
export type Breaking = z.infer<typeof breakingSchema>;

/** A release that is listed but is not offered, and why, for *Show details*. The tag is somebody's text: shown escaped, used for nothing. */
const refusedReleaseSchema = z.object({ tag: z.string(), problem: problemSchema });
export type RefusedRelease = z.infer<typeof refusedReleaseSchema>;

/**
 * A stable release that is newer than what is installed, signature and all, whether or not it can be installed here: what the notices count.
 * Only what they need of it, since the whole stands in `missed` where it can be installed.
 */
const newerReleaseSchema = releaseSchema.pick({ version: true, publishedAt: true, url: true }).extend({
  severity: manifestSchema.shape.severity,
  fixes: manifestSchema.shape.fixes,
});
export type NewerRelease = z.infer<typeof newerReleaseSchema>;

/** What every answer but the very first may say besides; what is absent is empty, or an updater of before did not say it. */
const besides = {
  /** Newest first, the missed ones among them. */
  newer: z.array(newerReleaseSchema).exactOptional(),
  /** The known issues of the installed version, by its own `release.json` as it was listed last. */
  knownIssues: z.array(z.string()).exactOptional(),
};

/** Set when the last attempts failed and this is the answer of before: since when, and why. */
const staleSchema = z.object({ since: instantSchema, problem: problemSchema });

/** What the last check knows. "The feed did not answer" is a member, not an error. */
export const releaseStatusSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("current"),
    checkedAt: instantSchema,
    refused: z.array(refusedReleaseSchema),
    stale: staleSchema.nullable(),
    ...besides,
  }),
  z.object({
    kind: z.literal("available"),
    checkedAt: instantSchema,
    /** The release that is offered: the newest that can be reached from here. */
    release: releaseSchema,
    /** The releases that are installed for it, one after another, itself the last. An updater of before offered what is one step away. */
    path: z.array(versionSchema).default([]),
    /** Where that way breaks something: the newest release that is an ordinary update from here, if there is one. */
    ordinary: versionSchema.nullable().default(null),
    /** All newer stable releases, newest first, the offered one among them. */
    missed: z.array(releaseSchema),
    refused: z.array(refusedReleaseSchema),
    stale: staleSchema.nullable(),
    ...besides,
  }),
  z.object({
    kind: z.literal("unknown"),
    since: instantSchema.nullable(),
    problem: problemSchema,
    /** Bundles that are here and cannot be used; of the feed nothing is known. */
    refused: z.array(refusedReleaseSchema).exactOptional(),
    ...besides,
  }),
]);
export type ReleaseStatus = z.infer<typeof releaseStatusSchema>;

/** How the image of a platform such as `linux/amd64` is called in a bundle: an OCI image layout. */
export function bundledImageName(platform: string): string {
  return `image-${platform.replaceAll("/", "-")}.tar`;
}

/** `check-settings.json`, v1: how releases are looked for. */
export const checkSettingsSchema = z.object({
  v: z.literal(1),
  /** `beta` takes pre-releases besides. */
  channel: z.enum(["stable", "beta"]),
  /** Whether the feed is asked by itself; when asked to, it is asked in any case. */
  automatic: z.boolean(),
});
export type CheckSettings = z.infer<typeof checkSettingsSchema>;

/** `release-info.json` in every built release: what this code is. */
export const buildInfoSchema = z.object({
  version: versionSchema,
  commit: z.string(),
  /** Name of the newest migration folder; the empty string when there is none. */
  schemaHead: z.string(),
});
export type BuildInfo = z.infer<typeof buildInfoSchema>;
