/** Keeps secrets and echoed media out of evidence: what is stored must be safe to show to an operator. */

const LONGEST_TEXT = 4_000;
const DATA_URL = /data:[a-z]+\/[\w.+-]+;base64,[A-Za-z0-9+/=_-]{64,}/g;
const DROPPED_HEADERS = new Set(['set-cookie', 'authorization', 'proxy-authorization', 'cookie']);

/** Secrets become `[redacted]`, media become their size, endless texts are cut; the shape stays. */
export function redactBody(body: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof body === 'string') return redactText(body, secrets);
  if (typeof body !== 'object' || body === null) return body;
  if (depth > 12) return '[nested too deeply]';
  if (Array.isArray(body)) return body.slice(0, 200).map((item) => redactBody(item, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      redactText(key, secrets),
      redactBody(value, secrets, depth + 1),
    ]),
  );
}

export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !DROPPED_HEADERS.has(name))
      .map(([name, value]) => [name, redactText(value, secrets)]),
  );
}

function redactText(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets) {
    if (secret.length > 0) safe = safe.replaceAll(secret, '[redacted]');
  }
  safe = safe.replace(DATA_URL, (url) => `[${url.slice(5, url.indexOf(';'))}, ${url.length} characters]`);
  if (safe.length <= LONGEST_TEXT) return safe;
  return `${safe.slice(0, LONGEST_TEXT)} [${safe.length - LONGEST_TEXT} more characters]`;
}
