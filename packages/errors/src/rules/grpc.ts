/** The status codes of gRPC, by name and by number (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
import type { TaskCode } from '../codes.ts';
import type { Meaning } from '../meaning.ts';
import type { Strength } from '../phrases.ts';

export interface NameRow {
  readonly means: Meaning;
  readonly strength: Strength;
  readonly or?: readonly TaskCode[];
}

export const GRPC_NAMES: Readonly<Record<string, NameRow>> = {
  CANCELLED: { means: 'request_cancelled', strength: 'fair' },
  UNKNOWN: { means: 'unknown_error', strength: 'vague' },
  INVALID_ARGUMENT: { means: 'invalid_parameters/general', strength: 'vague' },
  DEADLINE_EXCEEDED: { means: 'generation_timeout', strength: 'sure' },
  NOT_FOUND: { means: 'resource_not_found', strength: 'vague' },
  ALREADY_EXISTS: { means: 'invalid_parameters/general', strength: 'fair' },
  PERMISSION_DENIED: { means: 'service_unavailable', strength: 'vague' },
  RESOURCE_EXHAUSTED: { means: 'quota_exceeded/rate_limit', strength: 'vague', or: ['resource_exhausted'] },
  FAILED_PRECONDITION: {
    means: 'invalid_parameters/general',
    strength: 'vague',
    or: ['service_unavailable'],
  },
  ABORTED: { means: 'service_error', strength: 'vague', or: ['request_cancelled'] },
  OUT_OF_RANGE: { means: 'invalid_parameters/general', strength: 'fair' },
  UNIMPLEMENTED: { means: 'invalid_parameters/general', strength: 'fair', or: ['service_error'] },
  INTERNAL: { means: 'service_error', strength: 'vague' },
  UNAVAILABLE: { means: 'service_unavailable', strength: 'vague', or: ['resource_exhausted'] },
  DATA_LOSS: { means: 'service_error', strength: 'fair' },
  UNAUTHENTICATED: { means: 'service_unavailable', strength: 'sure' },
};

const NAMES_BY_NUMBER: readonly string[] = ['OK', ...Object.keys(GRPC_NAMES)];

export function grpcName(number: number): string | null {
  return number >= 1 && number <= 16 ? (NAMES_BY_NUMBER[number] ?? null) : null;
}
