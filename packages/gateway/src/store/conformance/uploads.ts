import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { UploadRecord } from '../uploads.ts';
import { type Customer, customer, NOW } from './sample.ts';
import { type OpenSubject, sharedStore, storeTest } from './subject.ts';

const LIFE = 1000;
const MANY = 100;

export function uploadTests(open: OpenSubject): void {
  const test = sharedStore(open);

  storeTest('an admitted upload is there after a restart', open, async (store, subject) => {
    const by = await customer(store);
    const one = upload(by);
    assert.deepEqual(await store.admitUpload(one, MANY), { kind: 'admitted', replaced: null });
    const again = await subject.reopen();
    assert.deepEqual(await again.upload(one.id, NOW), one);
  });

  test('the list has the newest first, in pages, and only of the account', async (store) => {
    const [by, other] = [await customer(store), await customer(store)];
    const mine = Array.from({ length: 5 }, (_, i) => upload(by, { createdAt: NOW + i }));
    for (const one of [...mine, upload(other)]) await store.admitUpload(one, MANY);
    const newest = mine.toReversed();
    assert.deepEqual(await store.uploads(by.accountId, NOW, 0, 2), {
      uploads: newest.slice(0, 2),
      total: 5,
    });
    assert.deepEqual(await store.uploads(by.accountId, NOW, 4, 2), { uploads: newest.slice(4), total: 5 });
    assert.deepEqual(await store.uploads(by.accountId, NOW, 9, 2), { uploads: [], total: 5 });
  });

  test('of a hundred at once exactly as many are admitted as there are places', async (store) => {
    const by = await customer(store);
    const other = await customer(store);
    await store.admitUpload(upload(other), 1);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => store.admitUpload(upload(by), 7)));
    assert.equal(outcomes.filter(({ kind }) => kind === 'admitted').length, 7);
    assert.deepEqual(
      outcomes.find(({ kind }) => kind === 'quota_exceeded'),
      { kind: 'quota_exceeded', used: 7 },
    );
    assert.equal((await store.uploads(by.accountId, NOW, 0, 100)).total, 7);
  });

  test('the same path and name replaces, needs no free place, and leaves the other paths alone', async (store) => {
    const by = await customer(store);
    const first = upload(by, { uploadPath: 'a', fileName: 'x.png' });
    const elsewhere = upload(by, { uploadPath: 'b', fileName: 'x.png' });
    const second = upload(by, { uploadPath: 'a', fileName: 'x.png' });
    await store.admitUpload(first, 2);
    await store.admitUpload(elsewhere, 2);
    assert.deepEqual(await store.admitUpload(second, 2), { kind: 'admitted', replaced: first });
    assert.equal(await store.upload(first.id, NOW), null);
    assert.deepEqual(await store.upload(second.id, NOW), second);
    assert.deepEqual(await store.upload(elsewhere.id, NOW), elsewhere);
    assert.deepEqual(await store.admitUpload(upload(by), 2), { kind: 'quota_exceeded', used: 2 });
  });

  test('a refused upload replaces nothing', async (store) => {
    const by = await customer(store);
    const first = upload(by, { fileName: 'x.png' });
    const second = upload(by);
    await store.admitUpload(first, 2);
    await store.admitUpload(second, 2);
    // A smaller quota than before, as after a change of the configuration.
    const again = upload(by, { fileName: 'x.png' });
    assert.deepEqual(await store.admitUpload(again, 1), { kind: 'quota_exceeded', used: 2 });
    assert.deepEqual(await store.upload(first.id, NOW), first);
  });

  test('an account has the same name as another without either seeing it', async (store) => {
    const [by, other] = [await customer(store), await customer(store)];
    const mine = upload(by, { fileName: 'same.png' });
    const theirs = upload(other, { fileName: 'same.png' });
    await store.admitUpload(mine, 1);
    assert.deepEqual(await store.admitUpload(theirs, 1), { kind: 'admitted', replaced: null });
    assert.equal(await store.removeUpload(by.accountId, theirs.id, NOW), null);
    assert.deepEqual(await store.removeUpload(by.accountId, mine.id, NOW), mine);
    assert.equal(await store.removeUpload(by.accountId, mine.id, NOW), null);
    assert.deepEqual(await store.upload(theirs.id, NOW), theirs);
  });

  test('an expired one is absent, takes no place, and its name is free', async (store) => {
    const by = await customer(store);
    const old = upload(by, { fileName: 'x.png' });
    await store.admitUpload(old, 1);
    const end = old.expiresAt;
    assert.deepEqual(await store.upload(old.id, end - 1), old);
    assert.equal(await store.upload(old.id, end), null);
    assert.equal(await store.removeUpload(by.accountId, old.id, end), null);
    assert.deepEqual(await store.uploads(by.accountId, end, 0, 9), { uploads: [], total: 0 });
    const next = upload(by, { fileName: 'y.png', createdAt: end });
    assert.equal((await store.admitUpload(next, 1)).kind, 'admitted');
    const namesake = upload(by, { fileName: 'x.png', createdAt: next.expiresAt });
    assert.deepEqual(await store.admitUpload(namesake, 1), { kind: 'admitted', replaced: old });
  });

  storeTest('a sweep removes what expired, oldest first, no more than asked for', open, async (store) => {
    const by = await customer(store);
    const all = [3, 1, 2].map((after) => upload(by, { expiresAt: NOW + after }));
    const living = upload(by, { expiresAt: NOW + 9 });
    for (const one of [...all, living]) await store.admitUpload(one, MANY);
    assert.deepEqual(
      new Set((await store.sweepUploads(NOW + 3, 2)).map(({ id }) => id)),
      new Set([all[1]?.id, all[2]?.id]),
    );
    assert.deepEqual(await store.sweepUploads(NOW + 3, 2), [all[0]]);
    assert.deepEqual(await store.sweepUploads(NOW + 3, 2), []);
    assert.deepEqual(await store.upload(living.id, NOW), living);
  });

  test('whatever is uploaded, removed and left to expire: the quota holds and the list is what is alive', async (store) => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), name: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ do: fc.constant('remove' as const), name: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ do: fc.constant('wait' as const), name: fc.integer({ min: 1, max: LIFE }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const by = await customer(store);
        const model = new Map<string, UploadRecord>();
        let now = NOW;
        for (const { do: what, name } of steps) {
          const fileName = `${name}.png`;
          const known = model.get(fileName);
          if (what === 'wait') now += name;
          for (const [key, one] of model) if (one.expiresAt <= now) model.delete(key);
          if (what === 'add') {
            const one = upload(by, { fileName, createdAt: now });
            const fits = model.has(fileName) || model.size < 3;
            assert.equal((await store.admitUpload(one, 3)).kind, fits ? 'admitted' : 'quota_exceeded');
            if (fits) model.set(fileName, one);
          }
          if (what === 'remove' && known) {
            const gone = await store.removeUpload(by.accountId, known.id, now);
            assert.deepEqual(gone, model.get(fileName) ?? null);
            model.delete(fileName);
          }
          const { uploads, total } = await store.uploads(by.accountId, now, 0, 10);
          assert.equal(total, model.size);
          assert.deepEqual(new Set(uploads), new Set(model.values()));
        }
      }),
      { numRuns: 25 },
    );
  });
}

function upload(by: Customer, more: Partial<UploadRecord> = {}): UploadRecord {
  const id = `file-${randomUUID()}`;
  const createdAt = more.createdAt ?? NOW;
  return {
    id,
    accountId: by.accountId,
    uploadPath: '',
    fileName: `${id}.png`,
    originalName: 'x.png',
    mimeType: 'image/png',
    bytes: 10,
    sha256: 'a'.repeat(64),
    fileKey: `uploads/${id}.png`,
    createdAt,
    expiresAt: createdAt + LIFE,
    ...more,
  };
}
