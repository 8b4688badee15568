import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classify } from './classify.ts';
import { isTaskCode, RETRY_ACTIONS, subtypesOf } from './codes.ts';
import type { Evidence, EvidencePhase } from './evidence.ts';
import { PROVIDERS } from './rules/index.ts';
import type { Verdict } from './verdict.ts';

const said = (status: number | null, body: unknown, extra: Partial<Evidence> = {}): Verdict =>
  classify({ provider: 'nobody', phase: 'submit', status, headers: {}, body, ...extra });
const short = ({ code, subtype }: Verdict): string => (subtype === null ? code : `${code}/${subtype}`);

const PROVIDER_NAMES = ['nobody', 'constructor', ...PROVIDERS.map((rules) => rules.provider)];
const PHASES: readonly EvidencePhase[] = ['submit', 'poll', 'result', 'cancel', 'download', 'network'];

/** JSON of any shape, with keys that mean something to the rules far more often than chance. */
function anyEvidence(): fc.Arbitrary<Evidence> {
  const key = fc.oneof(
    fc.constantFrom(
      'error',
      'errors',
      'code',
      'message',
      'type',
      'detail',
      'status',
      'name',
      'cause',
      'body',
      'data',
      'loc',
      'param',
      'output',
      'candidates',
      'finishReason',
      'base_resp',
      'status_code',
      'ctx',
      'max_width',
      'filtered',
      'node_errors',
      '__proto__',
      'retry_after',
    ),
    fc.string(),
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '{"error":',
      '<html>',
      '<Error><Code>X</Code>',
      'HTTP 503: {"a":1}',
      '参数 无效',
      'between 9 and',
      '[',
      'E005 (E005)',
    ),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 6 }),
    ),
  }));
  return fc.record({
    provider: fc.constantFrom(...PROVIDER_NAMES),
    phase: fc.constantFrom(...PHASES),
    status: fc.option(fc.integer({ min: -1, max: 999 })),
    headers: fc.dictionary(
      fc.constantFrom('retry-after', 'x-ratelimit-reset', 'date', 'grpc-status', 'finish-reason'),
      fc.string(),
    ),
    body: value,
  });
}

test('any evidence gets a verdict from the closed lists, the same one every time', () => {
  fc.assert(
    fc.property(anyEvidence(), (evidence) => {
      const before = JSON.stringify(evidence);
      const verdict = classify(evidence);
      assert.ok(isTaskCode(verdict.code));
      assert.ok(
        verdict.subtype === null || subtypesOf(verdict.code).includes(verdict.subtype),
        short(verdict),
      );
      assert.ok(RETRY_ACTIONS.includes(verdict.retry.action));
      const wait = verdict.retry.after_seconds;
      assert.ok(wait === null || (Number.isFinite(wait) && wait >= 0));
      assert.ok(verdict.confidence > 0 && verdict.confidence <= 1);
      assert.ok(!verdict.alternatives.includes(verdict.code));
      for (const value of Object.values(verdict.details))
        assert.ok(typeof value !== 'number' || Number.isFinite(value));
      assert.deepEqual(classify(evidence), verdict);
      assert.equal(JSON.stringify(evidence), before);
    }),
    { numRuns: 800 },
  );
});

test('a body as deep or as large as anyone likes is no trouble', () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 5000; level++) deep = { error: [deep] };
  assert.equal(said(400, deep).code, 'invalid_parameters');
  assert.equal(said(500, { error: 'a {"'.repeat(100_000) }).code, 'service_error');
});

test('structured fields come before words, words before the status', () => {
  assert.equal(
    short(said(400, { error: { code: 'insufficient_quota', message: 'invalid request' } })),
    'quota_exceeded/account_quota',
  );
  assert.equal(
    short(said(400, { error: { code: null, message: 'Billing hard limit has been reached' } })),
    'quota_exceeded/account_quota',
  );
  assert.equal(short(said(400, { error: { message: 'computer says no' } })), 'invalid_parameters/general');
});

test('however a code is spelled, it is the same words', () => {
  for (const code of [
    'RateLimitExceeded',
    'rate_limit_exceeded',
    'RATE_LIMIT_EXCEEDED',
    'rate-limit-exceeded',
    'error.rate.limit',
  ]) {
    assert.equal(short(said(200, { code })), 'quota_exceeded/rate_limit', code);
  }
});

test('a status says what words may turn it into', () => {
  assert.equal(said(401, { error: 'image dimensions must be between 1 and 2' }).code, 'service_unavailable');
  assert.equal(said(401, { error: 'You have no credits left: insufficient balance' }).code, 'quota_exceeded');
  assert.equal(said(504, { error: 'invalid parameter' }).code, 'generation_timeout');
  assert.equal(said(429, { error: 'The server is overloaded' }).code, 'resource_exhausted');
  assert.equal(said(500, { error: 'missing required field `x`' }).code, 'service_error');
});

test('success that is none: flags, empty results, unknown jobs', () => {
  const result = { phase: 'result' as const };
  assert.equal(
    short(said(200, { images: [{ url: 'https://a/b.png' }], has_nsfw_concepts: [true] }, result)),
    'content_policy_violation/adult',
  );
  assert.equal(
    short(said(200, { data: [{ url: null, is_image_safe: false }] }, result)),
    'content_policy_violation/general',
  );
  assert.equal(short(said(200, { data: [] }, result)), 'generation_failed_no_content/empty_result');
  assert.equal(short(said(200, {}, { phase: 'poll' })), 'resource_not_found');
  assert.equal(short(said(200, { status: 'canceled', error: null }, { phase: 'poll' })), 'request_cancelled');
  assert.equal(
    short(said(200, { has_nsfw_concepts: [false], images: [{ url: 'https://a/b.png' }] }, result)),
    'unknown_error',
  );
});

test('errors inside strings, lists, pages and broken bodies', () => {
  assert.equal(
    short(said(200, 'HTTP 503: {"error":{"message":"model is overloaded"}}')),
    'resource_exhausted',
  );
  assert.equal(
    short(said(400, { error: { message: '{"detail":[{"type":"content_policy_violation"}]}' } })),
    'content_policy_violation/general',
  );
  assert.equal(
    short(said(403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>')),
    'service_unavailable',
  );
  assert.equal(
    short(said(200, '<html><head><title>504 Gateway Time-out</title></head></html>')),
    'generation_timeout',
  );
  assert.equal(short(said(200, '{"id":"1","status":"pro')), 'service_error');
});

test("the caller's own words in an echo of the request decide nothing", () => {
  const body = {
    error: { message: 'Input should be valid', input: { message: 'nsfw nudity' } },
    input: { prompt: 'nsfw content policy violation rate limit' },
  };
  assert.equal(short(said(422, body)), 'invalid_parameters/general');
  assert.equal(said(500, { detail: 'oops', prompt: 'insufficient credits' }).code, 'service_error');
});

test('a number of gRPC counts in a finished operation, and nowhere else', () => {
  const poll = { phase: 'poll' as const };
  assert.equal(
    said(200, { done: true, error: { code: 4, message: 'xyzzy plugh' } }, poll).code,
    'generation_timeout',
  );
  assert.equal(said(200, { error: { code: 4, message: 'xyzzy plugh' } }, poll).code, 'unknown_error');
  assert.equal(said(200, null, { ...poll, headers: { 'grpc-status': '16' } }).code, 'service_unavailable');
  assert.equal(
    said(400, { error: { status: 'DEADLINE_EXCEEDED', message: 'xyzzy plugh' } }).code,
    'generation_timeout',
  );
});

test('network errors along the chain of causes', () => {
  const fault = (cause: object) => ({ name: 'TypeError', message: 'fetch failed', cause });
  const network = { phase: 'network' as const };
  const refused = said(null, fault({ name: 'Error', message: 'connect', code: 'ECONNREFUSED' }), network);
  assert.equal(refused.code, 'service_unavailable');
  assert.equal(refused.details.never_left, true);
  const reset = said(null, fault({ name: 'Error', message: 'read', code: 'ECONNRESET' }), network);
  assert.equal(reset.details.never_left, undefined);
  assert.equal(
    said(null, fault({ name: 'HeadersTimeoutError', message: '', code: 'UND_ERR_HEADERS_TIMEOUT' }), network)
      .code,
    'generation_timeout',
  );
  assert.equal(
    said(null, { name: 'AbortError', message: 'aborted', code: 20 }, network).code,
    'request_cancelled',
  );
  assert.equal(said(null, 'connect ECONNREFUSED 1.2.3.4:443', network).code, 'service_unavailable');
});
