/** One labelled error of a corpus file, read leniently where it does not matter and strictly where it does. */
import { isTaskCode, type TaskCode } from '../codes.ts';
import type { Evidence, EvidencePhase } from '../evidence.ts';

export interface CorpusEntry {
  readonly id: string;
  readonly evidence: Evidence;
  readonly code: TaskCode;
  readonly subtype: string | null;
  /** Every defensible code, `code` among them. */
  readonly accept: readonly TaskCode[];
}

const PHASES: readonly EvidencePhase[] = ['submit', 'poll', 'result', 'cancel', 'download', 'network'];

/** The entry of a line, or a sentence that says what is wrong with it. */
export function parseEntry(line: string): CorpusEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not valid JSON; each line must be one JSON object.';
  }
  if (!isRecord(value)) return 'not a JSON object.';
  const { id, provider, api, phase, http_status: status, headers, body, label } = value;
  if (typeof id !== 'string') return '`id` must be a string.';
  if (typeof provider !== 'string') return '`provider` must be a string.';
  if (status !== null && status !== undefined && typeof status !== 'number')
    return '`http_status` must be a number or null.';
  if (!isRecord(label)) return '`label` must be an object: {"code", "subtype", "accept"}.';
  if (!isTaskCode(label.code)) return '`label.code` must be one of the 13 codes.';
  if (label.subtype !== null && label.subtype !== undefined && typeof label.subtype !== 'string') {
    return '`label.subtype` must be a string or null.';
  }
  const accept = label.accept ?? [label.code];
  if (!Array.isArray(accept) || !accept.every(isTaskCode))
    return '`label.accept` must be a list of the 13 codes.';
  return {
    id,
    evidence: {
      provider,
      ...(typeof api === 'string' ? { api } : {}),
      phase: PHASES.find((known) => known === phase) ?? 'submit',
      status: status ?? null,
      headers: lowerCased(headers),
      body: body ?? null,
    },
    code: label.code,
    subtype: label.subtype ?? null,
    accept: accept.includes(label.code) ? accept : [label.code, ...accept],
  };
}

function lowerCased(headers: unknown): Record<string, string> {
  if (!isRecord(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
