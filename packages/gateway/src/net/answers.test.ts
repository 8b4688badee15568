import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, failureOf } from './answers.ts';
import { endOfSignedLink } from './signed-link.ts';

const NOW = Date.UTC(2026, 0, 2);

function answer(given: Partial<Omit<Answer, 'url' | 'body'>> & { url?: string; body?: string }): Answer {
  return {
    url: new URL(given.url ?? 'https://example.com/a.jpg'),
    status: given.status ?? 403,
    headers: given.headers ?? {},
    body: Buffer.from(given.body ?? ''),
  };
}

describe('what an answer other than 200 means', () => {
  it('tells login, gone and other answers apart', () => {
    assert.equal(failureOf(answer({ status: 401 }), NOW).reason, 'needs_authentication');
    assert.equal(failureOf(answer({ status: 403 }), NOW).reason, 'needs_authentication');
    assert.equal(failureOf(answer({ status: 404 }), NOW).reason, 'gone');
    assert.equal(failureOf(answer({ status: 410 }), NOW).reason, 'gone');
    assert.deepEqual(failureOf(answer({ status: 503, headers: { 'retry-after': '7' } }), NOW), {
      reason: 'http_status',
      status: 503,
      retryAfterSeconds: 7,
    });
  });

  it('reads the end of signed links of every large store', () => {
    const end = Date.UTC(2026, 0, 1, 1);
    const policy = `{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":${end / 1000}}}}]}`;
    const jwt = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const token = `${jwt({ alg: 'HS256' })}.${jwt({ url: 'a/b', exp: end / 1000 })}.c2ln`;
    for (const query of [
      'X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-Signature=x',
      'X-Goog-Date=20260101T000000Z&X-Goog-Expires=3600&X-Goog-Signature=x',
      'x-oss-date=20260101T000000Z&x-oss-expires=3600',
      'X-Tos-Date=20260101T000000Z&X-Tos-Expires=3600',
      'se=2026-01-01T01%3A00%3A00Z&sig=x',
      `Expires=${end / 1000}&Signature=x&Key-Pair-Id=y`,
      `Policy=${Buffer.from(policy).toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~')}&Signature=x`,
      `q-sign-algorithm=sha1&q-sign-time=1;${end / 1000}`,
      `ex=${(end / 1000).toString(16)}&is=1&hm=x`,
      `oh=x&oe=${(end / 1000).toString(16).toUpperCase()}`,
      `token=${token}`,
    ]) {
      assert.equal(endOfSignedLink(new URL(`https://store.example.com/a?${query}`)), end, query);
    }
    for (const plain of ['expires=soon&se=x', 'ex=65&oe=65', 'policy=x&token=eyJ.eyJ.x', 'q-sign-time=1'])
      assert.equal(endOfSignedLink(new URL(`https://example.com/a?${plain}`)), null, plain);
  });

  it('calls a signed link expired only when its time is over', () => {
    const url = 'https://s3.example.com/a?X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600';
    assert.equal(failureOf(answer({ url }), NOW).reason, 'expired_link');
    assert.equal(failureOf(answer({ url }), Date.UTC(2026, 0, 1, 0, 30)).reason, 'needs_authentication');
    const body = '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';
    assert.equal(failureOf(answer({ body }), NOW).reason, 'expired_link');
    const ofToken = String.raw`{"error":"InvalidJWT","message":"\"exp\" claim timestamp check failed"}`;
    for (const said of ['URL signature expired', ofToken])
      assert.equal(failureOf(answer({ body: said, status: 400 }), NOW).reason, 'expired_link', said);
  });

  it('names the filter in front of a file', () => {
    const by = (given: Parameters<typeof answer>[0]) => {
      const failure = failureOf(answer(given), NOW);
      return failure.reason === 'blocked' ? failure.by : failure.reason;
    };
    assert.equal(by({ headers: { 'cf-mitigated': 'challenge' } }), 'Cloudflare');
    assert.equal(by({ headers: { server: 'AkamaiGHost' } }), 'Akamai');
    assert.equal(by({ status: 405, headers: { 'x-amzn-waf-action': 'captcha' } }), 'AWS WAF');
    assert.equal(by({ headers: { 'x-vercel-mitigated': 'deny' } }), 'Vercel');
    assert.equal(by({ headers: { server: 'cloudflare' }, body: '<!DOCTYPE html><title>x' }), 'Cloudflare');
    // A login behind Cloudflare is still a login.
    assert.equal(by({ headers: { server: 'cloudflare' }, body: '{"error":"no"}' }), 'needs_authentication');
    assert.equal(by({ status: 404, headers: { 'cf-mitigated': 'challenge' } }), 'gone');
  });
});
