import assert from 'node:assert/strict';
import { anotherKey, customer, NOW } from './sample.ts';
import { type OpenSubject, storeTest } from './subject.ts';

export function accountTests(open: OpenSubject): void {
  storeTest('an account gets its first grant once', open, async (store) => {
    await store.ensureAccount('one', 500);
    await store.ensureAccount('one', 900);
    assert.deepEqual(await store.balance('one'), { granted: 500, remaining: 500, reserved: 0, used: 0 });
    assert.equal(await store.balance('two'), null);
  });

  storeTest('a grant may take back what is unspent, and no more', open, async (store) => {
    await store.ensureAccount('one', 500);
    assert.equal(await store.grant('one', -501), false);
    assert.equal(await store.grant('one', -500), true);
    assert.equal(await store.grant('one', 20), true);
    assert.deepEqual(await store.balance('one'), { granted: 20, remaining: 20, reserved: 0, used: 0 });
    assert.equal(await store.grant('nobody', 20), false);
  });

  storeTest(
    'a key is found by the hash of its secret, and as the same object while nothing changes',
    open,
    async (store, subject) => {
      const { accountId, keyId, secretHash } = await customer(store, 500, 300);
      const key = await store.keyByHash(secretHash);
      assert.deepEqual(key, {
        id: keyId,
        accountId,
        name: 'test',
        createdAt: NOW,
        disabledAt: null,
        expiresAt: null,
        creditLimit: 300,
        creditsReserved: 0,
        creditsUsed: 0,
      });
      assert.equal(await store.keyByHash(secretHash), key);
      assert.equal(await store.keyByHash('0'.repeat(64)), null);
      assert.deepEqual(await (await subject.reopen()).keyByHash(secretHash), key);
    },
  );

  storeTest('keys are listed by account, and disabled once', open, async (store) => {
    const { accountId, keyId, secretHash } = await customer(store);
    const other = await anotherKey(store, accountId);
    await customer(store);
    assert.deepEqual(
      new Set((await store.keys(accountId)).map(({ id }) => id)),
      new Set([keyId, other.keyId]),
    );
    await store.keyByHash(secretHash);
    assert.equal(await store.disableKey(keyId, NOW + 5), true);
    assert.equal((await store.keyByHash(secretHash))?.disabledAt, NOW + 5, 'the change shows at once');
    assert.equal(await store.disableKey(keyId, NOW + 9), false);
    assert.equal(await store.disableKey('no-such-key', NOW), false);
    assert.equal((await store.keyByHash(secretHash))?.disabledAt, NOW + 5);
  });

  storeTest('a key of no account, or with the secret of another, is refused', open, async (store) => {
    const { accountId, secretHash } = await customer(store);
    const key = {
      id: 'k',
      accountId,
      name: 'x',
      secretHash: '1'.repeat(64),
      createdAt: NOW,
      expiresAt: null,
      creditLimit: null,
    };
    await assert.rejects(store.createKey({ ...key, accountId: 'nobody' }), { code: 'service_error' });
    await assert.rejects(store.createKey({ ...key, secretHash }), { code: 'service_error' });
    assert.equal((await store.keys(accountId)).length, 1);
  });

  storeTest('a secret is made once, however many ask, and kept', open, async (store, subject) => {
    const secrets = await Promise.all(Array.from({ length: 10 }, () => store.secret('links')));
    const [first] = secrets;
    assert(first && first.length >= 32);
    for (const secret of secrets) assert.deepEqual(secret, first);
    assert.notDeepEqual(await store.secret('other'), first);
    assert.deepEqual(await (await subject.reopen()).secret('links'), first);
  });

  storeTest('ping tells that the store reads and writes', open, async (store) => {
    await store.ping();
    await store.close();
    await assert.rejects(store.ping());
    await assert.rejects(store.ensureAccount('late', 1), { code: 'service_unavailable' });
    await store.close();
  });

  storeTest('close waits for the writes under way', open, async (store, subject) => {
    const writes = Array.from({ length: 50 }, (_, i) => store.ensureAccount(`account ${i}`, i));
    await store.close();
    await Promise.all(writes);
    const again = await subject.reopen();
    for (let i = 0; i < 50; i++) assert.equal((await again.balance(`account ${i}`))?.granted, i);
  });
}
