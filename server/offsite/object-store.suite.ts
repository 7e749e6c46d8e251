import { createHash, randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ObjectStore, Source } from "./object-store.ts";
import { bufferSource } from "./sources.ts";

/** A storage under test. `spoil` changes the object that lies there without the store's knowing. */
export type StoreUnderTest = {
  store: ObjectStore;
  /** A new store on the same storage, as after a restart. */
  again: () => ObjectStore;
  spoil: (name: string, change: (content: Buffer) => Buffer) => Promise<void>;
  close: () => Promise<void>;
};

/** One that reads as a file does, and lets a test in between. */
function watched(content: Buffer, onRead: (start: number) => void): Source {
  const source = bufferSource(content);
  return {
    ...source,
    read: (start, length) => {
      onRead(start);
      return source.read(start, length);
    },
  };
}

/** What every storage has to do. `large` is a size that takes it several steps. */
export function objectStoreSuite(name: string, open: () => Promise<StoreUnderTest>, large: number): void {
  describe(name, () => {
    let stage: StoreUnderTest;
    let store: ObjectStore;
    beforeEach(async () => {
      stage = await open();
      store = stage.store;
      await store.claim();
    });
    afterEach(() => stage.close());

    const digest = (content: Buffer) => ({ bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") });

    test.each([0, 1, 1000, large])("keeps %i bytes, and gives back what it was given", async (length) => {
      const content = randomBytes(length);
      const told: number[] = [];
      await store.put("a.bin", bufferSource(content), { onBytes: (bytes) => told.push(bytes) });
      if (length > 0) expect(told.at(-1)).toBe(length);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(await store.head("a.bin")).toMatchObject({ name: "a.bin", bytes: length });
      const got: number[] = [];
      const stream = await store.get("a.bin", { expected: digest(content), onBytes: (bytes) => got.push(bytes) });
      expect((await buffer(stream)).equals(content)).toBe(true);
      expect(got.at(-1) ?? 0).toBe(length);
    });

    test("replaces, lists in order, deletes, and says what is not there", async () => {
      expect(await store.list()).toEqual([]);
      expect(await store.head("b.bin")).toBeNull();
      await expect(store.get("b.bin")).rejects.toMatchObject({ code: "offsite-missing" });
      for (const object of ["b.bin", "c.bin", "a.json"]) await store.put(object, bufferSource(Buffer.from(object)));
      await store.put("b.bin", bufferSource(Buffer.from("another")));
      const listed = (await store.list()).map(({ name, bytes }) => [name, bytes]);
      expect(listed).toEqual([
        ["a.json", 6],
        ["b.bin", 7],
        ["c.bin", 5],
      ]);
      expect((await buffer(await store.get("b.bin"))).toString()).toBe("another");
      await store.delete("b.bin");
      await store.delete("b.bin");
      expect((await store.list()).map((object) => object.name)).toEqual(["a.json", "c.bin"]);
    });

    test.each([
      ["a bit flipped", (content: Buffer) => Buffer.concat([content.subarray(0, -1), Buffer.from([(content.at(-1) ?? 0) ^ 1])])],
      ["cut", (content: Buffer) => content.subarray(0, -1)],
      ["grown", (content: Buffer) => Buffer.concat([content, Buffer.from("x")])],
      ["empty", () => Buffer.alloc(0)],
    ])("finds what was damaged there: %s", async (_what, change) => {
      const content = randomBytes(large);
      await store.put("a.bin", bufferSource(content));
      await stage.spoil("a.bin", change);
      const stream = await store.get("a.bin", { expected: digest(content) });
      await expect(buffer(stream)).rejects.toMatchObject({ code: "offsite-differs" });
    });

    test("leaves nothing of what was cancelled, and takes it when it comes again", async () => {
      const content = randomBytes(large);
      const cancel = new AbortController();
      const source = watched(content, (start) => {
        if (start > large / 2) cancel.abort(new Error("by a person"));
      });
      await expect(store.put("a.bin", source, { signal: cancel.signal })).rejects.toThrow("by a person");
      expect(await store.list()).toEqual([]);
      const read: number[] = [];
      await stage.again().put(
        "a.bin",
        watched(content, (start) => read.push(start)),
      );
      expect(read[0]).toBe(0);
      expect(await store.head("a.bin")).toMatchObject({ bytes: large });
    });

    test("stops giving at once when it is cancelled", async () => {
      const content = randomBytes(large);
      await store.put("a.bin", bufferSource(content));
      const cancel = new AbortController();
      const stopAt = () => {
        cancel.abort(new Error("by a person"));
      };
      const stream = await store.get("a.bin", { expected: digest(content), signal: cancel.signal, onBytes: stopAt });
      await expect(buffer(stream)).rejects.toThrow("by a person");
    });
  });
}
