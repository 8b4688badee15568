/** The formats of `fields.ts` as checks. */
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { DURATION_FORMAT, LONGEST_TIMER, SIZE_FORMAT, TIMER_FORMAT, URL_FORMAT } from './fields.ts';
import { parseDuration, parseSize } from './units.ts';

export function addFormats(ajv: Ajv2020): void {
  const longest = parseDuration(LONGEST_TIMER) ?? 0;
  const text = (validate: (text: string) => boolean) => ({ type: 'string', validate }) as const;
  ajv.addFormat(
    SIZE_FORMAT,
    text((size) => (parseSize(size) ?? 0) > 0),
  );
  ajv.addFormat(
    DURATION_FORMAT,
    text((duration) => (parseDuration(duration) ?? 0) > 0),
  );
  ajv.addFormat(
    TIMER_FORMAT,
    text((timer) => (parseDuration(timer) ?? 0) > 0 && (parseDuration(timer) ?? 0) <= longest),
  );
  ajv.addFormat(URL_FORMAT, text(isPublicUrl));
}

function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && `${search}${hash}${username}${password}` === '';
}
