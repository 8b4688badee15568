/** A job in DashScope's words: which interface, and what is sent there once the media have an address. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import type { Unsupported } from '../unsupported.ts';

export type DashScopeRequest =
  | {
      readonly kind: 'request';
      readonly path: string;
      /** False where the answer is the result itself. */
      readonly isJob: boolean;
      readonly inputs: readonly InputMedia[];
      body(urls: readonly string[]): JsonObject;
    }
  | ({ readonly kind: 'none' } & Unsupported);

/** One wish in DashScope's fields, or why it cannot be granted. */
export type Said =
  | { readonly kind: 'said'; readonly fields: JsonObject }
  | ({ readonly kind: 'none' } & Unsupported);

/** DashScope's seeds have 31 bits, ours 32: the same seed stays the same. */
export function seedFor(seed: JsonValue | undefined): JsonValue | undefined {
  return typeof seed === 'number' ? seed % 2 ** 31 : seed;
}

export function inputsOf(job: SubmitJob, param: InputMedia['param']): readonly InputMedia[] {
  return job.inputs.filter((input) => input.param === param);
}

export function present(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const kept = Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(kept);
}

export function said(fields: Readonly<Record<string, JsonValue | undefined>>): Said {
  return { kind: 'said', fields: present(fields) };
}

export function none(param: string, message: string): { readonly kind: 'none' } & Unsupported {
  return { kind: 'none', param, message };
}
