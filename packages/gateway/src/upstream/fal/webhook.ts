/**
 * fal signs its webhooks with Ed25519: four headers, and public keys at a JWKS address that may be kept for a day. What is signed
 * is `request id \n user id \n timestamp \n hex(sha256(body))`. Facts: fal.ai/docs (webhooks).
 */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { Type } from 'typebox';
import { guard } from '../../guard.ts';
import type { CallContext, WebhookCall } from '../adapter.ts';
import type { UpstreamCaller } from '../call.ts';

export const FAL_WEBHOOK_KEYS_URL = 'https://rest.fal.ai/.well-known/jwks.json';

/** Older or newer calls are refused: they may be replays. */
const TOLERANCE_MS = 300_000;
const KEEP_KEYS_MS = 24 * 3_600_000;
/** A signature that no known key fits may be of a new key; asked for no more often than this. */
const ASK_AGAIN_MS = 60_000;
const KEYS_TIMEOUT_MS = 5_000;

const isKeySet = guard(Type.Object({ keys: Type.Array(Type.Unknown()) }));
const isEd25519 = guard(
  Type.Object({ kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: Type.String() }),
);

export type WebhookVerifier = (call: WebhookCall, ctx: CallContext) => Promise<boolean>;

export function createFalVerifier(caller: UpstreamCaller, keysUrl: string): WebhookVerifier {
  let keys: readonly KeyObject[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  const ask = async ({ clock, signal }: CallContext) => {
    askedAt = clock.now();
    const request = { method: 'GET', url: keysUrl, timeoutMs: KEYS_TIMEOUT_MS } as const;
    const answer = await caller.send(request, signal);
    // While the keys cannot be had, the ones known go on being good.
    if (answer.kind === 'answer' && answer.status === 200 && isKeySet(answer.body)) {
      keys = answer.body.keys.flatMap(readKey);
    }
  };
  const refresh = async (ctx: CallContext, afterMs: number) => {
    if (ctx.clock.now() - askedAt < afterMs) return asking;
    asking = ask(ctx);
    return asking;
  };

  return async (call, ctx) => {
    const signed = readSigned(call, ctx.clock.now());
    if (signed === null) return false;
    const fits = () => keys.some((key) => verify(null, signed.message, key, signed.signature));
    await refresh(ctx, KEEP_KEYS_MS);
    if (fits()) return true;
    await refresh(ctx, ASK_AGAIN_MS);
    return fits();
  };
}

/** What was signed and the signature; null where a header is missing, malformed or out of time. */
function readSigned(
  { headers, body }: WebhookCall,
  now: number,
): { readonly message: Buffer; readonly signature: Buffer } | null {
  const request = headers['x-fal-webhook-request-id'];
  const user = headers['x-fal-webhook-user-id'];
  const timestamp = headers['x-fal-webhook-timestamp'];
  const signature = headers['x-fal-webhook-signature'];
  if (!request || !user || !timestamp || !signature) return null;
  if (!/^\d{1,12}$/.test(timestamp) || !/^[0-9a-f]{128}$/i.test(signature)) return null;
  if (Math.abs(Number(timestamp) * 1000 - now) > TOLERANCE_MS) return null;
  const message = Buffer.from([request, user, timestamp, hash('sha256', body)].join('\n'));
  return { message, signature: Buffer.from(signature, 'hex') };
}

/** A key of another kind, or a broken one, is passed over. */
function readKey(key: unknown): KeyObject[] {
  if (!isEd25519(key)) return [];
  const { kty, crv, x } = key;
  try {
    return [createPublicKey({ key: { kty, crv, x }, format: 'jwk' })];
  } catch {
    return [];
  }
}
