/** What a client may name as `model`, and how the gateway makes it. Built by config.ts, read by everyone else. */
import type { JsonObject, JsonValue } from '../json.ts';

export type TaskType = 'image' | 'video' | 'audio';

export type MediaKind = 'image' | 'video' | 'audio';

/** The parameters that carry media, each a list of URLs except `mask_url`. */
export type MediaParam = 'image_urls' | 'video_urls' | 'audio_urls' | 'mask_url';

export type AudioTrack = 'required' | 'forbidden';

/** What a model accepts in one media parameter. Absent limits are not checked. */
export interface InputLimits {
  readonly max: number;
  /** Short format names: `jpeg`, `png`, `webp`, `gif`, `mp4`, `mp3` ... */
  readonly formats: readonly string[];
  readonly maxBytes?: number;
  /** Pixels; both sides must lie in the range. */
  readonly minSide?: number;
  readonly maxSide?: number;
  readonly maxPixels?: number;
  /** width / height. */
  readonly minRatio?: number;
  readonly maxRatio?: number;
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
  /** Frames per second of a clip, as counted in the file. */
  readonly minFps?: number;
  readonly maxFps?: number;
  /** Of a clip: whether it must come with sound, or without. Absent: either will do. */
  readonly audioTrack?: AudioTrack;
  /** The name of a parameter (`aspect_ratio`, `size`): where it is an exact `WxH`, every input must have exactly that size. */
  readonly mustMatch?: string;
}

/** Credits are whole thousandths: `credits: 2.5` in the configuration is 2500 here. */
export type MilliCredits = number;

export type Pricing =
  | { readonly rule: 'per_call'; readonly milliCredits: MilliCredits }
  | { readonly rule: 'per_second'; readonly milliCredits: MilliCredits }
  | { readonly rule: 'per_image'; readonly milliCredits: MilliCredits };

/** One way to make a model: an upstream, the model's name there, and how much of it to use. */
export interface Route {
  /** `<model>/<index>`: stable within one configuration; never shown to a client. */
  readonly id: string;
  readonly provider: string;
  readonly upstreamModel: string;
  /** Routes with a smaller number are used first; among equals the weight decides. Default 0. */
  readonly priority?: number;
  readonly weight: number;
  /** False for an upstream inside this process, which cannot be ill on its own. Default true. */
  readonly watchHealth?: boolean;
  readonly maxParallel: number | null;
  /** The most tasks all routes to this provider are given together: what its account allows. Default: no bound. */
  readonly providerMaxParallel?: number;
  readonly mapping?: ParameterMapping;
}

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

export interface ModelDefinition {
  readonly id: string;
  readonly type: TaskType;
  readonly description: string;
  /** JSON Schema (draft 2020-12) of the parameters beyond those every model has; `required` is honoured. */
  readonly parameters: JsonSchemaObject;
  readonly unknownParameters: 'refuse' | 'ignore';
  readonly inputs: Readonly<Partial<Record<MediaParam, InputLimits>>>;
  readonly pricing: Pricing;
  /** From acceptance to the final state. */
  readonly timeoutMs: number;
  /** A first guess of the seconds a task takes, shown as `task_info.estimated_time`. */
  readonly estimateSeconds: number;
  readonly routes: readonly Route[];
}

export interface JsonSchemaObject {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}

export type Catalog = ReadonlyMap<string, ModelDefinition>;
