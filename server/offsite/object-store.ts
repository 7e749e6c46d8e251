import type { Readable } from "node:stream";

/** What is put: its size and digest are known before, and any part of it can be read again. */
export type Source = {
  bytes: number;
  sha256: string;
  /** Exactly the bytes from `start` on, `length` of them. */
  read: (start: number, length: number) => Promise<Buffer>;
};

/** An object as it lies there. `sha256` is what the storage knows of it, computed by it or kept for us; `null` when it knows none. */
export type Stored = { name: string; bytes: number; sha256: string | null };

/** What an object must be: one that is not fails the stream at its end, before which nothing of it may be relied on. */
export type Expected = { bytes: number; sha256: string };

export type TransferOptions = {
  signal?: AbortSignal;
  /** How many bytes have gone or come, those included that were there already. */
  onBytes?: (bytes: number) => void;
};

/**
 * Where objects lie under names of ours (`[A-Za-z0-9.-]`, never a path). What fails throws a code that begins with `offsite-`, or the reason of
 * the signal. One suite tests all of them.
 */
export type ObjectStore = {
  /** The storage in words, for messages. */
  where: string;
  /** Makes the storage ready to be used, once, when it is set up. */
  claim: () => Promise<void>;
  /**
   * Puts an object, whole and verified, or not at all; one of that name is replaced. After a failure that passes, or a crash, the next call goes
   * on with what is there already; after `offsite-denied` and the like and after an abort nothing is left there.
   */
  put: (name: string, source: Source, options?: TransferOptions) => Promise<void>;
  /** An object's content as a stream. Throws `offsite-missing` at once; the stream fails with `offsite-differs` when it is not as expected. */
  get: (name: string, options?: TransferOptions & { expected?: Expected }) => Promise<Readable>;
  /** An object's size, and its digest as the storage knows it; `null` when there is none. */
  head: (name: string) => Promise<Stored | null>;
  /** All objects, in order of their names. Their digests are not looked up. */
  list: (signal?: AbortSignal) => Promise<Stored[]>;
  /** Deletes an object, and what a broken-off `put` of that name left. That it is not there is fine. */
  delete: (name: string) => Promise<void>;
  /** Seconds that the storage's clock was found to be ahead of ours, as far as it mattered. */
  clockAheadSeconds: () => number;
};
