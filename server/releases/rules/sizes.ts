/** No `release.json` and no signature is larger, in bytes. */
export const DOCUMENT_BYTES = 256 * 1024;
export const SIGNATURE_BYTES = 4096;

const NOTES_CHARACTERS = 64 * 1024;

/** Notes as they are shown at most, with a mark where they were cut. */
export function cutNotes(notes: string): string {
  const mark = "\n\n…";
  return notes.length <= NOTES_CHARACTERS ? notes : `${notes.slice(0, NOTES_CHARACTERS - mark.length)}${mark}`;
}
