import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanName, nameInUrl, readFileName, readUploadPath, withTrueExtension } from './names.ts';

const HOSTILE = [
  '../../etc/passwd',
  '..',
  '.',
  '.htaccess',
  'a\0b',
  'a\r\nSet-Cookie: x',
  'C:\\windows\\x.png',
  'x\u202egnp.exe',
  'nul. ',
  '"; rm -rf',
  '\ud800',
  '',
  ' ',
];
const nasty = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({
    unit: fc.constantFrom('.', '/', '\\', '\0', '\n', 'a', '%2e', '\u202e', '\ud800', 'é', ' ', '猫'),
  }),
  fc.string({ unit: 'binary' }),
);

/** What every name that got through must be. */
function assertPlain(name: string): void {
  assert.ok(name !== '' && Buffer.byteLength(name) <= 200);
  assert.ok(name.isWellFormed());
  assert.doesNotMatch(name, /[/\\:*?"<>|\p{Cc}\u202a-\u202e\u2066-\u2069]|^\.|[. ]$/u);
  assert.equal(name, name.normalize('NFC'));
  assert.equal(decodeURIComponent(encodeURIComponent(name)), name);
}

describe('names', () => {
  it('that a client chose are plain or refused', () => {
    fc.assert(
      fc.property(nasty, (given) => {
        const read = readFileName(given);
        if (read.kind === 'plain') assertPlain(read.text);
      }),
      { numRuns: 1000 },
    );
    for (const given of HOSTILE) assert.equal(readFileName(given).kind, 'refused', JSON.stringify(given));
  });

  it('keep the letters of the world', () => {
    for (const name of [
      'Überraschung.png',
      '猫の写真.jpg',
      'صورة.png',
      'می‌خواهم.png',
      '👨‍👩‍👧.gif',
      'a b (1).mp4',
    ]) {
      assert.deepEqual(readFileName(name), { kind: 'plain', text: name.normalize('NFC') });
    }
  });

  it('that came along are cleaned until they are plain, or dropped', () => {
    fc.assert(
      fc.property(nasty, (given) => {
        const name = cleanName(given);
        if (name !== '') assertPlain(name);
      }),
      { numRuns: 1000 },
    );
    assert.equal(cleanName('C:\\photos\\cat.png'), 'cat.png');
    assert.equal(cleanName('../../etc/passwd'), 'passwd');
    assert.equal(cleanName(`${'x'.repeat(500)}.png`).slice(-5), 'x.png');
  });

  it('of paths are parts that are plain', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nasty,
          fc.array(nasty).map((parts) => parts.join('/')),
        ),
        (given) => {
          const read = readUploadPath(given);
          if (read.kind === 'plain' && read.text !== '')
            for (const part of read.text.split('/')) assertPlain(part);
        },
      ),
      { numRuns: 1000 },
    );
    assert.deepEqual(readUploadPath('/images/2026/'), { kind: 'plain', text: 'images/2026' });
    for (const given of ['a/../b', 'a//b', 'a/./b', 'a\\b', 'x/'.repeat(20)]) {
      assert.equal(readUploadPath(given).kind, 'refused', given);
    }
  });

  it('in URLs are the last part, decoded once', () => {
    assert.equal(nameInUrl('https://a.test/x/%E7%8C%AB.png?y=1'), '猫.png');
    assert.equal(nameInUrl('https://a.test/%2e%2e%2fpasswd'), 'passwd');
    assert.equal(nameInUrl('https://a.test/%ff'), '%ff');
    assert.equal(nameInUrl('https://a.test/'), '');
    assert.equal(nameInUrl('no url'), '');
  });

  it('end in what the file is', () => {
    assert.equal(withTrueExtension('cat.png', 'image/png'), 'cat.png');
    assert.equal(withTrueExtension('cat.JPEG', 'image/jpeg'), 'cat.JPEG');
    assert.equal(withTrueExtension('cat', 'image/png'), 'cat.png');
    assert.equal(withTrueExtension('evil.html', 'image/gif'), 'evil.html.gif');
    assert.equal(withTrueExtension('cat.jpg', 'image/png'), 'cat.jpg.png');
    assert.equal(withTrueExtension('voice.mp4', 'audio/mp4'), 'voice.mp4');
    assert.equal(withTrueExtension('run.exe', 'video/mp4'), 'run.exe.mp4');
    assert.equal(withTrueExtension('clip.svg', 'video/mp4'), 'clip.svg.mp4');
  });
});
