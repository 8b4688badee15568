import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import type { FetchFailure } from '../net/failure.ts';
import { evidenceOfDownload, problemOfDownload } from './download-errors.ts';
import { errorOf } from './problem.ts';

/** Every member of the union, with what a client is to be told. */
const TOLD: readonly (readonly [FetchFailure, string, boolean])[] = [
  [{ reason: 'bad_url', problem: 'credentials' }, 'url_inaccessible', false],
  [{ reason: 'forbidden_scheme', scheme: 'ftp' }, 'url_inaccessible', false],
  [{ reason: 'forbidden_port', port: 22 }, 'url_inaccessible', false],
  [{ reason: 'forbidden_host' }, 'url_inaccessible', false],
  [{ reason: 'forbidden_address', range: 'private' }, 'url_inaccessible', false],
  [{ reason: 'dns', temporary: false }, 'url_inaccessible', false],
  [{ reason: 'dns', temporary: true }, 'network', true],
  [{ reason: 'refused' }, 'network', true],
  [{ reason: 'tls', problem: 'expired' }, 'url_inaccessible', false],
  [{ reason: 'tls', problem: 'handshake' }, 'network', true],
  [{ reason: 'timeout', stage: 'headers', limitMs: 15_000 }, 'network', true],
  [{ reason: 'too_large', maxBytes: 10, actualBytes: 20 }, 'file_too_large', false],
  [{ reason: 'too_large', maxBytes: 10, actualBytes: null }, 'file_too_large', false],
  [{ reason: 'needs_authentication', status: 401 }, 'url_inaccessible', false],
  [{ reason: 'expired_link', status: 403 }, 'url_inaccessible', false],
  [{ reason: 'gone', status: 404 }, 'url_inaccessible', false],
  [{ reason: 'blocked', status: 403, by: 'Cloudflare' }, 'url_inaccessible', false],
  [{ reason: 'http_status', status: 400, retryAfterSeconds: null }, 'url_inaccessible', false],
  [{ reason: 'http_status', status: 503, retryAfterSeconds: 7 }, 'network', true],
  [{ reason: 'too_many_redirects', max: 5 }, 'url_inaccessible', false],
  [{ reason: 'html_instead_of_media', site: 'Dropbox' }, 'url_inaccessible', false],
  [{ reason: 'compressed', encoding: 'gzip' }, 'url_inaccessible', false],
  [{ reason: 'interrupted' }, 'network', true],
];

describe('what a client is told of a failed download', () => {
  for (const [failure, subtype, retryable] of TOLD) {
    it(`${JSON.stringify(failure)} is ${subtype}`, () => {
      const error = errorOf([problemOfDownload(failure, 'image_urls[1]')]);
      assert.ok(TaskError.is(error));
      assert.equal(error.subtype, subtype);
      assert.equal(error.retry.retryable, retryable);
      assert.equal(error.param, 'image_urls[1]');
      assert.equal(error.details.reason, failure.reason);
      const [, why = ''] = error.message.split('\n');
      assert.match(why, /image_urls\[1\].*\.$/);
    });
  }

  it('names the bytes that are taken, not those that are downloaded to see whether a repair helps', () => {
    const failure = { reason: 'too_large', maxBytes: 50_000_000, actualBytes: 60_000_000 } as const;
    const { message, details } = errorOf([problemOfDownload(failure, 'p', 1_000_000)]);
    assert.deepEqual(details.max_bytes, 1_000_000);
    assert.match(message, /^File size exceeds 1MB\np is too large: at most 1,000,000 bytes are accepted/);
    assert.equal(problemOfDownload(failure, 'p', 90_000_000).details.max_bytes, 50_000_000);
  });

  it('keeps the inside network to itself', () => {
    const message = JSON.stringify(
      errorOf([problemOfDownload({ reason: 'forbidden_address', range: 'linkLocal' }, 'p')]).toJSON(),
    );
    assert.ok(!message.includes('linkLocal'));
  });

  it('hands on how long a host asked to wait', () => {
    const failure = { reason: 'http_status', status: 503, retryAfterSeconds: 90 } as const;
    assert.equal(errorOf([problemOfDownload(failure, 'p')]).retry.after_seconds, 90);
  });
});

describe('evidence of a failed result download', () => {
  it('is what was heard, or the reason of the guard', () => {
    const heard = { status: 503, headers: { server: 'x' }, body: 'busy' };
    const failure = { reason: 'http_status', status: 503, retryAfterSeconds: null } as const;
    assert.deepEqual(evidenceOfDownload({ kind: 'failed', failure, heard }, 'fal'), {
      provider: 'fal',
      phase: 'download',
      ...heard,
    });
    const silent = { status: null, headers: {}, body: null };
    const guard = evidenceOfDownload(
      { kind: 'failed', failure: { reason: 'forbidden_host' }, heard: silent },
      'fal',
    );
    assert.deepEqual(guard.body, {
      name: 'DownloadFailed',
      message: 'forbidden_host',
      code: 'forbidden_host',
    });
  });
});
