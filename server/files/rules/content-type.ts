import { IMAGE_TYPES } from "../contract.ts";

/** How many bytes of a file's beginning are looked at. */
export const HEAD_BYTES = 16;
const UNKNOWN = "application/octet-stream";

type Mark = { at: number; bytes: string };

const MARKS: readonly { type: string; marks: readonly Mark[] }[] = [
  { type: "image/png", marks: [{ at: 0, bytes: "\x89PNG\r\n\x1a\n" }] },
  { type: "image/jpeg", marks: [{ at: 0, bytes: "\xff\xd8\xff" }] },
  { type: "image/gif", marks: [{ at: 0, bytes: "GIF87a" }] },
  { type: "image/gif", marks: [{ at: 0, bytes: "GIF89a" }] },
  {
    type: "image/webp",
    marks: [
      { at: 0, bytes: "RIFF" },
      { at: 8, bytes: "WEBP" },
    ],
  },
  { type: "application/pdf", marks: [{ at: 0, bytes: "%PDF-" }] },
];

/** The type of content by its first bytes; `application/octet-stream` for everything that is not known. */
export function contentTypeOf(head: Uint8Array): string {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  const fits = ({ at, bytes }: Mark) => text.startsWith(bytes, at);
  return MARKS.find(({ marks }) => marks.every(fits))?.type ?? UNKNOWN;
}

/** Whether content of this type is shown as a picture. */
export function isImageType(contentType: string): boolean {
  return IMAGE_TYPES.some((type) => type === contentType);
}
