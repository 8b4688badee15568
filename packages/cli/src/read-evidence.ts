/**
 * Evidence from JSON as people have it: an evidence object, a raw answer (`{provider, phase, http_status, headers, body}`), a line
 * of a corpus with its label, and what `inspect --json` and `unknowns --json` print.
 */
import { type Evidence, type EvidencePhase, isTaskCode, type TaskCode } from '@sluice/errors';
import { UsageError } from './usage-error.ts';

export interface Given {
  /** What the file calls it, where it does. */
  readonly name: string | null;
  readonly evidence: Evidence;
  /** The codes its label accepts; null without a label. */
  readonly accept: readonly TaskCode[] | null;
}

const PHASES: readonly EvidencePhase[] = ['submit', 'poll', 'result', 'cancel', 'download', 'network'];

const EXAMPLE = `Write it as {"provider": "fal", "phase": "submit", "http_status": 422, "headers": {}, "body": ...}.`;

/** Raises `UsageError`, which names the place and what is wrong with it. */
export function readEvidence(text: string): readonly Given[] {
  const given = valuesIn(text).flatMap(({ place, value }) => unpack(value, place));
  if (given.length > 0) return given;
  throw new UsageError(`There is no evidence in it. ${EXAMPLE}`);
}

interface Placed {
  readonly place: string;
  readonly value: unknown;
}

/** One JSON value over many lines, or one a line. */
function valuesIn(text: string): readonly Placed[] {
  const whole = parsed(text);
  if (whole !== undefined) return [{ place: 'The file', value: whole }];
  const lines = text.split('\n').map((line, index) => ({ place: `Line ${index + 1}`, line }));
  return lines
    .filter(({ line }) => line.trim() !== '')
    .map(({ place, line }) => {
      const value = parsed(line);
      if (value === undefined) throw new UsageError(`${place} is not valid JSON. ${EXAMPLE}`);
      return { place, value };
    });
}

function unpack(value: unknown, place: string): readonly Given[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => unpack(one, `${place}, entry ${index + 1}`));
  if (!isRecord(value)) throw new UsageError(`${place} is not a JSON object. ${EXAMPLE}`);
  if (Array.isArray(value.data)) return unpack(value.data, place);
  if (isRecord(value.sample))
    return [{ ...one(value.sample, `${place}, \`sample\``), name: textOr(value.shape) }];
  if (Array.isArray(value.attempts)) {
    return value.attempts.flatMap((attempt, index) =>
      isRecord(attempt) && isRecord(attempt.evidence)
        ? [{ ...one(attempt.evidence, `${place}, attempt ${index + 1}`), name: `attempt ${index + 1}` }]
        : [],
    );
  }
  return [one(isRecord(value.evidence) ? value.evidence : value, place)];
}

function one(value: Readonly<Record<string, unknown>>, place: string): Given {
  const wrong = (what: string) => new UsageError(`${place}: ${what} ${EXAMPLE}`);
  const { provider, api, phase = 'submit', body } = value;
  const status = value.http_status ?? value.status ?? null;
  if (typeof provider !== 'string' || provider === '')
    throw wrong('`provider` must be a name, such as "fal".');
  const known = PHASES.find((name) => name === phase);
  if (!known) throw wrong(`\`phase\` must be one of ${PHASES.join(', ')}.`);
  if (
    status !== null &&
    !(typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 999)
  )
    throw wrong('`http_status` must be a status such as 422, or null where no answer came.');
  if (!('body' in value))
    throw wrong('`body` is missing: the JSON value or the text that came back, or null.');
  return {
    name: textOr(value.id),
    evidence: {
      provider,
      ...(typeof api === 'string' ? { api } : {}),
      phase: known,
      status,
      headers: headersOf(value.headers ?? {}, wrong),
      // As the gateway does with an answer: JSON where it is JSON, text where it is not.
      body: typeof body === 'string' ? (parsed(body) ?? body) : body,
    },
    accept: labelOf(value.label, wrong),
  };
}

type Wrong = (what: string) => UsageError;

function headersOf(headers: unknown, wrong: Wrong): Record<string, string> {
  if (!isRecord(headers)) throw wrong('`headers` must be an object of names and values.');
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      [value].flat().map(String).join(', '),
    ]),
  );
}

function labelOf(label: unknown, wrong: Wrong): readonly TaskCode[] | null {
  if (label === undefined) return null;
  const codes = isRecord(label) ? [label.code, ...[label.accept ?? []].flat()] : [];
  const known = codes.filter(isTaskCode);
  if (codes.length === 0 || known.length < codes.length)
    throw wrong('`label.code` and `label.accept` must be task codes.');
  return [...new Set(known)];
}

/** Undefined where it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
