import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { readBmpHeader } from './bmp-header.ts';
import { decodeBmp } from './decode-bmp.ts';
import { decodeIco } from './decode-ico.ts';
import type { Pixels, Undecodable } from './pixels.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const BITMAPS = ['rgb24', 'os2', 'v5-rgb24', 'v5-alpha32', 'pal8', 'rle8', 'pal4', 'mono'] as const;
const ICONS = ['icon32', 'icon4'] as const;

function rgba(decoded: Pixels | Undecodable): number[] {
  assert.ok(!('why' in decoded), JSON.stringify(decoded));
  const { data, width, height, channels } = decoded;
  assert.equal(data.byteLength, width * height * channels);
  return Array.from({ length: width * height }, (_, at) => [
    ...data.subarray(at * channels, at * channels + 3),
    channels === 4 ? (data[at * 4 + 3] ?? 0) : 255,
  ]).flat();
}

const hex = (pixels: readonly number[]) =>
  Array.from({ length: pixels.length / 4 }, (_, at) =>
    Buffer.from(pixels.slice(at * 4, at * 4 + 4)).toString('hex'),
  );

interface Parts {
  readonly size: readonly [width: number, height: number];
  readonly bits: number;
  readonly compression?: number;
  readonly masks?: readonly number[];
  readonly palette?: readonly string[];
  /** Hexadecimal, as in the file. */
  readonly pixels: string;
}

/** A bitmap of 40 header bytes, by hand. */
function bitmap({ size, bits, compression = 0, masks = [], palette = [], pixels }: Parts): Buffer {
  const head = Buffer.alloc(54);
  const tail = Buffer.concat([
    ...masks.map((mask) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(mask);
      return bytes;
    }),
    ...palette.map((colour) => Buffer.from(`${colour}00`, 'hex')),
  ]);
  head.write('BM');
  head.writeUInt32LE(54 + tail.byteLength, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(size[0], 18);
  head.writeInt32LE(size[1], 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  head.writeUInt32LE(palette.length, 46);
  return Buffer.concat([head, tail, Buffer.from(pixels.replaceAll(' ', ''), 'hex')]);
}

describe('bitmaps and icons', () => {
  for (const name of [...BITMAPS.map((one) => `${one}.bmp`), ...ICONS.map((one) => `${one}.ico`)]) {
    it(`reads ${name} as ImageMagick does, and finds it cut`, async () => {
      const file = fixture(name);
      const decoded = name.endsWith('.ico') ? decodeIco(file) : decodeBmp(file);
      assert.ok(!('png' in decoded));
      const seen = await sharp(fixture(`${name}.png`))
        .ensureAlpha()
        .raw()
        .toBuffer();
      assert.deepEqual(Buffer.from(rgba(decoded)), seen);
      for (const share of [0.3, 0.6, 0.9]) {
        const cut = file.subarray(0, Math.floor(file.byteLength * share));
        const damaged = name.endsWith('.ico') ? decodeIco(cut) : decodeBmp(cut);
        assert.ok('why' in damaged, `${name} cut at ${share}`);
      }
    });
  }

  it('reads rows from the top where the height is negative', () => {
    const file = fixture('rgb24.bmp');
    const upright = hex(rgba(decodeBmp(file)));
    file.writeInt32LE(-file.readInt32LE(22), 22);
    const turned = hex(rgba(decodeBmp(file)));
    const rows = (pixels: readonly string[]) =>
      Array.from({ length: 9 }, (_, y) => pixels.slice(y * 23, y * 23 + 23));
    assert.deepEqual(rows(turned), rows(upright).reverse());
  });

  it('reads 16 bits, with the usual masks and with its own, and alpha where a mask is for it', () => {
    const five = bitmap({ size: [2, 1], bits: 16, pixels: '1f7c 0000' });
    assert.deepEqual(hex(rgba(decodeBmp(five))), ['ff00ffff', '000000ff']);
    const six = bitmap({
      size: [2, 1],
      bits: 16,
      compression: 3,
      masks: [0xf800, 0x7e0, 0x1f],
      pixels: 'e007 00f8',
    });
    assert.deepEqual(hex(rgba(decodeBmp(six))), ['00ff00ff', 'ff0000ff']);
    const glass = { bits: 16, compression: 6, masks: [0xf00, 0xf0, 0xf, 0xf000] } as const;
    const seen = decodeBmp(bitmap({ ...glass, size: [2, 1], pixels: '008f ff0f' }));
    assert.deepEqual(hex(rgba(seen)), ['ff000088', 'ffffff00']);
    const nothing = decodeBmp(bitmap({ ...glass, size: [2, 1], pixels: '000f ff0f' }));
    assert.deepEqual(
      hex(rgba(nothing)),
      ['ff0000ff', 'ffffffff'],
      'an alpha of 0 everywhere was never meant',
    );
  });

  it('reads runs, jumps and ends of rows, and leaves out what runs over the edge', () => {
    const palette = ['000000', '0000ff', '00ff00'];
    const eight = bitmap({
      size: [3, 2],
      bits: 8,
      compression: 1,
      palette,
      // Two of 1, end of row; one to the right, then two single values (one too many), padded; end.
      pixels: '0201 0000 0002 0100 0003 020101 00 0001',
    });
    const [black, red, green] = ['000000ff', 'ff0000ff', '00ff00ff'];
    assert.deepEqual(hex(rgba(decodeBmp(eight))), [black, green, red, red, red, black]);
    const four = bitmap({ size: [3, 1], bits: 4, compression: 2, palette, pixels: '0312 0001' });
    assert.deepEqual(hex(rgba(decodeBmp(four))), [red, green, red]);
  });

  it('says why it gives no pixels', () => {
    const why = (file: Buffer) => {
      const decoded = decodeBmp(file);
      return 'why' in decoded ? decoded.why : 'pixels';
    };
    const plain = { size: [4, 4], bits: 24, pixels: '00'.repeat(48) } as const;
    assert.equal(why(bitmap(plain)), 'pixels');
    assert.match(why(bitmap({ ...plain, bits: 17 })), /^is damaged/);
    assert.match(why(bitmap({ ...plain, size: [0, 4] })), /^is damaged/);
    assert.match(
      why(bitmap({ ...plain, size: [60_000, 60_000] })),
      /^is damaged/,
      'before anything is reserved',
    );
    assert.match(why(bitmap({ ...plain, size: [4, 5] })), /^ends too early/);
    assert.match(why(bitmap({ ...plain, compression: 4 })), /^is compressed/);
    assert.match(
      why(bitmap({ size: [3, 2], bits: 8, compression: 1, palette: ['000000'], pixels: '0300' })),
      /^ends too early/,
    );
  });

  it('gives pixels or a reason for whatever bytes it gets', () => {
    const seeds = [...BITMAPS.map((name) => `${name}.bmp`), ...ICONS.map((name) => `${name}.ico`)].map(
      fixture,
    );
    const change = fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255));
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { maxLength: 5 }), (seed, changes) => {
        const file = Buffer.from(seed);
        for (const [place, byte] of changes) file[Math.floor(place ** 2 * file.byteLength)] = byte;
        const header = readBmpHeader(file);
        // Bearable claims are believed; reserving 50 megapixels a thousand times over would only be slow.
        if (header && header.width * header.height > 100_000) return;
        const decoded = file[0] === 0x42 ? decodeBmp(file) : decodeIco(file);
        if ('why' in decoded || 'png' in decoded) return;
        read++;
        assert.equal(decoded.data.byteLength, decoded.width * decoded.height * decoded.channels);
      }),
      { numRuns: 600 },
    );
    assert.ok(read > 100, `${read}`);
  });
});
