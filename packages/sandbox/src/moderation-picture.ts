/**
 * What the emulators of moderation services share. Read this first, then one of the services.
 *
 * They look at no pixel: what is found is chosen by a scenario word. A text carries it itself; for a picture, which has no room
 * for words, it stands in the address: `base_url: http://127.0.0.1:PORT/sandbox:violence`.
 */
import { type Call, type Reply, type Scenario, scenarioIn } from './emulator.ts';

/** The word, and the path without it. */
export function scenarioOf(call: Call, text: unknown = null): { scenario: string | null; path: string } {
  const word = scenarioIn(call.path.split('/')[1]);
  return {
    scenario: scenarioIn(text) ?? word,
    path: word === null ? call.path : call.path.replace(/^\/sandbox:[^/]*/, ''),
  };
}

export type PictureFault = 'not_base64' | 'not_a_picture' | 'too_large';

/** Services take JPEG and PNG; what else they take differs. */
export function pictureFault(base64: unknown, maxBytes: number): PictureFault | null {
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return 'not_base64';
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > maxBytes) return 'too_large';
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  return isJpeg || bytes.subarray(1, 4).toString() === 'PNG' ? null : 'not_a_picture';
}

/** What a gateway whose policy blocks should answer. */
export const found = (subtype: string): Scenario['ends'] => ({ code: 'content_policy_violation', subtype });

/** What a gateway should answer whose policy says `on_error: block`. */
export const NOBODY_LOOKED: Scenario['ends'] = { code: 'service_unavailable' };

/** What a service answers instead of looking, by the word that asks for it. */
export type Failures = Readonly<Record<string, { readonly reply: Reply; readonly description: string }>>;

export function failureScenarios(failures: Failures): Scenario[] {
  return Object.entries(failures).map(([name, { description }]) => ({
    name,
    description,
    ends: NOBODY_LOOKED,
  }));
}

export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
