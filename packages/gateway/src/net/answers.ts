/** What a status other than 200 means to someone who only wanted the file. */
import { retryAfterSeconds } from '@sluice/errors';
import type { FetchFailure } from './failure.ts';
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
  const filter = [401, 403, 429, 503].includes(status) ? filterInFront(answer) : null;
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
  return /request has expired|expiredtoken|link (has )?expired|signature not valid in the specified time frame/i.test(
    text,
  );
}

/**
 * When a signed link ends, in milliseconds since 1970; null for any other link. S3 and its relatives (`X-Amz-Date` +
 * `X-Amz-Expires`; Google, Alibaba and Volcengine differ in the prefix only), Azure (`se`), CloudFront and the older
 * signatures of S3, Google and Alibaba (`Expires`, unix seconds).
 */
export function endOfSignedLink(url: URL): number | null {
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  for (const prefix of ['x-amz', 'x-goog', 'x-oss', 'x-tos']) {
    const from = query.get(`${prefix}-date`)?.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
    const seconds = Number(query.get(`${prefix}-expires`) ?? Number.NaN);
    if (from && Number.isFinite(seconds)) {
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = from.slice(1).map(Number);
      return Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1000;
    }
  }
  const azure = query.has('sig') ? Date.parse(query.get('se') ?? '') : Number.NaN;
  if (!Number.isNaN(azure)) return azure;
  const unix = Number(query.get('expires') ?? Number.NaN);
  const isSigned = query.has('signature') || query.has('key-pair-id');
  return isSigned && Number.isFinite(unix) ? unix * 1000 : null;
}

/** Which bot filter or CDN rule answered, by the marks each is known to leave; null where the file's own server spoke. */
function filterInFront({ headers, body, status }: Answer): string | null {
  if (headers['cf-mitigated'] !== undefined) return 'Cloudflare';
  if (headers['x-sucuri-block'] !== undefined) return 'Sucuri';
  if (headers['x-datadome'] !== undefined) return 'DataDome';
  if (headers.server === 'AkamaiGHost') return 'Akamai';
  // These two also pass on what the server behind them said; only their own pages are web pages about a file.
  const isPage = looksLikeWebPage(body);
  if (headers.server === 'cloudflare' && isPage && status !== 401) return 'Cloudflare';
  if (headers['x-cache'] === 'Error from cloudfront' && isPage) return 'CloudFront';
  return null;
}
