import { AppError } from "../platform/errors.ts";
import { firstIssue } from "../platform/files.ts";
import type { Problem } from "../platform/contract.ts";
import type { Member, Part } from "../platform/tar-file.ts";
import { membersOf, printable, smallContent } from "../platform/tar-file.ts";
import { TarError } from "../platform/tar.ts";
import type { Manifest, Release } from "./contract.ts";
import { bundledImageName } from "./contract.ts";
import type { PublicKey } from "./minisign.ts";
import { publicationSchema } from "./publication.ts";
import { cutNotes, DOCUMENT_BYTES, SIGNATURE_BYTES } from "./rules/sizes.ts";
import { MANIFEST_NAME, NOTES_NAME, PUBLICATION_NAME, SIGNATURE_NAME, verifyManifest } from "./verify.ts";

/** What a bundle holds of a verified release; the contents of both are compared when they are taken. */
export type Bundle = { release: Release; archive: Member | null; images: ReadonlyMap<string, Member> };
export type ReadBundle = { kind: "bundle"; bundle: Bundle } | { kind: "refused"; problem: Problem };

/** A release's own files, and an image for each of a handful of platforms. */
const MOST_MEMBERS = 32;
const MOST_NOTES_BYTES = 1024 * 1024;
const OWN_NAMES: readonly string[] = [MANIFEST_NAME, SIGNATURE_NAME, NOTES_NAME, PUBLICATION_NAME];

/**
 * Reads the bundle that a part of a file is, as far as its headers and small files go. The signature is verified before anything of the manifest is read,
 * and every other file in it must be one that the manifest names. `called`: what to call it as long as nobody knows its version.
 */
export async function readBundle(part: Part, { key, called }: { key: PublicKey; called: string }): Promise<ReadBundle> {
  try {
    const members = new Map((await membersOf(part, MOST_MEMBERS)).map((member) => [member.path, member]));
    const documents = {
      manifest: (await documentOf(members, MANIFEST_NAME, DOCUMENT_BYTES)).toString("base64"),
      signature: (await documentOf(members, SIGNATURE_NAME, SIGNATURE_BYTES)).toString("utf8"),
    };
    const read = verifyManifest(documents, { called, key, isTag: false });
    if (read.kind === "refused") return read;
    const { manifest } = read;
    const release = { ...(await besides(members)), ...ofManifest(manifest) };
    return { kind: "bundle", bundle: { release, ...artifactsOf(manifest, members) } };
  } catch (error) {
    if (error instanceof AppError) return { kind: "refused", problem: error.problem };
    return { kind: "refused", problem: asRefusal(error).problem };
  }
}

/** A `TarError` as a problem; others are thrown on. */
export function asRefusal(error: unknown): AppError {
  if (error instanceof TarError) return new AppError("bundle-refused", { reason: error.message }, { cause: error });
  throw error;
}

function ofManifest(manifest: Manifest): Omit<Release, "prerelease" | "notes"> {
  const { version, publishedAt } = manifest;
  return { version, publishedAt, url: null, archiveUrl: null, bundle: true, manifest };
}

async function documentOf(members: ReadonlyMap<string, Member>, name: string, most: number): Promise<Buffer> {
  const member = members.get(name);
  if (member === undefined) throw new TarError(`it has no ${name}`);
  return smallContent(member, most);
}

/** Notes and how it is listed: not signed, so they decide nothing but what is shown, and whether notices count it. */
async function besides(members: ReadonlyMap<string, Member>): Promise<Pick<Release, "prerelease" | "notes">> {
  const notes = members.get(NOTES_NAME);
  const listed = members.get(PUBLICATION_NAME);
  return {
    notes: notes === undefined ? "" : cutNotes((await smallContent(notes, MOST_NOTES_BYTES)).toString("utf8")),
    prerelease: listed !== undefined && prereleaseOf((await smallContent(listed, SIGNATURE_BYTES)).toString("utf8")),
  };
}

function prereleaseOf(text: string): boolean {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new TarError(`${PUBLICATION_NAME} in it is not JSON`); // the parser's message quotes what it could not read
  }
  const parsed = publicationSchema.pick({ prerelease: true }).safeParse(raw);
  if (!parsed.success) throw new TarError(`${PUBLICATION_NAME} in it cannot be read, ${firstIssue(parsed.error)}`);
  return parsed.data.prerelease;
}

function artifactsOf(
  { version, archive: signed, image }: Manifest,
  members: ReadonlyMap<string, Member>,
): Omit<Bundle, "release"> {
  const platforms = new Map(Object.keys(image?.digests ?? {}).map((platform) => [bundledImageName(platform), platform]));
  const others = [...members.values()].filter(({ path }) => !OWN_NAMES.includes(path));
  const foreign = others.find(({ path }) => path !== signed.name && !platforms.has(path));
  if (foreign !== undefined) throw new TarError(`it holds ${printable(foreign.path)}, of which the release knows nothing`);
  const archive = OWN_NAMES.includes(signed.name) ? null : (members.get(signed.name) ?? null);
  if (archive !== null && archive.bytes !== signed.bytes) {
    throw new AppError("release-archive-differs", { version, signedBytes: signed.bytes, listedBytes: archive.bytes });
  }
  const images = new Map(others.flatMap((member) => [[platforms.get(member.path), member] as const]).filter(isKnown));
  if (archive === null && images.size === 0) throw new TarError("it holds neither the archive nor an image of the release");
  return { archive, images };
}

function isKnown(entry: readonly [string | undefined, Member]): entry is readonly [string, Member] {
  return entry[0] !== undefined;
}
