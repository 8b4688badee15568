import assert from 'node:assert/strict';
import { test } from 'node:test';
import { undate } from './undate.ts';

function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'ascii');
  return Buffer.concat([head, body]);
}

/** Version, flags, then times of the version's width, then something that must stay. */
const header = (version: number) =>
  Buffer.concat([
    Buffer.from([version, 0, 0, 7]),
    Buffer.alloc(version === 1 ? 16 : 8, 0xaa),
    Buffer.from('kept'),
  ]);
const clean = (version: number) =>
  Buffer.concat([Buffer.from([version, 0, 0, 7]), Buffer.alloc(version === 1 ? 16 : 8), Buffer.from('kept')]);

const file = (part: (version: number) => Buffer) =>
  Buffer.concat([
    box('ftyp', Buffer.from('isom')),
    box(
      'moov',
      box('mvhd', part(0)),
      box('trak', box('tkhd', part(1)), box('mdia', box('mdhd', part(0)))),
      box('udta', Buffer.from('mvhd????')),
    ),
    box('mdat', Buffer.from('mvhd is a word here')),
  ]);

test('the times of all headers become zero and nothing else changes', () => {
  const dated = file(header);
  undate(dated);
  assert.deepEqual(dated, file(clean));
});
