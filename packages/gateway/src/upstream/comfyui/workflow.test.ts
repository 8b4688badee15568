import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../json.ts';
import { fillWorkflow, parseWorkflow, type Workflow } from './workflow.ts';

function workflow(inputs: JsonObject): Workflow {
  const parsed = parseWorkflow('test', JSON.stringify({ 1: { class_type: 'Node', inputs } }));
  if (typeof parsed === 'string') assert.fail(parsed);
  return parsed;
}

function filled(inputs: JsonObject, values: JsonObject): unknown {
  const outcome = fillWorkflow(workflow(inputs), values);
  if (outcome.kind !== 'filled') assert.fail(outcome.path);
  const [node] = Object.values(outcome.graph);
  return typeof node === 'object' && node !== null && 'inputs' in node ? node.inputs : node;
}

test('alone, a placeholder becomes the value; within a text, its text', () => {
  const inputs = {
    a: '{{n}}',
    b: 'n is {{n}}, twice {{ n }}',
    c: ['1', 0],
    d: { e: '{{list}}' },
    f: '{{list[1]}}',
  };
  assert.deepEqual(filled(inputs, { n: 4, list: ['x', 'y'] }), {
    a: 4,
    b: 'n is 4, twice 4',
    c: ['1', 0],
    d: { e: ['x', 'y'] },
    f: 'y',
  });
});

test('defaults: JSON where it is JSON, else text; a value goes before them', () => {
  const inputs = { a: '{{steps=20}}', b: '{{style=oil on canvas}}', c: '{{none=}}', d: '{{flag=false}}' };
  assert.deepEqual(filled(inputs, {}), { a: 20, b: 'oil on canvas', c: '', d: false });
  assert.deepEqual(filled(inputs, { steps: 0, style: '', flag: true }), { a: 0, b: '', c: '', d: true });
  assert.deepEqual(filled({ a: '{{x}}', b: '{{x=3}}' }, {}), { a: 3, b: 3 }, 'one default serves all places');
});

test('what has neither a value nor a default is named', () => {
  const { kind, ...rest } = fillWorkflow(workflow({ a: '{{images[2]}}' }), { images: ['x', 'y'] });
  assert.deepEqual([kind, rest], ['missing', { path: 'images[2]' }]);
  assert.equal(fillWorkflow(workflow({ a: '{{constructor}}' }), {}).kind, 'missing');
});

test('a client’s text arrives as it was written, whatever is in it, and changes nothing around it', () => {
  const strange = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('{{seed}}', '{{prompt}}', '"}, "x": {"', '$1 $& $`', '\\', '{{a=b}}'),
  );
  fc.assert(
    fc.property(strange, strange, (prompt, seed) => {
      assert.deepEqual(filled({ a: '{{prompt}}', b: '<{{prompt}}>', c: '{{seed}}' }, { prompt, seed }), {
        a: prompt,
        b: `<${prompt}>`,
        c: seed,
      });
    }),
  );
});
