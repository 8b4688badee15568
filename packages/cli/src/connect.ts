import { Sluice } from '@sluice/client';
import { UsageError } from './usage-error.ts';

/** Which gateway to speak to, and as whom. */
export interface Target {
  readonly url: string;
  readonly apiKey: string | null;
}

export function addressOf(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(
    `"${text}" is not the address of a gateway. Give one like http://127.0.0.1:8787 (--url or SLUICE_URL).`,
  );
}

export function connect(target: Target): Sluice {
  addressOf(target.url);
  if (target.apiKey === null) {
    throw new UsageError(
      [
        'An API key is needed: give it with --key, or once for this shell with',
        '',
        '  export SLUICE_API_KEY=sk-...',
        '',
        'The gateway prints its first key when it starts for the first time (npm start); `keys create` makes another.',
      ].join('\n'),
    );
  }
  // One repetition: a person at a terminal sees sooner than any back-off that nothing runs there.
  return new Sluice({ baseUrl: target.url, apiKey: target.apiKey, retries: 1 });
}
