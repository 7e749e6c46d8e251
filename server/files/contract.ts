import { z } from "zod";

/**
 * Words. *Stored file*: content that lies outside of the database, under the sha256 of its bytes, and is never changed. *Image*: a stored file that
 * shows an item. *Attachment*: a stored file that goes with an order, under the name that a person gave it. *Upload*: brings content; what it is
 * for is said by the save that names it afterwards.
 */

const MEGABYTE = 1024 * 1024;

export const fileKindSchema = z.enum(["image", "attachment"]);
export type FileKind = z.infer<typeof fileKindSchema>;

/** How large an upload may be, in bytes. */
export const MOST_BYTES: Record<FileKind, number> = { image: 10 * MEGABYTE, attachment: 25 * MEGABYTE };

/** The types of pictures that are shown. SVG is none of them: it can hold scripts. */
export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;

/** The name of a stored file: the sha256 of its content, hex. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "not the sha256 of a file");

/** What is known of content; its type by its first bytes, whatever its sender called it. */
export const storedFileSchema = z.object({ sha256: sha256Schema, bytes: z.int(), contentType: z.string() });
export type StoredFile = z.infer<typeof storedFileSchema>;

const MOST_NAME = 200;
/** Control characters, separators of folders, and marks that turn the direction of reading and so could make an ending look like another. */
const NOT_IN_NAMES = /[\p{Cc}/\\\u202A-\u202E\u2066-\u2069]/u;

/** What a person calls a file: one line, at most 200 characters, no folders. */
export const fileNameSchema = z
  .string()
  .trim()
  .min(1, "Please give the file a name.")
  .max(MOST_NAME)
  .refine((name) => !NOT_IN_NAMES.test(name), "no slashes and no line breaks here");

/** The name of a file on a person's computer as one that `fileNameSchema` takes; what is cut off is before the ending. */
export function tidyFileName(name: string): string {
  const tidy = name.replace(new RegExp(NOT_IN_NAMES.source, "gu"), "_").trim();
  if (tidy === "") return "file";
  if (tidy.length <= MOST_NAME) return tidy;
  const ending = /\.[^.]{1,20}$/.exec(tidy)?.[0] ?? "";
  return `${tidy.slice(0, MOST_NAME - ending.length)}${ending}`;
}

/** Where uploads go, and where what they brought is read again. */
export const UPLOAD_PATH = "/api/files";
export const imagePath = (sha256: string) => `${UPLOAD_PATH}/${sha256}`;
export const attachmentPath = (id: string) => `${UPLOAD_PATH}/attachments/${id}`;
