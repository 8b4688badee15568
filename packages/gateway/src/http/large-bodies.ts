/**
 * Large bodies wait for room, unread. A body with media in it is in memory about three times over (as it came, parsed, decoded), so
 * that a few dozen at once would be gigabytes. The client notices nothing but that its upload is slow.
 *
 * First come, first served; but an account may take up half of the room at most, so that slow senders of one hold up nobody else.
 * The time limit of a request goes on, so nobody holds a place for long.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Smaller ones do not count. */
const LARGE = 1_000_000;

interface Body {
  readonly account: string;
  readonly bytes: number;
  readonly enter: () => void;
}

export class LargeBodies {
  readonly #most: number;
  readonly #waiting = new Set<Body>();
  readonly #inside = new Set<Body>();
  readonly #leave = new WeakMap<FastifyRequest, () => void>();

  /** `most`: bytes of the largest body there can be, and so of what one account may have here at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** A `preParsing` hook. Needs `auth.ts` before it. */
  readonly waitForRoom = (
    request: FastifyRequest,
    reply: FastifyReply,
    _payload: unknown,
    done: () => void,
  ): void => {
    const announced = Number(request.headers['content-length'] ?? Number.NaN);
    // Without a length it may become anything. What announces too much is refused before it is read.
    const bytes = Number.isNaN(announced) ? this.#most : announced;
    if (bytes < LARGE || bytes > this.#most) {
      done();
      return;
    }
    const body: Body = { account: request.apiKey?.accountId ?? '', bytes, enter: done };
    const leave = () => {
      const waited = this.#waiting.delete(body);
      const left = this.#inside.delete(body);
      // A client that went away: reading its body finds that out.
      if (waited) done();
      if (left) this.#letIn();
    };
    this.#leave.set(request, leave);
    reply.raw.once('close', leave);
    this.#waiting.add(body);
    this.#letIn();
  };

  /** What the request said is taken up: its body may go, however long the answer is held. */
  letGo(request: FastifyRequest): void {
    request.body = undefined;
    this.#leave.get(request)?.();
  }

  #letIn(): void {
    for (const body of [...this.#waiting]) {
      if (this.#bytesOf(body.account) + body.bytes > this.#most) continue;
      // Smaller ones behind it do not overtake, or it would wait for ever.
      if (this.#bytesOf(null) + body.bytes > 2 * this.#most) return;
      this.#waiting.delete(body);
      this.#inside.add(body);
      body.enter();
    }
  }

  #bytesOf(account: string | null): number {
    let bytes = 0;
    for (const body of this.#inside) if (account === null || body.account === account) bytes += body.bytes;
    return bytes;
  }
}
