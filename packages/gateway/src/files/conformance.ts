/** What every file store must do. An engine's test calls `describeFileStore` with a way to open a fresh, empty one. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { FileStore } from './files.ts';

export interface FileStoreUnderTest {
  readonly files: FileStore;
  /** Opens the same store again, as after a restart. */
  reopen(): Promise<FileStore>;
  close(): Promise<void>;
}

export function describeFileStore(name: string, openFresh: () => Promise<FileStoreUnderTest>): void {
  describe(`${name}: file store`, () => {
    let store: FileStoreUnderTest;
    let outside: string;
    before(async () => {
      store = await openFresh();
      outside = await mkdtemp(join(tmpdir(), 'sluice-outside-'));
    });
    after(async () => {
      await store.close();
      await rm(outside, { recursive: true, force: true });
    });

    it('keeps what was put, over a reopening, with its size and hash', async () => {
      const data = bytes('hello');
      const stored = await store.files.put('results/task-1/1.bin', data);
      assert.deepEqual(stored, { key: 'results/task-1/1.bin', bytes: 5, sha256: sha256(data) });
      const again = await store.reopen();
      assert.deepEqual(text(await again.read('results/task-1/1.bin')), 'hello');
      assert.equal((await again.stat('results/task-1/1.bin'))?.bytes, 5);
    });

    it('replaces a file whole: a stream opened before still gives the old bytes', async () => {
      await store.files.put('replace/a', bytes('old'));
      const old = await store.files.open('replace/a');
      await store.files.put('replace/a', bytes('newer'));
      assert.equal(await collect(old), 'old');
      assert.equal(await collect(await store.files.open('replace/a')), 'newer');
    });

    it('says null for what is not there, and removing it is fine', async () => {
      assert.equal(await store.files.read('absent/x'), null);
      assert.equal(await store.files.stat('absent/x'), null);
      assert.equal(await store.files.open('absent/x'), null);
      await store.files.remove('absent/x');
      await store.files.put('folder/file', bytes('x'));
      assert.equal(await store.files.read('folder'), null);
      assert.equal(await store.files.stat('folder'), null);
      assert.equal(await store.files.open('folder'), null);
      assert.equal(await store.files.read('folder/file/below'), null);
    });

    it('gives ranges, first and last byte included', async () => {
      await store.files.put('ranges/a', bytes('0123456789'));
      assert.equal(await collect(await store.files.open('ranges/a', { start: 0, end: 0 })), '0');
      assert.equal(await collect(await store.files.open('ranges/a', { start: 3, end: 6 })), '3456');
      assert.equal(await collect(await store.files.open('ranges/a', { start: 7, end: 9 })), '789');
    });

    it('adopts a file of this machine: the bytes are here and gone there', async () => {
      const path = join(outside, 'made.mp4');
      await writeFile(path, 'clip');
      const stored = await store.files.adopt('adopted/1.mp4', path);
      assert.deepEqual(stored, { key: 'adopted/1.mp4', bytes: 4, sha256: sha256(bytes('clip')) });
      assert.equal(text(await store.files.read('adopted/1.mp4')), 'clip');
      await assert.rejects(access(path), { code: 'ENOENT' });
      await assert.rejects(store.files.adopt('adopted/2.mp4', path), { code: 'ENOENT' });
      assert.equal(await store.files.stat('adopted/2.mp4'), null);
    });

    it('lists everything below a prefix and nothing beside it', async () => {
      for (const key of ['list/a/1', 'list/a/b/2', 'list/c', 'listing/d'])
        await store.files.put(key, bytes(key));
      const keys: string[] = [];
      for await (const entry of store.files.list('list/')) {
        assert.ok(Number.isFinite(entry.modifiedAt) && entry.modifiedAt > 0);
        keys.push(entry.key);
      }
      assert.deepEqual(keys.sort(), ['list/a/1', 'list/a/b/2', 'list/c']);
      for (const key of keys) await store.files.remove(key);
      for await (const entry of store.files.list('list/')) assert.fail(`${entry.key} is still listed`);
      assert.equal(text(await store.files.read('listing/d')), 'listing/d');
    });

    it('survives many writers and removers of the same folder', async () => {
      const work = Array.from({ length: 40 }, async (_, index) => {
        await store.files.put(`busy/${index}`, bytes(String(index)));
        assert.equal(text(await store.files.read(`busy/${index}`)), String(index));
        await store.files.remove(`busy/${index}`);
      });
      await Promise.all(work);
      for await (const entry of store.files.list('busy/')) assert.fail(`${entry.key} is left`);
    });

    it('refuses every key that is not plain', async () => {
      const hostile = fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('.', '/', '\\', 'a', '%2e', '\0', '~', ' ', 'A', 'é') }),
        fc.constantFrom(
          '..',
          '../x',
          'a/../../x',
          '/etc/passwd',
          'a//b',
          'a/',
          '.incoming/0',
          'a/.',
          'a..b',
          'A',
          'con.',
          '',
        ),
      );
      const plain = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;
      await fc.assert(
        fc.asyncProperty(hostile, async (key) => {
          fc.pre(!plain.test(key) || key.includes('..'));
          for (const call of [
            () => store.files.put(key, bytes('x')),
            () => store.files.read(key),
            () => store.files.stat(key),
            () => store.files.open(key),
            () => store.files.remove(key),
            () => store.files.adopt(key, join(outside, 'none')),
          ]) {
            await assert.rejects(call, { name: 'BadKeyError' });
          }
        }),
        { numRuns: 300 },
      );
    });

    it('keeps any bytes under any plain key', async () => {
      const part = fc.stringMatching(/^[a-z0-9]([a-z0-9_-]{0,12}[a-z0-9])?$/);
      const keys = fc
        .array(part, { minLength: 1, maxLength: 4 })
        .map((parts) => `any/${parts.join('/')}.bin`);
      await fc.assert(
        fc.asyncProperty(keys, fc.uint8Array({ maxLength: 2000 }), async (key, data) => {
          const stored = await store.files.put(key, data);
          assert.equal(stored.sha256, sha256(data));
          assert.deepEqual(Buffer.from((await store.files.read(key)) ?? 'absent'), Buffer.from(data));
        }),
        { numRuns: 40 },
      );
    });
  });
}

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const text = (data: Uint8Array | null): string | null => (data ? Buffer.from(data).toString('utf8') : null);
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

async function collect(stream: Readable | null): Promise<string> {
  assert.ok(stream, 'expected a stream');
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
