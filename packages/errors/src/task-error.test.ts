import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ERROR_CODES, subtypesOf } from './codes.ts';
import { TaskError } from './task-error.ts';

test('the message has three lines: what happened, why in this case, what to do', () => {
  const error = new TaskError('invalid_parameters', {
    subtype: 'prompt_too_long',
    because: 'The prompt has 2311 characters, the model takes 2000.',
    remedy: 'Shorten it by 311 characters.',
    param: 'prompt',
    details: { max_chars: 2000, actual_chars: 2311 },
  });
  assert.deepEqual(error.message.split('\n'), [
    'Prompt is too long',
    'The prompt has 2311 characters, the model takes 2000.',
    'Shorten it by 311 characters.',
  ]);
  assert.equal(error.toJSON().suggestion, 'Shorten it by 311 characters.');
  assert.equal(error.status, 400);
});

test('an error survives JSON, issues, fixes and advice included', () => {
  const codes = fc
    .constantFrom(...ERROR_CODES)
    .chain((code) =>
      fc.record({ code: fc.constant(code), subtype: fc.constantFrom(null, ...subtypesOf(code)) }),
    );
  fc.assert(
    fc.property(
      codes,
      fc.option(fc.nat(1000)),
      fc.string(),
      fc.string(),
      ({ code, subtype }, afterSeconds, because, param) => {
        const error = new TaskError(code, {
          subtype,
          because,
          param,
          afterSeconds,
          details: { limit: 3 },
          issues: [new TaskError('invalid_parameters', { subtype: 'general' })],
          fixes: [{ op: 'resize', param: 'image_urls[0]', to: '1280x720' }],
          requestId: 'req_1',
        });
        const object = JSON.parse(JSON.stringify(error));
        assert.deepEqual(TaskError.fromJSON(object).toJSON(), error.toJSON());
        assert.equal(TaskError.fromJSON(object).message, error.message);
      },
    ),
  );
});

test('the address of the documentation is kept, of issues too', () => {
  const issue = new TaskError('invalid_parameters', { subtype: 'general' });
  const plain = new TaskError('invalid_parameters', { subtype: 'general', issues: [issue] }).toJSON();
  assert.equal(plain.docs_url, '/docs/errors#invalid_parameters');
  const whole = {
    ...plain,
    docs_url: 'https://a.test/docs#x',
    issues: [{ ...plain, docs_url: 'https://a.test/y' }],
  };
  const again = TaskError.fromJSON(whole).toJSON();
  assert.equal(again.docs_url, 'https://a.test/docs#x');
  assert.equal(again.issues?.[0]?.docs_url, 'https://a.test/y');
});

test('a code of a newer version becomes unknown_error and is kept', () => {
  const object = { ...new TaskError('service_error').toJSON(), code: 'quantum_error' as 'service_error' };
  const error = TaskError.fromJSON(object);
  assert.equal(error.code, 'unknown_error');
  assert.equal(error.details.reported_code, 'quantum_error');
  assert.equal(error.message, object.message);
});

test('errors of another copy of the package are recognised, others are not', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('sluice.TaskError')]: true });
  assert.equal(TaskError.is(foreign), true);
  assert.equal(TaskError.is(new TaskError('service_error')), true);
  assert.equal(TaskError.is(new Error('service_error')), false);
  assert.equal(TaskError.is(null), false);
});
