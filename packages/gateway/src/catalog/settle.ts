import type { MilliCredits, ModelDefinition } from './model.ts';

/** What a completed task costs: what was reserved, except that pictures that were not made are not paid for. */
export function settle(model: ModelDefinition, reserved: MilliCredits, results: number): MilliCredits {
  switch (model.pricing.rule) {
    case 'per_call':
    case 'per_second':
      return reserved;
    case 'per_image':
      return Math.min(reserved, model.pricing.milliCredits * results);
    default: {
      const never: never = model.pricing;
      return never;
    }
  }
}
