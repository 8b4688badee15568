import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { describeFileStore } from './conformance.ts';
import { openLocalFiles } from './local.ts';

describeFileStore('local folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-files-'));
  return {
    files: await openLocalFiles(root),
    reopen: () => openLocalFiles(root),
    close: () => rm(root, { recursive: true, force: true }),
  };
});

describe('local folder: what only it can show', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-files-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('copies where the file lies on another device, and then removes the original', async () => {
    const source = join(root, 'elsewhere.bin');
    await writeFile(source, 'far away');
    const files = await openLocalFiles(join(root, 'a'), {
      move: () => Promise.reject(Object.assign(new Error('cross-device link'), { code: 'EXDEV' })),
    });
    const stored = await files.adopt('in/1', source);
    assert.equal(stored.bytes, 8);
    assert.equal(Buffer.from((await files.read('in/1')) ?? []).toString(), 'far away');
    await assert.rejects(access(source), { code: 'ENOENT' });
  });

  it('leaves the original alone when it cannot be taken over', async () => {
    const source = join(root, 'kept.bin');
    await writeFile(source, 'kept');
    const files = await openLocalFiles(join(root, 'b'), {
      move: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })),
    });
    await assert.rejects(files.adopt('in/1', source), { code: 'EACCES' });
    await access(source);
  });

  it('does not follow a symbolic link handed over as a result', async () => {
    const files = await openLocalFiles(join(root, 'c'));
    const link = join(root, 'link');
    await symlink('/etc/hostname', link);
    await assert.rejects(files.adopt('in/1', link), /regular file/);
  });

  it('clears what dead processes left half written, but not what is fresh', async () => {
    const incoming = join(root, 'd', '.incoming');
    await mkdir(join(incoming, 'p-old'), { recursive: true });
    await mkdir(join(incoming, 'p-new'));
    const longAgo = new Date(Date.now() - 48 * 3600_000);
    await utimes(join(incoming, 'p-old'), longAgo, longAgo);
    await openLocalFiles(join(root, 'd'));
    const left = await readdir(incoming);
    assert.ok(!left.includes('p-old'));
    assert.ok(left.includes('p-new'));
  });

  it('leaves nothing behind when a write fails', async () => {
    const files = await openLocalFiles(join(root, 'e'));
    await files.put('a', new Uint8Array(1));
    await assert.rejects(files.put('a/b', new Uint8Array(1)));
    const [own] = await readdir(join(root, 'e', '.incoming'));
    assert.deepEqual(await readdir(join(root, 'e', '.incoming', own ?? '')), []);
  });

  it('takes emptied folders away, up to the root', async () => {
    const files = await openLocalFiles(join(root, 'f'));
    await files.put('x/y/z/1', new Uint8Array(1));
    await files.remove('x/y/z/1');
    assert.deepEqual(await readdir(join(root, 'f')), ['.incoming']);
  });
});
