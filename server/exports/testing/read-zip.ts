import { crc32, inflateRawSync } from "node:zlib";

/** The entries of a zip by its directory, each compared with its own header: the little that our own zips need. Throws when anything does not agree. */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const { count, offset } = directoryOf(zip);
  const found = new Map<string, Buffer>();
  let at = offset;
  for (let place = 0; place < count; place += 1) {
    must(zip.readUInt32LE(at) === 0x02014b50, "no entry of the directory");
    const name = zip.toString("latin1", at + 46, at + 46 + zip.readUInt16LE(at + 28));
    const extra = at + 46 + name.length;
    const large = zip.readUInt32LE(at + 42) === 0xffffffff;
    const number = (small: number, place64: number) =>
      large ? Number(zip.readBigUInt64LE(extra + 4 + place64 * 8)) : zip.readUInt32LE(at + small);
    const [bytes, packed, begin] = [number(24, 0), number(20, 1), number(42, 2)];
    must(zip.readUInt32LE(begin) === 0x04034b50, "no header of an entry");
    must(zip.toString("latin1", begin + 30, begin + 30 + name.length) === name, "another name");
    const content = begin + 30 + name.length + zip.readUInt16LE(begin + 28);
    const local = begin + 30 + name.length;
    const localLarge = zip.readUInt16LE(local) === 1;
    must((localLarge ? Number(zip.readBigUInt64LE(local + 12)) : zip.readUInt32LE(begin + 18)) === packed, "another size");
    const unpacked = inflateRawSync(zip.subarray(content, content + packed));
    must(unpacked.length === bytes && crc32(unpacked) === zip.readUInt32LE(at + 16), "other content");
    must(crc32(unpacked) === zip.readUInt32LE(begin + 14), "another checksum");
    must(!found.has(name), "a name twice");
    found.set(name, unpacked);
    at += 46 + name.length + zip.readUInt16LE(at + 30);
  }
  return found;
}

function directoryOf(zip: Buffer): { count: number; offset: number } {
  const end = zip.length - 22;
  must(zip.readUInt32LE(end) === 0x06054b50, "no end");
  if (zip.readUInt32LE(end + 16) !== 0xffffffff) return { count: zip.readUInt16LE(end + 10), offset: zip.readUInt32LE(end + 16) };
  const large = Number(zip.readBigUInt64LE(end - 20 + 8));
  must(zip.readUInt32LE(large) === 0x06064b50, "no large end");
  return { count: Number(zip.readBigUInt64LE(large + 32)), offset: Number(zip.readBigUInt64LE(large + 48)) };
}

function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`This is not a whole zip: ${what}.`);
}
