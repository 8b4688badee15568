/** The calls of a gateway's operator: what was tried for a task, what no rule matched, which routes are in use, what moderation decided. */
import { TaskError } from '@sluice/errors';
import type {
  OperatorDecisionView,
  OperatorModerationView,
  OperatorTaskView,
  RouteReportView,
  UnknownsView,
} from '@sluice/protocol';
import {
  type Call,
  createTransport,
  type FetchFunction,
  systemTiming,
  type Timing,
  type Transport,
} from './transport.ts';

export interface OperatorOptions {
  /** Default `http://127.0.0.1:8787`. */
  readonly baseUrl?: string;
  /** Not an API key: `server.operator_key`, or the one in the gateway's data folder. */
  readonly operatorKey: string;
  readonly fetch?: FetchFunction;
  /** How often a call that met a network failure or a 502, 503 or 504 is sent again. Default 3. */
  readonly retries?: number;
  readonly timing?: Timing;
}

/** Every call rejects with `unauthorized` where the gateway does not know the key. */
export class SluiceOperator {
  readonly #transport: Transport;

  constructor(options: OperatorOptions) {
    this.#transport = createTransport({
      baseUrl: options.baseUrl ?? 'http://127.0.0.1:8787',
      apiKey: options.operatorKey,
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      retries: options.retries ?? 3,
      timing: options.timing ?? systemTiming,
    });
  }

  task(id: string): Promise<OperatorTaskView> {
    return this.#get(`/operator/v1/tasks/${encodeURIComponent(id)}`);
  }

  /** @param limit how many of the newest unclassified attempts to group; at most 5000. */
  unknowns(limit = 1000): Promise<UnknownsView> {
    return this.#get(`/operator/v1/unknowns?limit=${limit}`);
  }

  async routes(): Promise<readonly RouteReportView[]> {
    return (await this.#get<{ data: RouteReportView[] }>('/operator/v1/routes')).data;
  }

  /** A drained route gets no new attempts; what is under way on it goes on. */
  setDrained(route: string, drained: boolean): Promise<RouteReportView> {
    return this.#call({
      method: 'POST',
      path: '/operator/v1/routes',
      body: { route, drained },
      repeatable: true,
    });
  }

  /** What looks at what, and whether videos are looked at. */
  moderation(): Promise<OperatorModerationView> {
    return this.#get('/operator/v1/moderation');
  }

  /** What moderation blocked or reported, newest first; at most 1000. */
  async decisions(limit = 50): Promise<readonly OperatorDecisionView[]> {
    return (await this.#get<{ data: OperatorDecisionView[] }>(`/operator/v1/decisions?limit=${limit}`)).data;
  }

  /** Of the `decision_id` in an error's details. */
  decision(id: string): Promise<OperatorDecisionView> {
    return this.#get(`/operator/v1/decisions/${encodeURIComponent(id)}`);
  }

  /**
   * Lets findings like the one that decided pass: for `keyId`, else for the key the decision was made for. Rejects with `forbidden`
   * for what no operator can let pass.
   */
  overrule(id: string, keyId?: string): Promise<OperatorDecisionView> {
    return this.#call({
      method: 'POST',
      path: `/operator/v1/decisions/${encodeURIComponent(id)}/overrule`,
      body: keyId === undefined ? {} : { key_id: keyId },
      repeatable: true,
    });
  }

  /** Takes it back, for `keyId` or for every key. */
  undoOverrule(id: string, keyId?: string): Promise<OperatorDecisionView> {
    const query = keyId === undefined ? '' : `?${new URLSearchParams({ key_id: keyId })}`;
    const path = `/operator/v1/decisions/${encodeURIComponent(id)}/overrule${query}`;
    return this.#call({ method: 'DELETE', path, repeatable: true });
  }

  #get<T>(path: string): Promise<T> {
    return this.#call({ method: 'GET', path, repeatable: true });
  }

  async #call<T>(call: Call): Promise<T> {
    try {
      return await this.#transport.json<T>(call);
    } catch (error) {
      throw isSilence(error) ? keyNotKnown(error) : error;
    }
  }
}

/** To a wrong key the gateway says that there is no such call; what is really missing is named in `param`. */
function isSilence(error: unknown): error is TaskError {
  return TaskError.is(error) && error.code === 'resource_not_found' && error.param === null;
}

function keyNotKnown(cause: TaskError): TaskError {
  return new TaskError('unauthorized', {
    subtype: 'invalid_key',
    because: 'The gateway does not know this operator key. (It answers as if it had no calls for operators.)',
    remedy:
      'Use `server.operator_key` of its configuration, or the key in `operator.key` in its data folder; an API key does not open these calls.',
    requestId: cause.requestId,
    cause,
  });
}
