/** Signatures as in the Standard Webhooks specification, which Replicate, OpenAI and others follow. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookCall } from './adapter.ts';

/** Older or newer calls are refused: they may be replays. */
const TOLERANCE_MS = 300_000;

/** @param secret `whsec_` and the key in base64. */
export function verifyStandardWebhook(call: WebhookCall, secret: string, now: number): boolean {
  const id = call.headers['webhook-id'];
  const timestamp = call.headers['webhook-timestamp'];
  const signatures = call.headers['webhook-signature'];
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Number(timestamp) * 1000 - now) > TOLERANCE_MS) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(call.body).digest();
  return signatures.split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',', 2);
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
