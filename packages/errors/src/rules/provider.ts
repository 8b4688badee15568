/** How a provider's own rules are written: a table of fields, the values they take, and what the provider means by them. */
import type { Meaning } from '../meaning.ts';
import type { PhraseRow } from '../phrases.ts';

/**
 * What a value means. A plain meaning is final. `hint` is for codes that providers put on everything: it stands only if neither
 * `text`, the provider's own wording for this code, nor the general rules find anything more telling.
 */
export type ValueMeaning =
  | Meaning
  | { readonly hint: Meaning; readonly text?: readonly PhraseRow[] }
  /** A limit of the gateway's own client, not of its account with the provider. Only an upstream that knows our clients can say so. */
  | { readonly means: Meaning; readonly whose: 'client' };

export interface FieldRule {
  /** Path in the body (`error.code`, `detail[].type`), or `http` for the status of the answer, or `header:<name>`. */
  readonly at: string;
  /** A second field that narrows the first: the two are looked up as `first.second`. */
  readonly with?: string;
  /**
   * By value, compared without regard to case. A dotted value that is not listed is looked up by its beginnings:
   * `SAFETY.INPUT.TEXT`, then `SAFETY.INPUT`, then `SAFETY`.
   */
  readonly means: Readonly<Record<string, ValueMeaning>>;
  /** For values that are not listed; without it they are passed over. */
  readonly otherwise?: ValueMeaning;
}

export interface ProviderRules {
  readonly provider: string;
  /** Other names under which the same interface is spoken to. */
  readonly also?: readonly string[];
  /** In order: the first field with a known value decides. */
  readonly fields: readonly FieldRule[];
  /** What this provider means by certain words, whatever the field; looked at after the fields and before the general rules. */
  readonly text?: readonly PhraseRow[];
}
