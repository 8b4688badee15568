/**
 * What a client allows us to change in its inputs, and how that travels with the task: from admission until its inputs are
 * prepared it is the parameter `auto_fix`, which no model may use for itself. A task that has been prepared no longer carries it.
 */
import type { Fix } from '@sluice/errors';
import type { JsonObject, JsonValue } from '../json.ts';
import type { Repair } from '../store/records.ts';

export type RepairOp = Fix['op'];
/** All but the one for texts, which intake makes. */
export type ImageOp = Exclude<RepairOp, 'truncate_prompt'>;

export const IMAGE_OPS: readonly ImageOp[] = ['orient', 'convert', 'resize', 'crop', 'pad', 'compress'];
export const REPAIR_OPS: readonly RepairOp[] = [...IMAGE_OPS, 'truncate_prompt'];

export const AUTO_FIX = 'auto_fix';

export interface AutoFix {
  /** In the client's order: of `crop` and `pad` the first one is made. */
  readonly ops: readonly RepairOp[];
  /** Already made at admission. */
  readonly made: readonly Repair[];
}

/** The reserved parameter, or nothing to add where nothing is allowed. */
export function carryAutoFix({ ops, made }: AutoFix): JsonObject {
  return ops.length === 0
    ? {}
    : { [AUTO_FIX]: { ops: [...ops], made: made.map((repair) => ({ ...repair })) } };
}

/** What {@link carryAutoFix} wrote; anything else reads as "nothing is allowed". */
export function readAutoFix(params: JsonObject): AutoFix {
  const value = params[AUTO_FIX];
  if (!isObject(value)) return { ops: [], made: [] };
  const { ops, made } = value;
  return {
    ops: Array.isArray(ops) ? opsNamed(ops) : [],
    made: Array.isArray(made) ? made.flatMap((entry) => readRepair(entry)) : [],
  };
}

const opsNamed = (names: readonly JsonValue[]): RepairOp[] =>
  names.flatMap((name) => REPAIR_OPS.filter((op) => op === name));

function readRepair(entry: JsonValue): Repair[] {
  if (!isObject(entry)) return [];
  const { op, param, from, to } = entry;
  return typeof op === 'string' &&
    typeof param === 'string' &&
    typeof from === 'string' &&
    typeof to === 'string'
    ? [{ op, param, from, to }]
    : [];
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
