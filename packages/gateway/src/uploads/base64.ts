/** Base64 as it arrives, bare or as a data URL, strictly read: only line ends are passed over. */

/** `message` completes "`base64_data`". */
export class NotBase64 extends Error {
  override readonly name = 'NotBase64';
}

const MAX_HEAD = 256;

/** The media type of a data URL is not looked at: what the file is, its content says. */
export class Base64Reader {
  /** Until it is known whether a data URL begins. */
  #head: string | null = '';
  /** Fewer than four characters that wait for their neighbours. */
  #waiting = '';
  #padded = false;

  /** @throws NotBase64 */
  take(text: string): Buffer {
    if (this.#head === null) return this.#decode(text);
    this.#head += text;
    if (this.#head.length < 'data:'.length) return Buffer.alloc(0);
    if (!/^data:/i.test(this.#head)) return this.#decode(this.#endOfHead(0));
    const comma = this.#head.indexOf(',');
    if (comma > MAX_HEAD || (comma < 0 && this.#head.length > MAX_HEAD))
      throw new NotBase64('is a data: URL without a comma');
    if (comma < 0) return Buffer.alloc(0);
    if (!/;base64$/i.test(this.#head.slice(0, comma)))
      throw new NotBase64('is a data: URL without `;base64`');
    return this.#decode(this.#endOfHead(comma + 1));
  }

  /** The last bytes. @throws NotBase64 */
  finish(): Buffer {
    if (this.#head !== null && /^data:/i.test(this.#head))
      throw new NotBase64('is a data: URL without a comma');
    const rest = this.#head === null ? Buffer.alloc(0) : this.#decode(this.#endOfHead(0));
    if (this.#waiting !== '') throw new NotBase64('ends too early: its length is no multiple of four');
    return rest;
  }

  #endOfHead(from: number): string {
    const rest = this.#head?.slice(from) ?? '';
    this.#head = null;
    return rest;
  }

  #decode(text: string): Buffer {
    const all = this.#waiting + (/[\r\n]/.test(text) ? text.replaceAll(/[\r\n]+/g, '') : text);
    const whole = all.length - (all.length % 4);
    this.#waiting = all.slice(whole);
    if (whole === 0) return Buffer.alloc(0);
    const part = all.slice(0, whole);
    // The decoder skips what it does not know; so nothing of the kind may be there.
    if (this.#padded || !/^[A-Za-z0-9+/]+={0,2}$/.test(part)) {
      throw new NotBase64('is not valid base64 (A-Z a-z 0-9 + / with = at the end)');
    }
    this.#padded = part.endsWith('=');
    return Buffer.from(part, 'base64');
  }
}
