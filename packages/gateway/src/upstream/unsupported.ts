/**
 * What a provider cannot do is refused by its adapter, before anything is sent or paid: as evidence that the gateway itself
 * gives, which the classifier reads like any other (`invalid_parameters`, with the parameter at fault).
 */
import type { SubmitOutcome } from './adapter.ts';

/** Why a job cannot be sent. */
export interface Unsupported {
  /** Our name of the parameter, or a path into it (`image_urls[1]`). */
  readonly param: string;
  /** For people: what cannot be done, and what can. Names no provider. */
  readonly message: string;
}

export function refuseUnsupported({
  param,
  message,
}: Unsupported): Extract<SubmitOutcome, { kind: 'rejected' }> {
  return {
    kind: 'rejected',
    evidence: {
      provider: 'gateway',
      phase: 'submit',
      status: null,
      headers: {},
      body: { error: { code: 'unsupported_parameter', param, message } },
    },
  };
}
