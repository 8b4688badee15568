import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { StoredDecision, StoredOverrule } from '../decisions.ts';
import { anotherKey, type Customer, customer, NOW } from './sample.ts';
import { type OpenSubject, sharedStore, storeTest } from './subject.ts';

export function decisionTests(open: OpenSubject): void {
  const test = sharedStore(open);

  storeTest('decisions and overrules are there after a restart', open, async (store, subject) => {
    const by = await customer(store);
    const one = decision(by);
    const preflight = decision(by, { taskId: null });
    await store.recordDecision(one);
    await store.recordDecision(preflight);
    assert.equal(await store.addOverrule(overrule(one, by.keyId)), true);
    const again = await subject.reopen();
    assert.deepEqual(await again.decision(one.id), one);
    assert.deepEqual(await again.decisions(10), [preflight, one], 'the last one first');
    assert.deepEqual(await again.decisions(1), [preflight]);
    assert.deepEqual(await again.overrules({ keyId: by.keyId }), [overrule(one, by.keyId)]);
  });

  test('an overrule is for one key, is there once, and rests on a decision and a key that exist', async (store) => {
    const by = await customer(store);
    const other = await anotherKey(store, by.accountId);
    const [one, two] = [decision(by), decision(by)];
    await store.recordDecision(one);
    await store.recordDecision(two);
    const first = overrule(one, by.keyId);
    await store.addOverrule(first);
    await store.addOverrule({ ...first, by: 'op_ffffffff', at: NOW + 9 });
    assert.deepEqual(await store.overrules({ keyId: by.keyId }), [first]);
    assert.deepEqual(await store.overrules({ keyId: other.keyId }), []);
    assert.equal(await store.addOverrule(overrule(one, 'key-of-nobody')), false);
    assert.equal(await store.addOverrule(overrule(decision(by), by.keyId)), false);
    const second = overrule(two, by.keyId, { rule: null, by: null, at: NOW + 1 });
    await store.addOverrule(second);
    assert.deepEqual(await store.overrules({ keyId: by.keyId }), [first, second], 'oldest first');
    assert.equal(await store.decision('mod_never'), null);
  });

  test('an overrule is taken back for one key, or for all', async (store) => {
    const by = await customer(store);
    const other = await anotherKey(store, by.accountId);
    const [one, two] = [decision(by), decision(by)];
    await store.recordDecision(one);
    await store.recordDecision(two);
    const kept = overrule(two, by.keyId);
    for (const added of [overrule(one, by.keyId), overrule(one, other.keyId), kept]) {
      await store.addOverrule(added);
    }
    assert.equal((await store.overrules({ decisionId: one.id })).length, 2);
    assert.equal(await store.removeOverrules(one.id, other.keyId), 1);
    assert.deepEqual(await store.overrules({ decisionId: one.id }), [overrule(one, by.keyId)]);
    assert.equal(await store.removeOverrules(one.id, null), 1);
    assert.equal(await store.removeOverrules(one.id, null), 0);
    assert.deepEqual(await store.overrules({ keyId: by.keyId }), [kept]);
  });

  storeTest('a sweep forgets old decisions, but none on which an overrule rests', open, async (store) => {
    const by = await customer(store);
    const [old, oldest, overruled] = [decision(by), decision(by, { at: NOW - 1 }), decision(by)];
    const young = decision(by, { at: NOW + 1 });
    for (const one of [old, oldest, overruled, young]) await store.recordDecision(one);
    await store.addOverrule(overrule(overruled, by.keyId));
    const left = async () => new Set((await store.decisions(10)).map(({ id }) => id));
    assert.equal(await store.sweepDecisions(NOW, 10), 1, 'strictly before');
    assert.deepEqual(await left(), new Set([old.id, overruled.id, young.id]));
    assert.equal(await store.sweepDecisions(NOW + 1, 10), 1);
    assert.deepEqual(await left(), new Set([overruled.id, young.id]));
    await store.removeOverrules(overruled.id, null);
    assert.equal(await store.sweepDecisions(NOW + 2, 1), 1, 'no more than asked for, oldest first');
    assert.deepEqual(await left(), new Set([young.id]));
  });
}

function decision(by: Customer, more: Partial<StoredDecision> = {}): StoredDecision {
  return {
    id: `mod_${randomUUID()}`,
    taskId: 'task-unified-1-aaaaaaaaaaaa',
    accountId: by.accountId,
    keyId: by.keyId,
    model: 'studio-image-1',
    stage: 'input',
    findings: '[{"category":"adult"}]',
    failures: '[]',
    verdict: '{"kind":"block"}',
    at: NOW,
    ...more,
  };
}

function overrule({ id }: StoredDecision, keyId: string, more: Partial<StoredOverrule> = {}): StoredOverrule {
  return {
    keyId,
    decisionId: id,
    detector: 'text-rules',
    category: 'adult',
    rule: 'adult.nudity',
    by: 'op_0a1b2c3d',
    at: NOW,
    ...more,
  };
}
