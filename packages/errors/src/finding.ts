import type { TaskCode } from './codes.ts';
import type { Reading } from './meaning.ts';

/** A reading with who says so and how sure that is: what rules hand to each other before it becomes a verdict. */
export interface Finding extends Reading {
  readonly rule: string;
  readonly confidence: number;
  readonly alternatives: readonly TaskCode[];
  /** False for a hint: it stands only where nothing more telling is found. */
  readonly final: boolean;
  /** True where a provider's own table says that the sub-type is this one and no other. */
  readonly settled?: boolean;
  /** Set where the evidence is about the gateway's own client, not about the gateway's account with the upstream. */
  readonly whose?: 'client' | undefined;
}
