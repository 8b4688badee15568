/**
 * A JSON object of texts, read as it arrives: a base64 file of 100 MB comes as one text of 133 million characters, which must not
 * lie in memory. Only what these calls need: no nesting; numbers, true, false and null are told as what they are.
 */
export type Piece =
  /** A part of a text value; the parts of one value follow each other. */
  | { readonly kind: 'text'; readonly name: string; readonly text: string }
  /** A value that is no text. */
  | { readonly kind: 'other'; readonly name: string; readonly isNull: boolean };

/** `message` completes "The body". */
export class NotFlatJson extends Error {
  override readonly name = 'NotFlatJson';
}

const MAX_NAME = 100;
const MAX_LITERAL = 40;
const LITERAL = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** In a text: its end, an escape, or a control character, which JSON allows only as an escape. */
const NOT_AS_IT_IS = /[^ -!#-[\]-\uffff]/g;

type State =
  | 'start'
  | 'first_name'
  | 'name'
  | 'in_name'
  | 'colon'
  | 'value'
  | 'in_text'
  | 'in_literal'
  | 'next'
  | 'end';

/** @throws NotFlatJson */
export async function* readFlatJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = new FlatJsonReader();
  for await (const chunk of chunks) yield* reader.take(decode(decoder, chunk));
  yield* reader.take(decode(decoder));
  reader.finish();
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw new NotFlatJson('is not valid UTF-8');
  }
}

class FlatJsonReader {
  #state: State = 'start';
  #name = '';
  #literal = '';
  /** The beginning of an escape whose end is yet to come. */
  #rest = '';
  readonly #seen = new Set<string>();

  *take(more: string): Generator<Piece> {
    const text = this.#rest + more;
    this.#rest = '';
    let at = 0;
    while (at < text.length) {
      if (this.#state === 'in_text' || this.#state === 'in_name') {
        const { value, next, closed } = this.#readText(text, at);
        at = next;
        if (this.#state === 'in_name') this.#addToName(value);
        else if (value !== '') yield { kind: 'text', name: this.#name, text: value };
        if (closed) this.#state = this.#state === 'in_name' ? 'colon' : 'next';
      } else if (this.#state === 'in_literal') {
        const end = text.slice(at).search(/[,}\s]/);
        this.#literal += end < 0 ? text.slice(at) : text.slice(at, at + end);
        if (this.#literal.length > MAX_LITERAL) throw new NotFlatJson('holds a value that is no text');
        at = end < 0 ? text.length : at + end;
        if (end >= 0) yield this.#endOfLiteral();
      } else {
        const char = text[at] ?? '';
        at++;
        if (!' \t\r\n'.includes(char)) yield* this.#sign(char);
      }
    }
  }

  finish(): void {
    if (this.#state !== 'end') throw new NotFlatJson('ends in the middle of the JSON object');
  }

  /** One sign between names and values. */
  *#sign(char: string): Generator<Piece> {
    switch (this.#state) {
      case 'start':
        return this.#expect(char, { '{': 'first_name' }, 'is not a JSON object');
      case 'first_name':
        this.#name = '';
        return this.#expect(char, { '"': 'in_name', '}': 'end' });
      case 'name':
        this.#name = '';
        return this.#expect(char, { '"': 'in_name' });
      case 'colon':
        if (this.#seen.has(this.#name)) throw new NotFlatJson(`gives ${JSON.stringify(this.#name)} twice`);
        this.#seen.add(this.#name);
        return this.#expect(char, { ':': 'value' });
      case 'value':
        if (char === '"') {
          // Told although empty, so that an empty text differs from none.
          yield { kind: 'text', name: this.#name, text: '' };
          this.#state = 'in_text';
        } else if (char === '{' || char === '[') {
          throw new NotFlatJson(
            `has an object or a list as ${JSON.stringify(this.#name)}; texts are expected`,
          );
        } else {
          this.#literal = char;
          this.#state = 'in_literal';
        }
        return;
      case 'next':
        return this.#expect(char, { ',': 'name', '}': 'end' });
      case 'end':
        throw new NotFlatJson('goes on after the end of the JSON object');
      case 'in_name':
      case 'in_text':
      case 'in_literal':
        throw new Error(`${this.#state} is read elsewhere`);
      default:
        this.#state satisfies never;
    }
  }

  #expect(char: string, next: Readonly<Record<string, State>>, otherwise = 'is not valid JSON'): void {
    const state = Object.hasOwn(next, char) ? next[char] : undefined;
    if (state === undefined) throw new NotFlatJson(otherwise);
    this.#state = state;
  }

  #addToName(value: string): void {
    this.#name += value;
    if (this.#name.length > MAX_NAME)
      throw new NotFlatJson(`has a field name longer than ${MAX_NAME} characters`);
  }

  #endOfLiteral(): Piece {
    if (!LITERAL.test(this.#literal)) throw new NotFlatJson('is not valid JSON');
    this.#state = 'next';
    return { kind: 'other', name: this.#name, isNull: this.#literal === 'null' };
  }

  /** From inside a text to its end, to an escape that is not whole yet, or to the end of what is here. */
  #readText(text: string, from: number): { value: string; next: number; closed: boolean } {
    let value = '';
    let at = from;
    const mark = new RegExp(NOT_AS_IT_IS);
    for (;;) {
      mark.lastIndex = at;
      const found = mark.exec(text);
      if (!found) return { value: value + text.slice(at), next: text.length, closed: false };
      value += text.slice(at, found.index);
      at = found.index + 1;
      if (found[0] === '"') return { value, next: at, closed: true };
      if (found[0] !== '\\') throw new NotFlatJson('is not valid JSON: a text holds a control character');
      const kind = text[at];
      if (kind === undefined || (kind === 'u' && text.length < at + 5)) {
        this.#rest = text.slice(found.index);
        return { value, next: text.length, closed: false };
      }
      if (kind === 'u') {
        const digits = text.slice(at + 1, at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits))
          throw new NotFlatJson('is not valid JSON: a \\u escape is broken');
        value += String.fromCharCode(Number.parseInt(digits, 16));
        at += 5;
      } else {
        const char = Object.hasOwn(ESCAPES, kind) ? ESCAPES[kind] : undefined;
        if (char === undefined) throw new NotFlatJson('is not valid JSON: an unknown escape');
        value += char;
        at += 1;
      }
    }
  }
}
