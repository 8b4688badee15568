/** What an HTTP status means, and which other meanings the words beside it may give it. */
import type { TaskCode } from '../codes.ts';
import type { Meaning } from '../meaning.ts';
import type { Strength } from '../phrases.ts';

export interface StatusRow {
  readonly means: Meaning;
  readonly confidence: number;
  readonly or?: readonly TaskCode[];
  /** Codes that words may turn this status into; none: the status is final. */
  readonly unless: ReadonlySet<TaskCode>;
  /** The least telling words that may do so. */
  readonly from: Strength;
}

const NOTHING: ReadonlySet<TaskCode> = new Set();
const ACCESS = new Set<TaskCode>(['service_unavailable', 'quota_exceeded']);
const FORBIDDEN = new Set<TaskCode>([...ACCESS, 'content_policy_violation']);
const MISSING = new Set<TaskCode>(['resource_not_found', 'service_unavailable']);
const LIMITED = new Set<TaskCode>(['quota_exceeded', 'resource_exhausted', 'service_unavailable']);
/** Too many tokens a minute is a 413 to some. */
const OVERSIZE = new Set<TaskCode>(['invalid_parameters', 'quota_exceeded']);
const FAULTY = new Set<TaskCode>([
  'service_error',
  'generation_timeout',
  'resource_exhausted',
  'content_policy_violation',
  'generation_failed_no_content',
  'quota_exceeded',
  'service_unavailable',
  'image_processing_error',
  'invalid_parameters',
  'image_dimension_mismatch',
]);
const BEHIND_A_GATEWAY = new Set<TaskCode>([
  'generation_timeout',
  'resource_exhausted',
  'content_policy_violation',
  'quota_exceeded',
]);
const UNAVAILABLE = new Set<TaskCode>([...BEHIND_A_GATEWAY, 'service_unavailable']);
/** For statuses under which providers put anything at all. */
export const ANYTHING = new Set<TaskCode>([...FAULTY, 'request_cancelled', 'resource_not_found']);

const refused: StatusRow = {
  means: 'invalid_parameters/general',
  confidence: 0.6,
  unless: ANYTHING,
  from: 'fair',
};
const final = (means: Meaning, confidence = 0.9, or: readonly TaskCode[] = []): StatusRow => ({
  means,
  confidence,
  or,
  unless: NOTHING,
  from: 'sure',
});

const ROWS: Readonly<Record<number, StatusRow>> = {
  400: refused,
  401: { means: 'service_unavailable', confidence: 0.9, unless: ACCESS, from: 'sure' },
  402: {
    means: 'quota_exceeded/account_quota',
    confidence: 0.9,
    unless: new Set(['quota_exceeded']),
    from: 'sure',
  },
  403: { means: 'service_unavailable', confidence: 0.75, unless: FORBIDDEN, from: 'sure' },
  404: {
    means: 'resource_not_found',
    confidence: 0.6,
    or: ['invalid_parameters', 'service_unavailable'],
    unless: MISSING,
    from: 'sure',
  },
  405: { ...refused, from: 'sure', confidence: 0.7 },
  // Some say with it that the money is used up.
  406: { ...refused, from: 'sure', confidence: 0.7 },
  407: final('service_unavailable'),
  408: final('generation_timeout'),
  409: { ...refused, confidence: 0.4, or: ['service_error'] },
  410: { means: 'resource_not_found', confidence: 0.8, unless: MISSING, from: 'sure' },
  411: final('invalid_parameters/general'),
  412: refused,
  413: { means: 'invalid_parameters/file_too_large', confidence: 0.9, unless: OVERSIZE, from: 'sure' },
  414: final('invalid_parameters/general', 0.8),
  415: { ...refused, confidence: 0.7 },
  418: { ...refused, confidence: 0.4 },
  421: final('service_unavailable', 0.7),
  422: { ...refused, confidence: 0.7 },
  423: { means: 'service_unavailable', confidence: 0.6, unless: FORBIDDEN, from: 'sure' },
  424: { means: 'service_error', confidence: 0.6, unless: ANYTHING, from: 'sure' },
  425: final('service_unavailable', 0.6),
  426: final('invalid_parameters/general', 0.6),
  428: refused,
  429: { means: 'quota_exceeded/rate_limit', confidence: 0.85, unless: LIMITED, from: 'sure' },
  431: final('invalid_parameters/general'),
  451: { means: 'content_policy_violation/general', confidence: 0.6, unless: ANYTHING, from: 'fair' },
  499: final('request_cancelled', 0.85),
  500: { means: 'service_error', confidence: 0.85, unless: FAULTY, from: 'sure' },
  501: final('invalid_parameters/general', 0.5, ['service_error']),
  502: {
    means: 'service_error',
    confidence: 0.7,
    or: ['service_unavailable'],
    unless: BEHIND_A_GATEWAY,
    from: 'sure',
  },
  503: { means: 'service_unavailable', confidence: 0.75, unless: UNAVAILABLE, from: 'sure' },
  504: final('generation_timeout'),
  507: final('resource_exhausted', 0.7),
  508: final('service_error', 0.6),
  509: final('quota_exceeded/rate_limit', 0.7),
  511: final('service_unavailable', 0.7),
  // Cloudflare's own
  520: final('service_error', 0.75, ['service_unavailable']),
  521: final('service_unavailable'),
  522: final('service_unavailable', 0.75, ['generation_timeout']),
  523: final('service_unavailable'),
  524: final('generation_timeout'),
  525: final('service_unavailable'),
  526: final('service_unavailable'),
  527: final('service_unavailable', 0.7),
  // Anthropic's and MiniMax's "overloaded"; Pantheon's and Cloudflare's DNS trouble
  529: final('resource_exhausted'),
  530: final('service_unavailable', 0.8),
  598: final('generation_timeout', 0.7),
  599: final('generation_timeout', 0.7),
};

/** The row of a status; null for a success or a redirect, which mean nothing by themselves. */
export function statusRow(status: number | null): StatusRow | null {
  if (status === null || status < 400) return null;
  return ROWS[status] ?? (status < 500 ? refused : (ROWS[500] ?? null));
}
