/**
 * What an answer says, sorted by how much it can be trusted: machine codes first, then sentences, then flags beside a success.
 *
 * Every provider wraps its errors differently, but they all use the same handful of field names. So an answer of any shape is
 * walked once, and each string is taken for what its key and its form say it is: a code is one word, a sentence has spaces.
 * Echoes of the request (prompts, inputs, links, logs) are passed over: they are the caller's words, not the provider's.
 */
import type { Evidence } from './evidence.ts';
import { framesOf } from './frames.ts';
import { isHtml, pageText } from './page.ts';
import { ROLES, type Role, STATES } from './signal-keys.ts';
import { hasScript, type Words, wordsOfCodes, wordsOfSentences } from './words.ts';

/** Filled while the answer is walked, only read afterwards. */
export class Signals {
  /** HTTP status of the answer; null where none came. */
  readonly status: number | null;
  /** Machine codes as they stand, the order of the body kept. */
  readonly codes: string[] = [];
  readonly sentences: string[] = [];
  /** Values of fields that name the parameter at fault. */
  readonly params: string[] = [];
  /** Numbers under telling names (`ctx.max_width`), for the details. */
  get numbers(): Map<string, number> {
    this.#numbers ??= new Map();
    return this.#numbers;
  }
  /** `expected` and `actual` sizes, such as `1280x720`, from a field of limits. */
  get sizes(): Map<string, string> {
    this.#sizes ??= new Map();
    return this.#sizes;
  }
  /** What fields with telling names (`retry_after`, `retryDelay`) say about waiting, in the order of the body. */
  readonly waits: (readonly [name: string, value: string | number])[] = [];
  /** Lower-case job states: `failed`, `canceled`. */
  readonly states: string[] = [];
  /** Names of safety categories that were filtered, and of flags such as `nsfw`. */
  readonly flags: string[] = [];
  /** An HTML or XML page of a proxy, a CDN or a file store. */
  page = false;
  /** Where the answer has a field for it: whether the input or the output was blocked. */
  stage: 'input' | 'output' | null = null;
  /** The body broke off or cannot be read. */
  broken = false;
  /** At least one output is there (a link, bytes). */
  hasOutput = false;
  /** A finished long-running operation (`done: true`), whose error carries a gRPC number. */
  operation = false;
  // Most answers have none of these: made when asked for.
  #numbers: Map<string, number> | null = null;
  #sizes: Map<string, string> | null = null;
  #codeWords: Words | null = null;
  #sentenceWords: Words | null = null;

  constructor(status: number | null) {
    this.status = status;
  }

  get codeWords(): Words {
    this.#codeWords ??= wordsOfCodes(this.codes);
    return this.#codeWords;
  }

  get sentenceWords(): Words {
    this.#sentenceWords ??= wordsOfSentences(this.sentences);
    return this.#sentenceWords;
  }
}

const DEEPEST = 12;
const MOST_STRINGS = 60;
const LONGEST_TEXT = 4000;

export function readSignals(evidence: Evidence): Signals {
  const draft = new Signals(evidence.status);
  const { body } = evidence;
  if (typeof body === 'string') readText(body, draft, 0);
  else walk(body, 'walk', '', draft, 0);
  readHeaders(evidence.headers, draft);
  return draft;
}

function readHeaders(headers: Evidence['headers'], draft: Signals): void {
  for (const name in headers) {
    const key = name.toLowerCase();
    const value = headers[name];
    if (value === undefined) continue;
    if (key === 'x-fal-error-type' || key === 'x-error-code' || key === 'x-ms-error-code') {
      draft.codes.push(value);
    } else if (key === 'x-amzn-errortype') {
      // `ValidationException:http://internal.amazon.com/coral/...`
      draft.codes.push(value.split(':', 1)[0] ?? value);
    } else if (key === 'finish-reason') {
      draft.codes.push(value);
    } else if (key === 'grpc-status') {
      draft.codes.push(`grpc-${value}`);
    } else if (key === 'grpc-message') {
      draft.sentences.push(value);
    }
  }
}

function readText(text: string, draft: Signals, depth: number): void {
  const trimmed = text.length > LONGEST_TEXT * 4 ? text.slice(0, LONGEST_TEXT * 4).trim() : text.trim();
  if (trimmed === '') return;
  if (isHtml(trimmed)) {
    draft.page = true;
    const { codes, texts } = pageText(trimmed);
    draft.codes.push(...codes);
    draft.sentences.push(...texts);
    return;
  }
  const frames = depth < DEEPEST ? framesOf(trimmed) : null;
  if (frames !== null) {
    for (const frame of frames) readText(frame, draft, depth + 1);
    return;
  }
  const brace = trimmed.search(/[[{]/);
  if (brace >= 0 && depth < DEEPEST) {
    const before = trimmed.slice(0, brace).trim();
    const inner = parsed(trimmed.slice(brace));
    if (inner !== undefined) {
      sayText(before, draft);
      walk(inner, 'walk', '', draft, depth + 1);
      return;
    }
    if (brace === 0) draft.broken = true;
  }
  sayText(trimmed, draft);
}

/** JSON at the end of a string, where it is whole. */
function parsed(text: string): unknown {
  // Most braces in a sentence open no JSON, and a parser that throws is slow.
  if (!/^(?:\{\s*["}]|\[\s*["{[\]\d])/.test(text)) return undefined;
  const end = text.charCodeAt(text.length - 1);
  if (end !== 125 && end !== 93) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function walk(value: unknown, role: Role, key: string, draft: Signals, depth: number): void {
  if (value === null || value === undefined) return;
  switch (typeof value) {
    case 'string':
      readString(value, role, key, draft, depth);
      return;
    case 'number':
      if (role === 'wait') draft.waits.push([key, value]);
      else if (role === 'error_numbers' || NUMBER_KEYS.test(key)) draft.numbers.set(key, value);
      else if (role === 'say' || role === 'state') draft.codes.push(String(value));
      return;
    case 'boolean':
      if ((role === 'flag' && value) || (role === 'unsafe_if_false' && !value)) draft.flags.push(key);
      return;
    case 'object':
      break;
    default:
      return;
  }
  if (role === 'skip' || depth > DEEPEST || draft.codes.length + draft.sentences.length > MOST_STRINGS)
    return;
  if (Array.isArray(value)) {
    if (role === 'param') draft.params.push(value.filter((part) => typeof part !== 'object').join('.'));
    else for (const item of value) walk(item, role, key, draft, depth + 1);
    return;
  }
  walkObject(value, role, key, draft, depth);
}

function walkObject(value: object, role: Role, key: string, draft: Signals, depth: number): void {
  const fields = value as Record<string, unknown>;
  // A protobuf duration as an object.
  if (role === 'wait' && typeof fields.seconds === 'number') draft.waits.push([key, fields.seconds]);
  // Azure and its kin: { "violence": { "filtered": true } }: the name of the category stands on the outside.
  if ((fields.filtered === true || fields.detected === true) && key !== '') draft.flags.push(key);
  for (const name in fields) {
    const child = fields[name];
    if (name === 'done' && child === true) draft.operation = true;
    if (key === 'errors' && Array.isArray(child) && typeof child[0] === 'string') {
      // { "errors": { "duration": ["must be ..."] } }: what is wrong, by the name of the field
      draft.params.push(name);
      walk(child, 'say', name, draft, depth + 1);
      continue;
    }
    const named = ROLES.get(name) ?? (typeof child === 'string' && SAYING.test(name) ? 'say' : undefined);
    if (named === 'skip') continue;
    if (named !== undefined)
      walk(child, named === 'output' && role === 'say' ? 'walk' : named, name, draft, depth + 1);
    else if (role === 'error_numbers') walk(child, role, name, draft, depth + 1);
    else if (typeof child === 'object') walk(child, role === 'say' ? 'say' : 'walk', name, draft, depth + 1);
    else if (typeof child === 'number' && NUMBER_KEYS.test(name)) draft.numbers.set(name, child);
    else if (child === true && role === 'say' && SAFETY_NAME.test(name)) draft.flags.push(name);
  }
}

/** Names that are not in the list but plainly hold what is wrong: `failureMessage`, `ErrMsg`, `x_error_code`. */
const SAYING = /(?:message|msg|reason|error|err_?code|error_?code|fault|exception)$/i;

/** Names of what safety filters look for, or of what they did; `retryable: true` beside them is not one. */
const SAFETY_NAME =
  /nsfw|sex|nud|porn|adult|racy|violen|gore|graphic|harm|hate|harass|illicit|weapon|drug|minor|child|csa|celebrit|likeness|real_?person|face|copyright|trademark|unsafe|safety|flagged|blocked|filtered|sensitive|moderat|policy/i;

const NUMBER_KEYS = /^(?:min|max|limit|provided|actual)/;

function readString(value: string, role: Role, key: string, draft: Signals, depth: number): void {
  switch (role) {
    case 'param':
      if (value !== '') draft.params.push(value);
      return;
    case 'state': {
      const state = value.toLowerCase();
      if (STATES.has(state)) draft.states.push(state);
      else readSaid(value, draft, depth);
      return;
    }
    case 'say':
      readSaid(value, draft, depth);
      return;
    case 'output':
      if (value.length > 0 && OUTPUT_STRING.test(value)) draft.hasOutput = true;
      else if (/\s/.test(value) && value.length < 2000) readSaid(value, draft, depth);
      return;
    case 'stage':
      if (value === 'input' || value === 'output') draft.stage = value;
      return;
    case 'error_numbers':
      if (/^(?:expected|actual)$/.test(key) && /^\d{1,5}x\d{1,5}$/.test(value)) draft.sizes.set(key, value);
      else if (key === 'reason') readSaid(value, draft, depth);
      return;
    case 'walk':
      if (key === '' || key === 'text') readSaid(value, draft, depth);
      return;
    case 'wait':
      draft.waits.push([key, value]);
      return;
    case 'flag':
    case 'unsafe_if_false':
    case 'skip':
      return;
    default:
      role satisfies never;
  }
}

const OUTPUT_STRING = /^(?:https?:|gs:|s3:|data:|[A-Za-z0-9+/=_-]{24,}$)/;

function readSaid(value: string, draft: Signals, depth: number): void {
  const text = value.length > LONGEST_TEXT ? value.slice(0, LONGEST_TEXT) : value;
  if (text.includes('{') || text.charCodeAt(0) === 60) readText(text, draft, depth + 1);
  else sayText(text, draft);
}

/** One word is a code, several are a sentence; "(E005)" or "(code: PA)" at its end is a code as well. */
function sayText(text: string, draft: Signals): void {
  if (text === '') return;
  if (!/\s/.test(text) && !hasScript(text)) {
    draft.codes.push(text.startsWith('http') ? endOfLink(text) : text);
    return;
  }
  draft.sentences.push(text);
  if (!text.includes('(') && !text.includes('[')) return;
  for (const found of text.matchAll(/[[(](?:code:? ?|WKE=)?([A-Za-z]?[\w:.-]{1,60})[\])]/g)) {
    if (found[1] !== undefined) draft.codes.push(found[1]);
  }
}

/** Of a link in the place of a code, only the end is one: `https://example.com/errors/rate-limit`. */
function endOfLink(link: string): string {
  return /^https?:.*[/#]([\w.-]{1,60})\/?$/.exec(link)?.[1] ?? '';
}
