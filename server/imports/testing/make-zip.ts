import { createHash } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";
import type { Entity, ExchangeManifest } from "../../exchange/contract.ts";
import { COLUMNS } from "../../exchange/rules/columns.ts";

export type Part = {
  name: string;
  content: Buffer | string;
  /** Stored instead of deflated. */
  stored?: boolean;
  /** What the directory says in place of the truth. */
  claims?: { bytes?: number; crc32?: number; offset?: number; flags?: number; method?: number };
};

/** A zip as other programs write them; with claims, as only somebody with bad intentions does. */
export function makeZip(parts: readonly Part[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, stored = false, claims = {} } of parts) {
    const bytes = Buffer.from(content);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const method = claims.method ?? (stored ? 0 : 8);
    const fields = Buffer.alloc(22);
    fields.writeUInt16LE(claims.flags ?? 0x800, 0);
    fields.writeUInt16LE(method, 2);
    fields.writeUInt32LE(claims.crc32 ?? crc32(bytes), 8);
    fields.writeUInt32LE(packed.length, 12);
    fields.writeUInt32LE(claims.bytes ?? bytes.length, 16);
    fields.writeUInt16LE(Buffer.byteLength(name), 20);
    const head = Buffer.concat([bytesOf(0x04034b50, 4), bytesOf(20, 2), fields, bytesOf(0, 2), Buffer.from(name)]);
    directory.push(
      Buffer.concat([
        ...[bytesOf(0x02014b50, 4), bytesOf(20, 2), bytesOf(20, 2), fields, bytesOf(0, 2)],
        ...[bytesOf(0, 8), bytesOf(0, 2), bytesOf(claims.offset ?? offset, 4), Buffer.from(name)],
      ]),
    );
    bodies.push(head, packed);
    offset += head.length + packed.length;
  }
  const all = Buffer.concat(directory);
  const end = Buffer.concat([
    ...[bytesOf(0x06054b50, 4), bytesOf(0, 4), bytesOf(parts.length, 2), bytesOf(parts.length, 2)],
    ...[bytesOf(all.length, 4), bytesOf(offset, 4), bytesOf(0, 2)],
  ]);
  return Buffer.concat([...bodies, all, end]);
}

function bytesOf(value: number, width: number): Buffer {
  const buffer = Buffer.alloc(width);
  for (let at = 0; at < Math.min(width, 4); at += 1) buffer[at] = (value >>> (8 * at)) & 0xff;
  return buffer;
}

export const EXPORTED_AT = "2026-11-26T12:00:00.000Z";

/** The manifest of an export with these files. */
export function manifestFor(
  files: Readonly<Partial<Record<string, string | Buffer>>>,
  more: Partial<ExchangeManifest> = {},
): string {
  const described = Object.entries(files).map(([name, content = ""]) => ({
    name,
    entity: name.split(".", 1)[0] as Entity,
    rows: Math.max(0, content.toString().split(name.endsWith(".csv") ? "\r\n" : "\n").length - (name.endsWith(".csv") ? 2 : 1)),
    bytes: Buffer.byteLength(content),
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  return JSON.stringify({
    ...{ product: "filaops", formatVersion: 1, appVersion: "1.0.0", exportedAt: EXPORTED_AT },
    ...{ format: "csv", files: described, withFiles: true, totals: {}, ...more },
  });
}

/** An export of ours by hand: rows in the columns of an export, already as they stand in CSV. */
export function ourZip(rows: Partial<Record<Entity, readonly (readonly string[])[]>>, more: readonly Part[] = []): Buffer {
  const files = Object.fromEntries(
    Object.entries(rows).map(([entity, lines]) => [
      `${entity}.csv`,
      [COLUMNS[entity as Entity].map(({ name }) => name), ...lines].map((line) => `${line.join(",")}\r\n`).join(""),
    ]),
  );
  const parts = Object.entries(files).map(([name, content]) => ({ name, content }));
  return makeZip([...parts, ...more, { name: "manifest.json", content: manifestFor(files) }]);
}
