/** What a status other than 200 means to someone who only wanted the file. */
import { retryAfterSeconds } from '@sluice/errors';
import type { FetchFailure } from './failure.ts';
import { endOfSignedLink } from './signed-link.ts';
import { looksLikeWebPage } from './web-page.ts';

export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first few kilobytes. */
  readonly body: Uint8Array;
}

export function failureOf(answer: Answer, nowMs: number): FetchFailure {
  const { status } = answer;
  if ([400, 401, 403, 404, 410].includes(status) && signedLinkIsOver(answer, nowMs)) {
    return { reason: 'expired_link', status };
  }
  // AWS WAF challenges with 202 and 405.
  const filter = [202, 401, 403, 405, 429, 503].includes(status) ? filterInFront(answer) : null;
  if (filter !== null) return { reason: 'blocked', status, by: filter };
  if (status === 401 || status === 403) return { reason: 'needs_authentication', status };
  if (status === 404 || status === 410) return { reason: 'gone', status };
  return { reason: 'http_status', status, retryAfterSeconds: retryAfterSeconds(answer.headers, nowMs) };
}

/** By the link's own dates, else by what the store says in its error document. */
function signedLinkIsOver(answer: Answer, nowMs: number): boolean {
  const over = endOfSignedLink(answer.url);
  if (over !== null) return over <= nowMs;
  const text = Buffer.from(answer.body).toString('latin1');
  return /request has expired|expired ?token|(link|signature) (has )?expired|signature not valid in the specified time frame|"exp\\?" claim timestamp check failed/i.test(
    text,
  );
}

/** Which bot filter or CDN rule answered, by the marks each is known to leave; null where the file's own server spoke. */
function filterInFront({ headers, body, status }: Answer): string | null {
  if (headers['cf-mitigated'] !== undefined) return 'Cloudflare';
  if (headers['x-amzn-waf-action'] !== undefined) return 'AWS WAF';
  if (headers['x-vercel-mitigated'] !== undefined) return 'Vercel';
  if (headers['x-sucuri-block'] !== undefined) return 'Sucuri';
  if (headers['x-datadome'] !== undefined) return 'DataDome';
  if (headers.server === 'AkamaiGHost') return 'Akamai';
  // These two also pass on what the server behind them said; only their own pages are web pages about a file.
  const isPage = looksLikeWebPage(body);
  if (headers.server === 'cloudflare' && isPage && status !== 401) return 'Cloudflare';
  if (headers['x-cache'] === 'Error from cloudfront' && isPage) return 'CloudFront';
  return null;
}
