/** The bytes of a job's inputs, before anything is sent: what fails here has provably not left. */
import type { InputMedia, SubmitOutcome } from './adapter.ts';

export interface InputFile {
  readonly input: InputMedia;
  readonly bytes: Uint8Array;
}

export type ReadInputs =
  | { readonly kind: 'read'; readonly files: readonly InputFile[] }
  | Extract<SubmitOutcome, { kind: 'rejected' }>;

export async function readInputs(inputs: readonly InputMedia[], provider: string): Promise<ReadInputs> {
  try {
    const files = await Promise.all(inputs.map(async (input) => ({ input, bytes: await input.read() })));
    return { kind: 'read', files };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const body = { name, message, code: 'NOT_SENT' };
    return { kind: 'rejected', evidence: { provider, phase: 'network', status: null, headers: {}, body } };
  }
}
