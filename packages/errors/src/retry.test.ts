import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from './classify.ts';
import { subtypesOf, TASK_CODES } from './codes.ts';
import type { EvidencePhase } from './evidence.ts';
import { mayHaveStarted, neverLeft } from './network.ts';
import { decide } from './retry.ts';

const PHASES: readonly EvidencePhase[] = ['submit', 'poll', 'result', 'cancel', 'download', 'network'];
const say = (code: (typeof TASK_CODES)[number], subtype: string | null = null, details = {}) => ({
  code,
  subtype,
  details,
});

test("a limit the client itself is over ends the task, whatever the sub-type, and is nobody else's trouble", () => {
  for (const subtype of subtypesOf('quota_exceeded')) {
    for (const phase of PHASES) {
      const decision = { next: 'never', countsAgainstRoute: false, alarm: false };
      assert.deepEqual(decide(say('quota_exceeded', subtype, { whose: 'client' }), phase), decision);
    }
  }
});

test("a client's own fault never counts, never alarms and never moves on", () => {
  for (const code of [
    'content_policy_violation',
    'invalid_parameters',
    'image_dimension_mismatch',
    'request_cancelled',
  ] as const) {
    for (const subtype of [null, ...subtypesOf(code)]) {
      for (const phase of PHASES) {
        assert.deepEqual(decide(say(code, subtype), phase), {
          next: 'never',
          countsAgainstRoute: false,
          alarm: false,
        });
      }
    }
  }
});

test("what our own adapter cannot say goes elsewhere, and is nobody's trouble", () => {
  const evidence = {
    provider: 'gateway',
    phase: 'submit',
    status: null,
    headers: {},
    body: { error: { code: 'unsupported_parameter', param: 'seed', message: 'There is no seed here.' } },
  } as const;
  const own = classify(evidence);
  assert.deepEqual([own.code, own.param, own.details.never_left], ['invalid_parameters', 'seed', true]);
  assert.deepEqual(decide(own, 'submit'), { next: 'elsewhere', countsAgainstRoute: false, alarm: false });
  assert.equal(decide(own, 'poll').next, 'never');
  for (const provider of ['openai', 'nobody']) {
    const theirs = classify({ ...evidence, provider, status: 400 });
    assert.equal(theirs.code, 'invalid_parameters');
    assert.equal(decide(theirs, 'submit').next, 'never', 'an upstream that refuses may have its reasons');
  }
});

test('trouble of the route moves on; our credentials and credits also alarm', () => {
  assert.deepEqual(decide(say('service_error'), 'submit'), {
    next: 'other_route',
    countsAgainstRoute: true,
    alarm: false,
  });
  assert.deepEqual(decide(say('resource_exhausted'), 'poll'), {
    next: 'other_route',
    countsAgainstRoute: true,
    alarm: false,
  });
  assert.equal(decide(say('quota_exceeded', 'rate_limit'), 'submit').next, 'other_route');
  assert.equal(decide(say('quota_exceeded', 'rate_limit'), 'submit').alarm, false);
  assert.equal(decide(say('quota_exceeded', 'account_quota'), 'submit').alarm, true);
  assert.equal(decide(say('service_unavailable'), 'submit').alarm, true);
});

test('a lost answer is never sent again unless the request never left', () => {
  for (const code of TASK_CODES) assert.equal(decide(say(code), 'network').next, 'never', code);
  assert.equal(decide(say('service_unavailable', null, { never_left: true }), 'network').next, 'other_route');
});

test('a failed download or cancel can never cause a submit', () => {
  for (const code of TASK_CODES) {
    for (const subtype of [null, ...subtypesOf(code)]) {
      for (const phase of ['download', 'cancel'] as const)
        assert.notEqual(decide(say(code, subtype), phase).next, 'other_route');
    }
  }
});

test('only connecting that failed proves that nothing left', () => {
  const fault = (body: unknown, status: number | null = null) =>
    neverLeft({ provider: 'x', phase: 'network', status, headers: {}, body });
  const wrap = (cause: object) => ({ name: 'TypeError', message: 'fetch failed', cause });
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'ECONNREFUSED' })), true);
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'ENOTFOUND' })), true);
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'UND_ERR_CONNECT_TIMEOUT' })), true);
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'ETIMEDOUT', syscall: 'connect' })), true);
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'ETIMEDOUT', syscall: 'read' })), false);
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'ECONNRESET' })), false);
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'UND_ERR_HEADERS_TIMEOUT' })), false);
  assert.equal(fault(wrap({ name: 'Error', message: '', code: 'ECONNREFUSED' }), 200), false);
  const tried = (...codes: string[]) =>
    wrap({
      name: 'AggregateError',
      message: '',
      errors: codes.map((code) => ({ name: 'Error', message: '', code })),
    });
  assert.equal(fault(tried('ECONNREFUSED', 'ENETUNREACH')), true);
  assert.equal(fault(tried('ECONNREFUSED', 'ECONNRESET')), false);
  assert.equal(fault('connect ECONNREFUSED'), false);
});

test('a submit may have begun wherever its answer was lost, and has not where the upstream said no', () => {
  const said = (status: number | null, phase: EvidencePhase = 'submit', body: unknown = {}) =>
    mayHaveStarted({ provider: 'x', phase, status, headers: {}, body });
  for (const status of [408, 502, 504, 524]) assert.equal(said(status), true, String(status));
  for (const status of [200, 400, 401, 429, 500, 503]) assert.equal(said(status), false, String(status));
  assert.equal(said(200, 'network', '{"id":'), true, 'a body that broke off');
  assert.equal(said(null, 'network', { name: 'Error', message: '', code: 'ECONNRESET' }), true);
  assert.equal(said(null, 'network', { name: 'Error', message: '', code: 'ECONNREFUSED' }), false);
});
