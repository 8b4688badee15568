/** A body against its model: every problem at once, or the parameters as the task will carry them. */
import { type CompiledModel, MEDIA_PARAMS, RESERVED_PARAMETERS } from '../catalog/compile.ts';
import { faultsOf, isRecord, unknownField } from '../catalog/faults.ts';
import type { ModelDefinition } from '../catalog/model.ts';
import { pointerTo } from '../catalog/pointer.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { AUTO_FIX, carryAutoFix } from '../media/auto-fix.ts';
import { readAutoFixField, repairPrompt } from './auto-fix.ts';
import { type Issue, issueOfFault, MAX_ISSUES } from './issues.ts';
import { checkMedia, type InlineMedia, type MediaPolicy } from './media.ts';

export type CheckOutcome =
  | {
      readonly ok: false;
      readonly issues: readonly Issue[];
      /** What can still be looked at: the parameters as they would be, with null in the place of each medium that is refused. */
      readonly params: JsonObject;
      readonly inline: readonly InlineMedia[];
    }
  | {
      readonly ok: true;
      /**
       * Without the gateway's own fields; defaults filled in; inline media replaced by references. Repairs that are allowed travel
       * along as `auto_fix` (media/auto-fix.ts).
       */
      readonly params: JsonObject;
      readonly metadata: Readonly<Record<string, string>>;
      readonly inline: readonly InlineMedia[];
    };

/** `body` names this model. It is not changed. */
export function checkBody(compiled: CompiledModel, body: JsonObject, policy: MediaPolicy): CheckOutcome {
  const { model, schema } = compiled;
  const issues: Issue[] = [];
  const received: JsonObject = {};
  const strangers: string[] = [];
  for (const key of Object.keys(body)) {
    const value = body[key];
    // Many clients send null for what they leave out.
    if (value === undefined || value === null) continue;
    if (Object.hasOwn(schema.properties, key)) received[key] = copy(value);
    else if (!RESERVED_PARAMETERS.includes(key) && model.unknownParameters === 'refuse') strangers.push(key);
  }
  const known = [...Object.keys(schema.properties), AUTO_FIX];
  // Looking for the nearest name costs: a body of thousands of strange fields must not make it thousands of times.
  for (const key of strangers.slice(0, MAX_ISSUES)) {
    issues.push(issueOfFault(unknownField(pointerTo('', key), key, known), model.type));
  }
  const wanted = readAutoFixField(body.auto_fix);
  const ops = 'because' in wanted ? [] : wanted;
  if ('because' in wanted) issues.push(wanted);
  const { given, autoFix } = repairPrompt(received, ops, compiled);
  issues.push(...faultsOf(compiled.validate(given)).map((fault) => issueOfFault(fault, model.type)));
  issues.push(...checkNotYet(body), ...checkBlankPrompt(compiled, given));
  const media = checkMedia(model, given, policy, ops);
  issues.push(...media.issues);

  const { model: _name, metadata, ...others } = given;
  const params = { ...others, ...media.params, ...carryAutoFix(autoFix) };
  if (issues.length > 0) {
    return { ok: false, issues, params: withoutRefused(params, issues, model.inputs), inline: media.inline };
  }
  return { ok: true, params, metadata: textsOf(metadata), inline: media.inline };
}

/** A list that is at fault as a whole (too long) still has entries; whatever else is at fault as a whole is left out. */
function withoutRefused(
  params: JsonObject,
  issues: readonly Issue[],
  inputs: ModelDefinition['inputs'],
): JsonObject {
  const refused = new Set(issues.map(({ param }) => param));
  const rest = { ...params };
  for (const param of MEDIA_PARAMS) {
    const value = rest[param];
    if (Array.isArray(value)) {
      rest[param] = value
        .slice(0, inputs[param]?.max ?? 0)
        .map((entry, index) =>
          typeof entry === 'string' && !refused.has(`${param}[${index}]`) ? entry : null,
        );
    } else if (refused.has(param)) {
      delete rest[param];
    }
  }
  return rest;
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

/** A field of the contract whose work this version does not do: refused, so that nobody waits for it. */
function checkNotYet({ callback_url }: JsonObject): Issue[] {
  if (callback_url === undefined || callback_url === null) return [];
  return [
    {
      param: 'callback_url',
      because: 'Callbacks are not supported in this version of the gateway.',
      remedy:
        'Leave it out, and ask for the task: `GET /v1/tasks/{id}?wait=60` or `GET /v1/tasks/{id}/events`.',
    },
  ];
}
