/** When a signed link ends, read from the link itself: each store writes it in its own way. */

type Query = ReadonlyMap<string, string>;

/** Milliseconds since 1970; null where the link is not of this kind. */
const ENDINGS: readonly ((query: Query) => number | null)[] = [
  // S3 and its relatives; Google, Alibaba and Volcengine differ in the prefix only.
  (query) => {
    for (const prefix of ['x-amz', 'x-goog', 'x-oss', 'x-tos']) {
      const from = query.get(`${prefix}-date`)?.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
      const seconds = Number(query.get(`${prefix}-expires`) ?? Number.NaN);
      if (!from || !Number.isFinite(seconds)) continue;
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = from.slice(1).map(Number);
      return Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1000;
    }
    return null;
  },
  // Azure.
  (query) => (query.has('sig') ? finite(Date.parse(query.get('se') ?? '')) : null),
  // CloudFront, and the older signatures of S3, Google, Alibaba and Huawei.
  (query) =>
    query.has('signature') || query.has('key-pair-id') ? unix(query.get('expires') ?? '', 10) : null,
  // CloudFront with a policy of its own: JSON in base64 in which `+=/` are written `-_~`.
  (query) => {
    const policy = Buffer.from((query.get('policy') ?? '').replace(/[-_~]/g, forPolicy), 'base64').toString();
    return unix(/"DateLessThan":\s*\{\s*"AWS:EpochTime":\s*(\d+)/.exec(policy)?.[1] ?? '', 10);
  },
  // Tencent: `begin;end`.
  (query) => unix(query.get('q-sign-time')?.split(';')[1] ?? '', 10),
  // Discord.
  (query) => (query.has('hm') ? unix(query.get('ex') ?? '', 16) : null),
  // Meta.
  (query) => (query.has('oh') ? unix(query.get('oe') ?? '', 16) : null),
  // A JSON Web Token as a parameter, as Supabase and others have it.
  (query) => {
    for (const value of query.values()) {
      const [, claims] = /^eyJ[\w-]*\.(eyJ[\w-]*)\.[\w-]*$/.exec(value) ?? [];
      if (claims === undefined) continue;
      const end = /"exp":\s*(\d+)/.exec(Buffer.from(claims, 'base64url').toString())?.[1];
      return unix(end ?? '', 10);
    }
    return null;
  },
];

/** Milliseconds since 1970; null for a link that does not say. */
export function endOfSignedLink(url: URL): number | null {
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  for (const ending of ENDINGS) {
    const end = ending(query);
    if (end !== null) return end;
  }
  return null;
}

function forPolicy(written: string): string {
  return written === '-' ? '+' : written === '_' ? '=' : '/';
}

function unix(text: string, radix: 10 | 16): number | null {
  const isNumber = radix === 10 ? /^\d{1,12}$/ : /^[0-9a-f]{1,10}$/i;
  return isNumber.test(text) ? Number.parseInt(text, radix) * 1000 : null;
}

function finite(time: number): number | null {
  return Number.isNaN(time) ? null : time;
}
