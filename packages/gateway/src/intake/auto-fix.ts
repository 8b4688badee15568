/** The field `auto_fix`: which repairs a client allows, and the one that is made here, because it must come before the schema. */
import type { CompiledModel } from '../catalog/compile.ts';
import { kindOf } from '../catalog/faults.ts';
import { nearest } from '../catalog/nearest.ts';
import { lengthOf, textLimitsOf } from '../catalog/text-limits.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { type AutoFix, REPAIR_OPS, type RepairOp } from '../media/auto-fix.ts';
import { cutAtSentence } from './cut-prompt.ts';
import type { Issue } from './issues.ts';

const KNOWN = REPAIR_OPS.join(', ');

/** The distinct names in the client's order, or the first thing that is wrong with them. */
export function readAutoFixField(value: JsonValue | undefined): readonly RepairOp[] | Issue {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    const because = `\`auto_fix\` must be a list, but is ${kindOf(value)}.`;
    return { param: 'auto_fix', because, remedy: `Give a list of: ${KNOWN}.` };
  }
  const ops = new Set<RepairOp>();
  for (const [index, name] of value.entries()) {
    const op = REPAIR_OPS.find((known) => known === name);
    if (op === undefined) return unknownRepair(index, name);
    ops.add(op);
  }
  return [...ops];
}

function unknownRepair(index: number, name: JsonValue): Issue {
  const near = typeof name === 'string' ? nearest(name, REPAIR_OPS) : null;
  return {
    param: `auto_fix[${index}]`,
    because: `\`auto_fix[${index}]\` is not a repair.`,
    remedy: near === null ? `Known repairs: ${KNOWN}.` : `Did you mean "${near}"?`,
    details: { allowed: REPAIR_OPS },
  };
}

/** `given` with a prompt that fits, where that is allowed and needed. */
export function repairPrompt(
  given: JsonObject,
  ops: readonly RepairOp[],
  { schema }: CompiledModel,
): { readonly given: JsonObject; readonly autoFix: AutoFix } {
  const { prompt } = given;
  if (!ops.includes('truncate_prompt') || typeof prompt !== 'string')
    return { given, autoFix: { ops, made: [] } };
  const limits = textLimitsOf(schema.properties.prompt ?? {});
  const broken = limits.find(({ max, sizeOf }) => lengthOf(prompt, sizeOf) > max);
  if (!broken) return { given, autoFix: { ops, made: [] } };
  // A text that fits one limit may still break another.
  const cut = limits.reduce((text, { max, sizeOf }) => cutAtSentence(text, max, sizeOf), prompt);
  const sizeIn = (text: string) => `${lengthOf(text, broken.sizeOf)} ${broken.unit}`;
  const repair = { op: 'truncate_prompt', param: 'prompt', from: sizeIn(prompt), to: sizeIn(cut) };
  return { given: { ...given, prompt: cut }, autoFix: { ops, made: [repair] } };
}
