/**
 * AWS Signature Version 4 for one POST with a body and no query. Facts: AWS's guide "Create a signed AWS API request"; the test
 * holds the signature of its example. A library would be larger than this file: see docs/decisions/aws-signature.md.
 */
import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  readonly region: string;
}

export interface Signable {
  readonly service: string;
  readonly url: string;
  /** All of them are signed; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The headers to send: those given, and `x-amz-date`, `authorization` and, of temporary credentials, `x-amz-security-token`.
 *
 * @param now milliseconds since 1970. AWS takes a clock that is five minutes off, and no more.
 */
export function signedHeaders(
  credentials: AwsCredentials,
  what: Signable,
  now: number,
): Record<string, string> {
  const { accessKeyId, sessionToken, region } = credentials;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const sent = {
    ...what.headers,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const { host, pathname } = new URL(what.url);
  const signed = Object.entries({ ...sent, host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    'POST',
    pathname,
    '',
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    sha256(what.body),
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${what.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signature = hmac(signingKey(credentials, scope), toSign).toString('hex');
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** @param scope `20150830/us-east-1/iam/aws4_request` */
export function signingKey({ secretAccessKey }: AwsCredentials, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
