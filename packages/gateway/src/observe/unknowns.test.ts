import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shapeOf } from './unknowns.ts';

test('two answers that one rule would match have one shape; two codes have two', () => {
  const answer = (code: unknown, id: string) => ({
    error: { code, message: `job ${id} failed` },
    request_id: id,
  });
  assert.equal(shapeOf(answer('E_MOON', 'r1')), shapeOf(answer('E_MOON', 'r2')));
  assert.notEqual(shapeOf(answer('E_MOON', 'r1')), shapeOf(answer('E_SUN', 'r1')));
  assert.notEqual(shapeOf(answer(1301, 'r1')), shapeOf(answer(1302, 'r1')));
  assert.equal(
    shapeOf(answer('req_8842901177', 'r1')),
    shapeOf(answer('req_1111111111', 'r1')),
    'an id is no code',
  );
  assert.equal(
    shapeOf(answer('job 4 broke', 'r1')),
    shapeOf(answer('job 5 fell over', 'r1')),
    'nor is a sentence',
  );
});

test('lists, pages and nothing at all have shapes too', () => {
  assert.equal(shapeOf([{ type: 'a' }, { type: 'a' }, { type: 'b' }]), '[{type="a"}|{type="b"}]');
  assert.equal(shapeOf(' <!DOCTYPE html><p>'), 'html');
  assert.equal(shapeOf('sorry'), 'text');
  assert.equal(shapeOf(null), 'null');
});

test('the order of fields does not matter, no sentence gets into a shape, and any depth comes to an end', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
      const turned = Object.fromEntries(Object.entries(body).reverse());
      assert.equal(shapeOf(turned), shapeOf(body));
    }),
  );
  assert.ok(!shapeOf({ code: 'the secret prompt', message: 'the secret prompt' }).includes('secret'));
  let deep: unknown = 1;
  for (let i = 0; i < 5_000; i++) deep = [deep];
  assert.equal(shapeOf(deep), '[[[[[[[..]]]]]]]');
});
