/** The media parameters of a request: what can be judged of a URL without fetching it, and inline media taken out of it. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { MAX_URL_LENGTH, MEDIA_PARAMS } from '../catalog/compile.ts';
import type { InputLimits, MediaKind, ModelDefinition } from '../catalog/model.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { RepairOp } from '../media/auto-fix.ts';
import { FILE_REFERENCE, KIND_OF_PARAM } from '../media/references.ts';
import type { Issue } from './issues.ts';

export interface MediaPolicy {
  /** Links to uploads of this gateway, which are read from its file store: how they begin does not matter. */
  readonly isOwnLink?: (url: string) => boolean;
  readonly allowHttpLoopback: boolean;
  /** Of any input, whatever the model says. */
  readonly maxBytes: number;
}

/** Bytes that were in the request, to be put under `key` before the task is admitted. */
export interface InlineMedia {
  readonly key: string;
  readonly data: Uint8Array;
}

export interface CheckedMedia {
  /** The media parameters, inline media replaced by references. */
  readonly params: JsonObject;
  readonly inline: readonly InlineMedia[];
  readonly issues: readonly Issue[];
}

/** Values that are no texts are left alone: the model's schema has its own words for them. `ops` are the repairs allowed. */
export function checkMedia(
  model: ModelDefinition,
  params: JsonObject,
  policy: MediaPolicy,
  ops: readonly RepairOp[] = [],
): CheckedMedia {
  const checked: JsonObject = {};
  const inline = new Map<string, InlineMedia>();
  const issues: Issue[] = [];
  for (const param of MEDIA_PARAMS) {
    const limits = model.inputs[param];
    const given = params[param];
    if (limits === undefined || given === undefined) continue;
    const take = (value: JsonValue, path: string): JsonValue => {
      if (typeof value !== 'string' || value === '') return value;
      const outcome = /^data:/i.test(value)
        ? readDataUrl(value, path, KIND_OF_PARAM[param], limits, policy, ops)
        : checkUrl(value, path, policy);
      if (outcome === null) return value;
      if ('because' in outcome) {
        issues.push(outcome);
        return value;
      }
      inline.set(outcome.key, outcome);
      return `${FILE_REFERENCE}${outcome.key}`;
    };
    // Beyond the allowed number nothing is decoded: the list is refused for its length.
    checked[param] = Array.isArray(given)
      ? given.map((value, index) => (index < limits.max ? take(value, `${param}[${index}]`) : value))
      : take(given, param);
  }
  return { params: checked, inline: [...inline.values()], issues };
}

/** Null where the URL may be fetched; the address behind it is checked when that happens. */
function checkUrl(text: string, param: string, policy: MediaPolicy): Issue | null {
  const refuse = (because: string, remedy: string, details = {}): Issue => ({
    param,
    because,
    remedy,
    details,
  });
  if (text.length > MAX_URL_LENGTH) {
    const details = { max_chars: MAX_URL_LENGTH, actual_chars: text.length };
    return refuse(
      `\`${param}\` is longer than ${MAX_URL_LENGTH} characters.`,
      'Use a shorter link.',
      details,
    );
  }
  if (policy.isOwnLink?.(text)) return null;
  const accepted = `an https: URL${policy.allowHttpLoopback ? ', an http: URL of this machine' : ''} or a data: URL`;
  if (!URL.canParse(text)) return refuse(`\`${param}\` is not a URL.`, `Give ${accepted}.`);
  const url = new URL(text);
  const scheme = url.protocol.slice(0, 30);
  if (url.protocol === 'http:' && !(policy.allowHttpLoopback && isLoopback(url.hostname))) {
    return refuse(
      `\`${param}\` is an http: URL, which could be read and changed on its way.`,
      `Give ${accepted}.`,
      { scheme },
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse(`\`${param}\` has the scheme ${scheme}, which is not fetched.`, `Give ${accepted}.`, {
      scheme,
    });
  }
  if (url.username !== '' || url.password !== '') {
    return refuse(
      `\`${param}\` carries a user name or password.`,
      'Use a link that works without, such as a signed one.',
    );
  }
  return null;
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** `data:image/png;base64,iVBOR...`, decoded strictly: nothing that is not base64 is skipped over. */
function readDataUrl(
  text: string,
  param: string,
  kind: MediaKind,
  limits: InputLimits,
  policy: MediaPolicy,
  ops: readonly RepairOp[],
): Issue | InlineMedia {
  const remedy = `Give data:${kind}/<format>;base64, and the file in base64 with its padding.`;
  const refuse = (because: string): Issue => ({ param, because, remedy });
  const comma = text.slice(0, 256).indexOf(',');
  const head = comma < 0 ? '' : text.slice('data:'.length, comma).toLowerCase();
  if (!/^([\w.+-]+\/[\w.+-]+)?(;[\w-]+=[\w."+-]+)*;base64$/.test(head)) {
    return refuse(`\`${param}\` is a data: URL without a media type and \`;base64\`.`);
  }
  const mime = head.split(';')[0] ?? '';
  if (mime !== '' && mime !== 'application/octet-stream' && !mime.startsWith(`${kind}/`)) {
    return {
      subtype: 'unsupported_format',
      param,
      because: `\`${param}\` holds ${mime}, and takes only ${kind} files.`,
      remedy: `Send one of: ${limits.formats.join(', ')}.`,
      details: { actual: mime, allowed: limits.formats },
    };
  }
  const encoded = comma + 1;
  const length = text.length - encoded;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = (length / 4) * 3 - padding;
  if (length === 0) return refuse(`\`${param}\` holds no data.`);
  // What is too large for the model may still be made smaller, later, where that is allowed.
  const isCompressible = kind === 'image' && ops.includes('compress');
  const modelTakes = isCompressible
    ? Number.POSITIVE_INFINITY
    : (limits.maxBytes ?? Number.POSITIVE_INFINITY);
  const maxBytes = Math.min(modelTakes, policy.maxBytes);
  if (bytes > maxBytes) {
    return {
      subtype: 'file_too_large',
      param,
      because: `\`${param}\` holds ${Math.floor(bytes)} bytes; at most ${maxBytes} are accepted.`,
      details: { max_bytes: maxBytes, actual_bytes: Math.floor(bytes) },
      ...(kind === 'image' && bytes <= policy.maxBytes
        ? { fixes: [{ op: 'compress', param, to: `${maxBytes} bytes` }] }
        : {}),
    };
  }
  // The decoder skips what it does not know and also reads the URL alphabet: both show in what is compared here.
  const data =
    length % 4 === 0 && !/[-_]/.test(text.slice(encoded)) ? Buffer.from(text.slice(encoded), 'base64') : null;
  if (data === null || data.length !== bytes) return refuse(`\`${param}\` is not valid base64.`);
  return { key: `inputs/${createHash('sha256').update(data).digest('hex')}`, data };
}
