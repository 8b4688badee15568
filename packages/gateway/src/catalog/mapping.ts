import type { JsonObject, JsonValue } from '../json.ts';
import type { MediaParam } from './model.ts';

/**
 * How a route's own input is made of our parameters: data, for providers where every model has its own input (fal, Replicate,
 * ComfyUI). Parameters that are not named are passed on as they are.
 */
export interface ParameterMapping {
  /** Our name to theirs; null leaves it out. */
  readonly rename?: Readonly<Record<string, string | null>>;
  /** By our name: our value (as text) to theirs, where they differ. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
  /** Our names whose values they want as text (`duration: "5"`). */
  readonly asText?: readonly string[];
  /** One of their names takes the whole list; a list of names takes one input each, in order. */
  readonly media?: Readonly<Partial<Record<MediaParam, string | readonly string[]>>>;
  /** Sent with every request. */
  readonly fixed?: JsonObject;
}
