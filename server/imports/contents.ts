import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ClientBase } from "pg";
import { MOST_BYTES } from "../files/contract.ts";
import type { FileKind } from "../files/contract.ts";
import { claimFile } from "../files/open-file.ts";
import { contentTypeOf, HEAD_BYTES, isImageType } from "../files/rules/content-type.ts";
import { storeFile } from "../files/store-file.ts";
import { FILES_LOCK, neededFolder } from "../files/store.ts";
import { AppError } from "../platform/errors.ts";
import { exists } from "../platform/files.ts";
import type { Upload } from "./open-upload.ts";
import { ZipError } from "./rules/zip-directory.ts";

/** Where the content of a picture or an attachment is; `none`: neither in the file nor here. */
export type Whereabouts = { at: "file" | "here" | "none" } | { wrong: string };

export type Contents = {
  /** Looks content up, and reads it through once if it is in the file. */
  find: (sha256: string, kind: FileKind) => Promise<Whereabouts>;
  /** Keeps what is in the file among the stored files, so that rows may name it. */
  keep: (sha256: string, kind: FileKind) => Promise<void>;
};

export function createContents({ contents }: Pick<Upload, "contents">, files: string | undefined): Contents {
  const known = new Map<string, Whereabouts>();

  async function look(sha256: string, kind: FileKind): Promise<Whereabouts> {
    const content = contents.get(sha256);
    if (content !== undefined) return proved({ sha256, kind, ...content });
    return { at: files !== undefined && (await exists(join(files, sha256))) ? "here" : "none" };
  }

  return {
    async find(sha256, kind) {
      const key = `${kind}/${sha256}`;
      const found = known.get(key) ?? (await look(sha256, kind));
      known.set(key, found);
      return found;
    },
    async keep(sha256, kind) {
      const content = contents.get(sha256);
      if (content === undefined) return;
      const stored = await storeFile(neededFolder(files), content.chunks(), { kind });
      if (stored.sha256 !== sha256) throw new AppError("import-unreadable", { reason: "An attachment in it is damaged." });
    },
  };
}

async function proved({
  sha256,
  kind,
  bytes,
  chunks,
}: {
  sha256: string;
  kind: FileKind;
  bytes: number;
  chunks: () => AsyncIterable<Uint8Array>;
}): Promise<Whereabouts> {
  if (bytes > MOST_BYTES[kind]) return { wrong: `Its content is larger than ${MOST_BYTES[kind] / 1_048_576} MB.` };
  if (bytes === 0) return { wrong: "Its content is empty." };
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  try {
    for await (const chunk of chunks()) {
      hash.update(chunk);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
    }
  } catch (error) {
    if (error instanceof ZipError) return { wrong: "Its content is damaged." };
    throw error;
  }
  if (hash.digest("hex") !== sha256) return { wrong: "Its content is not the one that it was exported with." };
  return kind === "image" && !isImageType(contentTypeOf(head)) ? { wrong: "Its content is not a picture." } : { at: "file" };
}

/** Stored files are named one transaction after the other; call it before `nameContents`. */
export async function lockContents(client: ClientBase): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock($1)", [FILES_LOCK]);
}

/** The rows by which the database refers to content that lies there. */
export async function nameContents(client: ClientBase, files: string | undefined, sha256s: readonly string[]): Promise<void> {
  for (const sha256 of new Set(sha256s)) {
    const file = await claimFile(neededFolder(files), sha256);
    if (file === null) throw new AppError("import-overtaken", {});
    await client.query(
      "INSERT INTO stored_files (sha256, bytes, content_type) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING",
      [file.sha256, file.bytes, file.contentType],
    );
  }
}

/** Takes rows away that nothing refers to any more. */
export async function forgetContents(client: ClientBase, sha256s: readonly string[]): Promise<void> {
  if (sha256s.length === 0) return;
  await client.query(
    `DELETE FROM stored_files f WHERE f.sha256 = ANY($1::text[])
        AND NOT EXISTS (SELECT FROM items i WHERE i.image_sha256 = f.sha256)
        AND NOT EXISTS (SELECT FROM order_attachments a WHERE a.sha256 = f.sha256)`,
    [sha256s],
  );
}
