import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedHeaders, signingKey } from './sign-aws.ts';

/** The keys of AWS's own examples; they open nothing. */
const EXAMPLE = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);

test("the key for a day, a region and a service is that of AWS's guide", () => {
  assert.equal(
    signingKey(EXAMPLE, '20150830/us-east-1/iam/aws4_request').toString('hex'),
    'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
  );
});

test("a plain POST has the signature of AWS's test suite (post-vanilla)", () => {
  const headers = signedHeaders(
    EXAMPLE,
    { service: 'service', url: 'https://example.amazonaws.com/', headers: {}, body: '' },
    NOW,
  );
  assert.deepEqual(headers, {
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  });
});

test('temporary credentials sign their token, and the body changes the signature', () => {
  const signed = (body: string) =>
    signedHeaders(
      { ...EXAMPLE, sessionToken: 'token' },
      { service: 'service', url: 'https://example.amazonaws.com/', headers: {}, body },
      NOW,
    );
  assert.equal(signed('a')['x-amz-security-token'], 'token');
  assert.match(signed('a').authorization ?? '', /SignedHeaders=host;x-amz-date;x-amz-security-token/);
  assert.notEqual(signed('a').authorization, signed('b').authorization);
});
