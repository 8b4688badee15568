/**
 * Lets a bounded number of things happen at once, or a bounded weight of them: so much of each owner, so much of all. Who finds no
 * room is turned away at once and told so; nobody waits here. Where waiting is right, it is `gate.ts`.
 */

export interface TurnstileBounds {
  /** Of one owner, at once. */
  readonly each: number;
  /** Of all owners together, at once. */
  readonly all: number;
}

export type Entry =
  /** Call it once the thing is over; more often does no more. */
  | { readonly kind: 'entered'; readonly leave: () => void }
  /** `each`: the owner itself has as many as it may. `all`: the others take all the room there is. */
  | { readonly kind: 'full'; readonly bound: keyof TurnstileBounds; readonly most: number };

export class Turnstile {
  readonly #bounds: TurnstileBounds;
  readonly #inside = new Map<string, number>();
  #total = 0;

  constructor(bounds: TurnstileBounds) {
    this.#bounds = bounds;
  }

  enter(owner: string, weight = 1): Entry {
    const { each, all } = this.#bounds;
    const own = this.#inside.get(owner) ?? 0;
    if (own + weight > each) return { kind: 'full', bound: 'each', most: each };
    if (this.#total + weight > all) return { kind: 'full', bound: 'all', most: all };
    this.#inside.set(owner, own + weight);
    this.#total += weight;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      this.#total -= weight;
      const rest = (this.#inside.get(owner) ?? 0) - weight;
      if (rest <= 0) this.#inside.delete(owner);
      else this.#inside.set(owner, rest);
    };
    return { kind: 'entered', leave };
  }
}
