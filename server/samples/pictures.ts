import { crc32, deflateSync } from "node:zlib";

/** Red, green, blue, opacity; each from 0 to 255. */
type Colour = readonly [number, number, number, number];
/** The colour of a point; the picture reaches from -1 to 1 in both directions, y downwards. */
type Drawing = (x: number, y: number) => Colour;

const SIZE = 192;
const NOTHING: Colour = [0, 0, 0, 0];
const GREY: Colour = [120, 126, 134, 255];

/** A spool of filament from its side. */
export function spool(colour: readonly [number, number, number]): Buffer {
  return draw((x, y) => {
    const distance = Math.hypot(x, y);
    if (distance > 0.9 || distance < 0.16) return NOTHING;
    if (distance > 0.82 || distance < 0.34) return shaded(GREY, 0.7);
    return shaded(colour, Math.sin(distance * 110) > 0.4 ? 0.86 : 1);
  });
}

/** A printed block with its layers, seen from above one corner. */
export function block(colour: readonly [number, number, number]): Buffer {
  return draw((x, y) => {
    const slope = Math.abs(x) / Math.sqrt(3);
    if (Math.abs(x) > 0.76 || Math.abs(y) + slope > 0.88) return NOTHING;
    if (y < -slope) return shaded(colour, 1.12);
    return shaded(colour, (x < 0 ? 0.9 : 0.66) * (Math.sin((y - slope) * 95) > 0.7 ? 0.9 : 1));
  });
}

/** A nut from above. */
export function nut(): Buffer {
  return draw((x, y) => {
    const edge = Math.max(Math.abs(x), Math.abs(x) / 2 + (Math.abs(y) * Math.sqrt(3)) / 2);
    const distance = Math.hypot(x, y);
    if (edge > 0.8 || distance < 0.36) return NOTHING;
    if (distance < 0.46) return shaded(GREY, 0.7);
    return shaded(GREY, 1.1 + 0.25 * Math.sin(Math.atan2(y, x) * 2));
  });
}

function shaded([red, green, blue]: readonly number[], light: number): Colour {
  const [r, g, b] = [red, green, blue].map((value) => Math.min(255, Math.round((value ?? 0) * light)));
  return [r ?? 0, g ?? 0, b ?? 0, 255];
}

/** Each pixel is the mean of four points, so that edges are smooth. */
function draw(drawing: Drawing): Buffer {
  const rows = Buffer.alloc(SIZE * (SIZE * 4 + 1));
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 0; column < SIZE; column += 1) {
      rows.set(pixel(drawing, column, row), row * (SIZE * 4 + 1) + 1 + column * 4);
    }
  }
  return png(rows);
}

function pixel(drawing: Drawing, column: number, row: number): number[] {
  const at = (place: number, part: number) => ((place + part) / SIZE) * 2 - 1;
  const points = [0.25, 0.75].flatMap((dx) => [0.25, 0.75].map((dy) => drawing(at(column, dx), at(row, dy))));
  const opacity = points.reduce((sum, [, , , alpha]) => sum + alpha, 0);
  const mean = (part: 0 | 1 | 2) => points.reduce((sum, point) => sum + point[part] * point[3], 0) / Math.max(opacity, 1);
  return [mean(0), mean(1), mean(2), opacity / 4];
}

/** Rows of RGBA, each behind a zero for "not filtered", as a PNG. */
function png(rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 6], 8);
  const mark = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([mark, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
