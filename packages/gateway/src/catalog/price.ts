/** What a task costs, in whole thousandths of a credit: never negative, never a fraction, never less for more. */
import type { JsonObject, JsonValue } from '../json.ts';
import type { MilliCredits, ModelDefinition, Pricing } from './model.ts';

export interface Quote {
  readonly milliCredits: MilliCredits;
  /** `per_call`, `per_second`, `per_image`: shown as `usage.billing_rule`. */
  readonly billingRule: Pricing['rule'];
  readonly estimateSeconds: number;
}

/** `params` are validated, with defaults applied; the configuration sees to it that what is billed has one. */
export function quote(model: ModelDefinition, params: JsonObject): Quote {
  const { rule, milliCredits } = model.pricing;
  return {
    milliCredits: times(milliCredits, unitsOf(rule, params)),
    billingRule: rule,
    estimateSeconds: model.estimateSeconds,
  };
}

function unitsOf(rule: Pricing['rule'], params: JsonObject): number {
  switch (rule) {
    case 'per_call':
      return 1;
    case 'per_second':
      return amount(params.duration, 0);
    case 'per_image':
      return amount(params.n, 1);
    default: {
      const never: never = rule;
      return never;
    }
  }
}

/** `1e999` in JSON is endless here: the most that a number can be, not the least. */
const amount = (value: JsonValue | undefined, otherwise: number): number =>
  typeof value === 'number' && !Number.isNaN(value)
    ? Math.min(Number.MAX_VALUE, Math.max(0, value))
    : otherwise;

/**
 * Parts of a thousandth count as a whole one; what floating point adds beyond the sixth digit does not. Beyond what a number
 * holds exactly the price stays at that bound, which no balance covers.
 */
const times = (milliCredits: number, units: number): number =>
  Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(Math.round(milliCredits * units * 1e6) / 1e6));
