/** A body against its model: every problem at once, or the parameters as the task will carry them. */
import { type CompiledModel, RESERVED_PARAMETERS } from '../catalog/compile.ts';
import { faultsOf, isRecord, kindOf, unknownField } from '../catalog/faults.ts';
import { nearest } from '../catalog/nearest.ts';
import { pointerTo } from '../catalog/pointer.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { type Issue, issueOfFault, MAX_ISSUES } from './issues.ts';
import { checkMedia, type InlineMedia, type MediaPolicy } from './media.ts';

export type CheckOutcome =
  | { readonly ok: false; readonly issues: readonly Issue[] }
  | {
      readonly ok: true;
      /** Without the gateway's own fields; defaults filled in; inline media replaced by references. */
      readonly params: JsonObject;
      readonly metadata: Readonly<Record<string, string>>;
      readonly inline: readonly InlineMedia[];
    };

/** `body` names this model. It is not changed. */
export function checkBody(compiled: CompiledModel, body: JsonObject, policy: MediaPolicy): CheckOutcome {
  const { model, schema } = compiled;
  const issues: Issue[] = [];
  const given: JsonObject = {};
  const strangers: string[] = [];
  for (const key of Object.keys(body)) {
    const value = body[key];
    // Many clients send null for what they leave out.
    if (value === undefined || value === null) continue;
    if (Object.hasOwn(schema.properties, key)) given[key] = copy(value);
    else if (!RESERVED_PARAMETERS.includes(key) && model.unknownParameters === 'refuse') strangers.push(key);
  }
  const known = Object.keys(schema.properties);
  // Looking for the nearest name costs: a body of thousands of strange fields must not make it thousands of times.
  for (const key of strangers.slice(0, MAX_ISSUES)) {
    issues.push(issueOfFault(unknownField(pointerTo('', key), key, known), model.type));
  }
  issues.push(...faultsOf(compiled.validate(given)).map((fault) => issueOfFault(fault, model.type)));
  issues.push(...checkNotYet(body), ...checkBlankPrompt(compiled, given));
  const media = checkMedia(model, given, policy);
  issues.push(...media.issues);
  if (issues.length > 0) return { ok: false, issues };

  const { model: _name, metadata, ...params } = given;
  return {
    ok: true,
    params: { ...params, ...media.params },
    metadata: textsOf(metadata),
    inline: media.inline,
  };
}

/** Defaults are filled in deep inside too, and the body must stay as it came. Texts are shared, however long. */
function copy(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
}

/** The schema has seen to it that there are only texts. */
const textsOf = (metadata: unknown): Readonly<Record<string, string>> =>
  isRecord(metadata)
    ? Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]))
    : {};

function checkBlankPrompt({ schema }: CompiledModel, given: JsonObject): Issue[] {
  const { prompt } = given;
  if (typeof prompt !== 'string' || prompt === '' || /\S/.test(prompt) || !schema.required.includes('prompt'))
    return [];
  return [
    {
      param: 'prompt',
      because: '`prompt` holds nothing but blanks.',
      remedy: 'Describe what to make.',
    },
  ];
}

const REPAIRS = ['orient', 'convert', 'resize', 'crop', 'pad', 'compress', 'truncate_prompt'];

/** Fields of the contract whose work this version does not do: refused, so that nobody waits for it. */
function checkNotYet(body: JsonObject): Issue[] {
  const refuse = (param: string, because: string, remedy: string): Issue => ({ param, because, remedy });
  const issues: Issue[] = [];
  const { callback_url, auto_fix } = body;
  if (callback_url !== undefined && callback_url !== null) {
    const remedy =
      'Leave it out, and ask for the task: `GET /v1/tasks/{id}?wait=60` or `GET /v1/tasks/{id}/events`.';
    issues.push(
      refuse('callback_url', 'Callbacks are not supported in this version of the gateway.', remedy),
    );
  }
  if (auto_fix === undefined || auto_fix === null) return issues;
  if (!Array.isArray(auto_fix)) {
    return [
      ...issues,
      refuse(
        'auto_fix',
        `\`auto_fix\` must be a list, but is ${kindOf(auto_fix)}.`,
        `Give a list of: ${REPAIRS.join(', ')}.`,
      ),
    ];
  }
  const strange = auto_fix.findIndex((op) => typeof op !== 'string' || !REPAIRS.includes(op));
  const op = auto_fix[strange];
  if (strange >= 0) {
    const near = typeof op === 'string' ? nearest(op, REPAIRS) : null;
    const remedy = near === null ? `Known repairs: ${REPAIRS.join(', ')}.` : `Did you mean "${near}"?`;
    issues.push(refuse(`auto_fix[${strange}]`, `\`auto_fix[${strange}]\` is not a repair.`, remedy));
  } else if (auto_fix.length > 0) {
    const remedy = 'Leave `auto_fix` out or empty, and send inputs that fit.';
    issues.push(
      refuse(
        'auto_fix',
        'Repairs are not supported yet: this version changes nothing in what it is given.',
        remedy,
      ),
    );
  }
  return issues;
}
