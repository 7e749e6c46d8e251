/** What the gate throws away of a body, too: beyond it the connection is lost anyway. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads what is left of a body that is refused, so that the connection can be used again. The rest of one that is left alone stays in the way of the
 * next request on it, which is then not even heard, until the server gives the connection up after five seconds.
 */
export async function discardRest(body: ReadableStream<Uint8Array> | null): Promise<void> {
  // What somebody else still reads is theirs.
  if (body === null || body.locked) return;
  const reader = body.getReader();
  try {
    for (let bytes = 0; bytes < MOST_BYTES;) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
  } catch {
    // Its sender has gone: there is nothing left to read, and nobody to tell.
  } finally {
    reader.releaseLock();
  }
}

/** A body that is not read to its end is left as it is: cancelling it would cut the connection before the answer is there. */
export async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
