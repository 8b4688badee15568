/**
 * The client of a Sluice gateway. Read this first.
 *
 *     const sluice = new Sluice({ apiKey: '...' });
 *     const submitted = await sluice.videos.generate({ model: 'studio-video-1', prompt: 'a slow pan', duration: 5 });
 *     const task = await sluice.tasks.wait(submitted.id);
 *     console.log(task.results);
 *
 * Every call rejects with one class, `TaskError`: a refusal of the gateway as it was said, a failed task where `wait` was asked to
 * wait for its results, and a gateway that cannot be reached (`service_unavailable`). Runs wherever `fetch` is, browsers included.
 */
import type {
  AudioRequest,
  CreditsView,
  DictionaryEntryView,
  ImageRequest,
  ModelView,
  PreflightRequest,
  PreflightView,
  TaskView,
  VideoRequest,
} from '@sluice/protocol';
import { Files } from './files.ts';
import { Tasks } from './tasks.ts';
import {
  type Call,
  createTransport,
  type FetchFunction,
  systemTiming,
  type Timing,
  type Transport,
} from './transport.ts';

export interface SluiceOptions {
  /** Default `http://127.0.0.1:8787`. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  /** Default: the platform's own. */
  readonly fetch?: FetchFunction;
  /** How often a call that met a network failure or a 502, 503 or 504 is sent again. Default 3. */
  readonly retries?: number;
  /** Default: real timers and `Math.random`. */
  readonly timing?: Timing;
}

export interface SubmitOptions {
  /**
   * Makes several calls of yours one task: the same key with the same request gives the same task for 24 hours. Without one a
   * fresh key is minted for this call and used for all its retries, so a lost answer never makes a second task.
   */
  readonly idempotencyKey?: string;
  /** Seconds (at most 60) the gateway may hold its answer back until the task is final. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** Fields that only one model knows; `GET /v1/models/{id}` has its schema. */
export type Extra = Readonly<Record<string, unknown>>;

export class Sluice {
  readonly images = {
    generate: (request: ImageRequest & Extra, options?: SubmitOptions) =>
      this.#submit('images', request, options),
  };
  readonly videos = {
    generate: (request: VideoRequest & Extra, options?: SubmitOptions) =>
      this.#submit('videos', request, options),
  };
  readonly audios = {
    generate: (request: AudioRequest & Extra, options?: SubmitOptions) =>
      this.#submit('audios', request, options),
  };
  readonly tasks: Tasks;
  readonly files: Files;

  readonly models = {
    list: async () => (await this.#get<{ data: ModelView[] }>('/v1/models')).data,
    get: (id: string) => this.#get<ModelView>(`/v1/models/${encodeURIComponent(id)}`),
  };

  /** The dictionary of error codes. */
  readonly errors = {
    list: async () => (await this.#get<{ data: DictionaryEntryView[] }>('/v1/errors')).data,
    get: (code: string) => this.#get<DictionaryEntryView>(`/v1/errors/${encodeURIComponent(code)}`),
  };

  readonly #transport: Transport;

  constructor(options: SluiceOptions) {
    const timing = options.timing ?? systemTiming;
    this.#transport = createTransport({
      baseUrl: options.baseUrl ?? 'http://127.0.0.1:8787',
      apiKey: options.apiKey,
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      retries: options.retries ?? 3,
      timing,
    });
    this.tasks = new Tasks(this.#transport, timing);
    this.files = new Files(this.#transport);
  }

  /** What is left to spend, of this key and of its account. */
  async credits(): Promise<CreditsView['data']> {
    return (await this.#get<CreditsView>('/v1/credits')).data;
  }

  /**
   * Every check of a submit and of its task, inputs and content policy included, without a task and without spending. What is wrong
   * is in `issues` of the answer: it rejects only where nothing can be said about the request, and with `quota_exceeded` where the
   * account asks too much at once.
   */
  preflight(
    request: PreflightRequest & Extra,
    options: Pick<SubmitOptions, 'signal'> = {},
  ): Promise<PreflightView> {
    return this.#transport.json({
      method: 'POST',
      path: '/v1/preflight',
      body: request,
      repeatable: true,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  }

  #get<T>(path: string): Promise<T> {
    return this.#transport.json<T>({ method: 'GET', path, repeatable: true });
  }

  #submit(
    kind: 'images' | 'videos' | 'audios',
    request: Extra,
    options: SubmitOptions = {},
  ): Promise<TaskView> {
    const call: Call = {
      method: 'POST',
      path: `/v1/${kind}/generations`,
      body: request,
      headers: {
        'idempotency-key': options.idempotencyKey ?? mintKey(),
        ...(options.waitSeconds === undefined ? {} : { prefer: `wait=${options.waitSeconds}` }),
      },
      // Safe because of the key: the gateway answers a repetition with the task it already has.
      repeatable: true,
      ...(options.signal ? { signal: options.signal } : {}),
    };
    return this.#transport.json<TaskView>(call);
  }
}

/** 128 random bits. (`crypto.randomUUID` is missing on web pages without TLS.) */
function mintKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `key-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
