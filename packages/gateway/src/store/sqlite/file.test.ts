/** The file: whose it is, what it must be, what a damage does, and the laws its schema holds. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { admitOne, completed, customer, NOW, prepared, step, watching } from '../conformance/sample.ts';
import { dumpSchema, migrate, migrations } from './migrate.ts';
import { openSqliteStore, StoreUnusable } from './store.ts';
import { raw, sqliteTest } from './testing/subject.ts';

function overwritePagesOf(table: string, path: string): void {
  const pages = raw(path, (db) => db.prepare('SELECT pageno FROM dbstat WHERE name = ?').all(table));
  const file = openSync(path, 'r+');
  for (const { pageno } of pages)
    writeSync(file, Buffer.alloc(4096, 0xee), 0, 4096, (Number(pageno) - 1) * 4096);
  closeSync(file);
}

describe('sqlite: the file', () => {
  sqliteTest(
    'belongs to one store: a second one is refused, here and in another process',
    async ({ path, reopen }) => {
      const refused = await openSqliteStore({ path }).catch((error: unknown) => error);
      assert(refused instanceof StoreUnusable);
      assert.equal(refused.reason, 'locked');
      assert(refused.message.includes(path) && refused.message.includes('Stop the other one'));

      const writer = fileURLToPath(new URL('./testing/crash-writer.ts', import.meta.url));
      const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += chunk;
      });
      const [code] = await once(child, 'close');
      assert.equal(code, 1);
      assert.match(said, /another gateway has it open/);
      await (await reopen()).ping();
    },
  );

  sqliteTest(
    'leases of a former process are dead at once, even those of a node of the same name',
    async (subject) => {
      const by = await customer(subject.store);
      await subject.store.heartbeat('node-a', NOW + 1e12);
      const task = await admitOne(subject.store, by);
      const store = await subject.reopen();
      assert.equal((await store.task(task.id))?.owner, null);
      await store.heartbeat('node-a', NOW + 1e12);
      const [taken] = await store.takeOver('node-a', NOW, 10);
      assert(taken);
      await step(store, taken, prepared);
    },
  );

  sqliteTest('is whole after close: no WAL is left beside it', async ({ store, path }) => {
    await admitOne(store, await customer(store));
    await store.close();
    assert.throws(() => statSync(`${path}-wal`), { code: 'ENOENT' });
    const kept = raw(path, (db) => db.prepare('SELECT count(*) AS n FROM tasks').get());
    assert.equal(kept?.n, 1);
  });

  const refusals: readonly [string, StoreUnusable['reason'], RegExp, (path: string) => void][] = [
    [
      'with a newer schema',
      'newer_schema',
      /version 99.*Start the newer/s,
      (path) => raw(path, (db) => db.exec('PRAGMA user_version = 99')),
    ],
    [
      'of another program',
      'not_a_store',
      /some other program/,
      (path) => {
        rmSync(path);
        raw(path, (db) => db.exec('CREATE TABLE theirs (x)'));
      },
    ],
    [
      'that is no database',
      'corrupt',
      /Restore it from a backup/,
      (path) => writeFileSync(path, 'x'.repeat(8192)),
    ],
  ];
  for (const [what, reason, message, damage] of refusals) {
    sqliteTest(
      `${what} is refused with the reason and the remedy, and left as it is`,
      async ({ store, path }) => {
        await store.close();
        damage(path);
        const before = readFileSync(path);
        for (let i = 0; i < 2; i++) {
          await assert.rejects(openSqliteStore({ path }), (error) => {
            assert(error instanceof StoreUnusable);
            assert.equal(error.reason, reason, 'also the second time: a refused open lets go of the lock');
            assert.match(error.message, message);
            return error.message.includes(path);
          });
        }
        assert.deepEqual(readFileSync(path), before);
      },
    );
  }

  sqliteTest('that cannot be made is refused with the reason', async ({ path }) => {
    const below = `${path}/below/sluice.db`;
    await assert.rejects(openSqliteStore({ path: below }), { reason: 'unreachable', path: below });
  });

  sqliteTest(
    'a damage found later ends the writing, and says so until the store is opened again',
    async (subject) => {
      await customer(subject.store);
      const told: string[] = [];
      await subject.store.close();
      const log = { error: ({ because }: { because: string }) => told.push(because) };
      const store = await openSqliteStore({ path: subject.path, log });
      overwritePagesOf('accounts', subject.path);
      for (let i = 0; i < 2; i++) {
        await assert.rejects(store.ensureAccount('one', 1), { code: 'service_unavailable' });
        await assert.rejects(store.ping(), { code: 'service_unavailable' });
      }
      await store.close();
      assert.deepEqual(told, ['database disk image is malformed']);
    },
  );
});

describe('sqlite: the schema', () => {
  test('schema.sql is what the migrations make', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, ':memory:');
    const kept = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
    assert.equal(
      dumpSchema(db),
      kept,
      'run `node packages/gateway/src/store/sqlite/dump-schema.ts` and look at the diff',
    );
  });

  test('migrations are numbered from 1 without gaps', () => {
    assert.deepEqual(
      migrations().map(({ version }) => version),
      migrations().map((_, i) => i + 1),
    );
  });

  sqliteTest(
    'a later migration runs once, on what is there; one that fails changes nothing',
    async ({ store, path }) => {
      await store.ensureAccount('one', 5);
      await store.close();
      const steps = migrations();
      const version = steps.length + 1;
      raw(path, (db) => {
        const broken = {
          version,
          sql: 'ALTER TABLE accounts ADD COLUMN note TEXT; SELECT no_such_function()',
        };
        assert.throws(() => migrate(db, path, [...steps, broken]), /no_such_function/);
        assert.equal(db.prepare('PRAGMA user_version').get()?.user_version, steps.length);
        const sound = { version, sql: 'ALTER TABLE accounts ADD COLUMN note TEXT' };
        for (let i = 0; i < 2; i++) migrate(db, path, [...steps, sound]);
        assert.deepEqual(
          { ...db.prepare('SELECT id, remaining, note FROM accounts').get() },
          { id: 'one', remaining: 5, note: null },
        );
      });
    },
  );

  sqliteTest('holds the laws of money and state against any statement', async ({ store, path }) => {
    const by = await customer(store, 10_000, 6000);
    await step(store, await watching(store, by, { creditsReserved: 4000 }), completed(4000));
    await watching(store, by, { creditsReserved: 2000 });
    await store.close();
    raw(path, (db) => {
      const breaches: readonly [string, RegExp][] = [
        ['UPDATE accounts SET remaining = remaining + 1', /credits_conserved/],
        [
          'UPDATE accounts SET remaining = remaining - 5000, reserved = reserved + 5000',
          /CHECK constraint failed/,
        ],
        ['UPDATE api_keys SET credits_reserved = credits_reserved + 1', /within_budget/],
        [
          "UPDATE tasks SET status = 'processing', step = 'watch' WHERE step = 'done'",
          /a finished task never changes/,
        ],
        ["UPDATE tasks SET step = 'done' WHERE step = 'watch'", /CHECK constraint failed/],
        ["UPDATE tasks SET status = 'failed' WHERE step = 'watch'", /CHECK constraint failed/],
        ["UPDATE tasks SET node_id = NULL WHERE step = 'watch'", /done_has_no_lease/],
        ["UPDATE tasks SET progress = 100 WHERE step = 'watch'", /completed_is_100/],
        ["UPDATE tasks SET credits_used = 1 WHERE step = 'watch'", /only_completed_costs/],
      ];
      for (const [sql, message] of breaches) assert.throws(() => db.exec(sql), message, sql);
    });
  });
});
