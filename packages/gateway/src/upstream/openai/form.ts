/** Fields of a JSON request as the texts of a form: what is no text already goes as JSON. */
import type { JsonObject } from '../../json.ts';
import type { FormPart } from '../call.ts';

export function textParts(fields: JsonObject): FormPart[] {
  return Object.entries(fields).map(([name, value]) => ({
    name,
    text: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}
