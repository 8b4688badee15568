/** A text under way from the original to a view: its characters, and for each the UTF-16 range of the original it came from. */
export interface Stream {
  readonly text: string;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** What is folded holds no surrogates, and a byte order mark is invisible, so that every unit comes out as it went in. */
const UTF_16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/** Collects UTF-16 code units with their places; grows as needed, since one character can unfold into eighteen. */
export class StreamBuilder {
  #length = 0;
  #units: Uint16Array;
  #starts: Int32Array;
  #ends: Int32Array;

  constructor(expected: number) {
    this.#units = new Uint16Array(expected + 16);
    this.#starts = new Int32Array(expected + 16);
    this.#ends = new Int32Array(expected + 16);
  }

  push(units: string, start: number, end: number): void {
    for (let i = 0; i < units.length; i++) this.pushUnit(units.charCodeAt(i), start, end);
  }

  pushUnit(unit: number, start: number, end: number): void {
    if (this.#length === this.#units.length) this.#grow();
    this.#units[this.#length] = unit;
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#length++;
  }

  /** Characters `start` to `end` of another stream, with their places. */
  copy({ text, starts, ends }: Stream, start: number, end: number): void {
    for (let i = start; i < end; i++) this.pushUnit(text.charCodeAt(i), starts[i] ?? 0, ends[i] ?? 0);
  }

  get length(): number {
    return this.#length;
  }

  done(): Stream {
    const text = UTF_16.decode(this.#units.subarray(0, this.#length));
    return { text, starts: this.#starts, ends: this.#ends };
  }

  #grow(): void {
    const room = this.#units.length * 2;
    this.#units = copied(this.#units, new Uint16Array(room));
    this.#starts = copied(this.#starts, new Int32Array(room));
    this.#ends = copied(this.#ends, new Int32Array(room));
  }
}

function copied<A extends Int32Array | Uint16Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
