/** Whatever happens at the same time: the quota holds, and bytes and rows are the same files. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../clock.ts';
import type { FileStore } from '../files/files.ts';
import { openLocalFiles } from '../files/local.ts';
import type { MediaChecker } from '../media/checker.ts';
import { randomId } from '../random-id.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Store } from '../store/store.ts';
import { createUploadLinks } from './links.ts';
import { createUploads, type UploadOutcome, type Uploads } from './uploads.ts';

const MAX_FILES = 3;

/** Everything is a small picture: what is in a file is tested elsewhere. */
const checker: Pick<MediaChecker, 'inspect'> = {
  inspect: async () => ({
    kind: 'image',
    format: 'png',
    mimeType: 'image/png',
    width: 1,
    height: 1,
    orientation: 1,
    frames: 1,
    decoded: true,
  }),
};

let folder: string;
let store: Store;
let files: FileStore;
let uploads: Uploads;
const clock = new ManualClock();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-quota-'));
  store = await openSqliteStore({ path: join(folder, 'store.db') });
  files = await openLocalFiles(join(folder, 'files'));
  uploads = createUploads({
    store,
    files,
    clock,
    checker: { ...checker, repair: () => assert.fail(), close: async () => {} },
    fetcher: { fetchMedia: () => assert.fail('no downloads here') },
    links: createUploadLinks({ secret: new Uint8Array(32), baseUrl: () => 'http://x.test' }),
    randomId: () => randomId(20),
    scratch: join(folder, 'scratch'),
    settings: { maxFiles: MAX_FILES, maxBytes: 100, lifeMs: 1000 },
    parallel: { each: 50, all: 100 },
  });
});
after(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const action = fc.record({
  do: fc.constantFrom('add', 'add', 'add', 'remove'),
  account: fc.constantFrom('a', 'b'),
  name: fc.nat(4),
});

test('uploads, overrides and deletions at once never exceed the quota and leave nothing behind', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(action, { minLength: 1, maxLength: 8 }), { maxLength: 4 }),
      async (rounds) => {
        run++;
        for (const account of ['a', 'b']) await store.ensureAccount(`${account}${run}`, 0);
        const of = async (account: string) => (await uploads.list(`${account}${run}`, 0, 100)).uploads;
        for (const round of rounds) {
          const before = new Map([
            ['a', await of('a')],
            ['b', await of('b')],
          ]);
          const outcomes = await Promise.all(
            round.map(async ({ do: what, account, name }): Promise<UploadOutcome | null> => {
              const known = before.get(account)?.find(({ fileName }) => fileName === `${name}.png`);
              if (what === 'remove') {
                if (known) await uploads.remove(known.accountId, known.id);
                return null;
              }
              const body = JSON.stringify({ base64_data: 'AAAA', file_name: `${name}.png` });
              return uploads.fromBase64(`${account}${run}`, Readable.from([Buffer.from(body)]));
            }),
          );
          for (const account of ['a', 'b']) {
            const alive = await of(account);
            assert.ok(alive.length <= MAX_FILES);
            assert.equal(new Set(alive.map(({ fileName }) => fileName)).size, alive.length);
            const mine = outcomes.filter((_, i) => round[i]?.account === account);
            const refused = mine.filter((one) => one?.kind === 'refused');
            for (const one of refused)
              assert.ok(one?.kind === 'refused' && one.refusal.reason === 'quota_exceeded');
            const names = new Set(
              round.filter((one) => one.account === account && one.do === 'add').map(({ name }) => name),
            );
            const known = new Set((before.get(account) ?? []).map(({ fileName }) => fileName));
            const wanted = new Set([...known, ...[...names].map((name) => `${name}.png`)]);
            if (wanted.size <= MAX_FILES)
              assert.deepEqual(refused, [], 'nobody is refused a place that is free');
          }
          const rows = [...(await of('a')), ...(await of('b'))].map(({ fileKey }) => fileKey);
          const bytes = (await readdir(join(folder, 'files/uploads')).catch(() => [])).map(
            (name) => `uploads/${name}`,
          );
          assert.deepEqual(bytes.toSorted(), rows.toSorted());
        }
        for (const account of ['a', 'b'])
          for (const { accountId, id } of await of(account)) await uploads.remove(accountId, id);
      },
    ),
    { numRuns: 40 },
  );
  assert.deepEqual(await readdir(join(folder, 'scratch')).catch(() => []), []);
});
