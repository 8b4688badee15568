import { hash } from 'node:crypto';
import { TaskError } from '@sluice/errors';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { KeyRecord, Millis } from '../store/records.ts';
import type { HttpDeps } from './deps.ts';

const SCHEME = 'bearer ';
const LONGEST_KEY = 512;

/**
 * Finds the key a request presents and puts its record on the request. The store is asked each time (it keeps recent keys in
 * memory), so a key that is disabled is refused from the next request on.
 * Raises `unauthorized` and `forbidden`.
 */
export function authenticate({ store, clock }: Pick<HttpDeps, 'store' | 'clock'>): onRequestHookHandler {
  const hashOf = createKeyHasher();
  return (request, _reply, done) => {
    const header = request.headers.authorization;
    const hashed = hashOf(header);
    if (hashed === null) return done(missing(header));
    store.keyByHash(hashed).then((key) => {
      const refused = refusalOfKey(key, clock.now());
      if (refused) return done(refused);
      request.apiKey = key;
      done();
    }, done);
  };
}

/** The key of a request that has passed {@link authenticate}. */
export function keyOf(request: FastifyRequest): KeyRecord {
  if (!request.apiKey) throw new Error('a handler asked for the key of a route that needs none');
  return request.apiKey;
}

const RECENT = 1000;

/**
 * The hash of the key that an Authorization header presents; null where the header has another form. Recent ones are kept,
 * because hashing is a good part of what a small answer costs; what a hash is worth is still asked of the store each time.
 */
export function createKeyHasher(): (header: string | undefined) => string | null {
  const recent = new Map<string, string>();
  return (header) => {
    if (header === undefined) return null;
    const known = recent.get(header);
    if (known !== undefined) return known;
    const secret = secretOf(header);
    if (secret === null) return null;
    const hashed = hash('sha256', secret);
    if (recent.size >= RECENT) recent.clear();
    recent.set(header, hashed);
    return hashed;
  };
}

/** The key of an Authorization header; null where the header has another form. */
export function secretOf(header: string): string | null {
  if (header.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return null;
  const secret = header.slice(SCHEME.length).trim();
  return secret !== '' && secret.length <= LONGEST_KEY ? secret : null;
}

function missing(header: string | undefined): TaskError {
  return new TaskError('unauthorized', {
    subtype: 'missing_key',
    because:
      header === undefined
        ? 'The request has no Authorization header.'
        : 'The Authorization header does not have the form `Bearer <api key>`.',
  });
}

export function refusalOfKey(key: KeyRecord | null, now: Millis): TaskError | null {
  if (!key) return new TaskError('unauthorized', { subtype: 'invalid_key' });
  if (key.disabledAt !== null && key.disabledAt <= now) {
    return new TaskError('forbidden', {
      subtype: 'key_disabled',
      because: `The key was disabled at ${new Date(key.disabledAt).toISOString()}.`,
    });
  }
  if (key.expiresAt !== null && key.expiresAt <= now) {
    return new TaskError('forbidden', {
      subtype: 'key_expired',
      because: `The key expired at ${new Date(key.expiresAt).toISOString()}.`,
    });
  }
  return null;
}
