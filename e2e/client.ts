/** A client of a gateway that sees what any HTTP client would: nothing is tried again, and each test says what it expects back. */

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** An error as the contract has it, the fields that tests ask for. */
export interface Refusal {
  readonly code: string;
  readonly subtype: string | null;
  readonly param: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retry: {
    readonly retryable: boolean;
    readonly action: string;
    readonly after_seconds: number | null;
  };
  readonly issues?: readonly Refusal[];
  readonly fixes?: readonly { readonly op: string; readonly to: string }[];
}

/** A task as the contract has it, likewise. */
export interface TaskView {
  readonly id: string;
  readonly status: string;
  readonly results?: readonly string[];
  readonly error?: Refusal;
  readonly usage: { readonly credits_used: number };
  readonly repairs: readonly { readonly op: string; readonly from: string; readonly to: string }[];
}

export interface Client {
  ask<T>(method: string, where: string, body?: unknown): Promise<Answer<T>>;
  /** Submits, and follows the task to its end; a refused submit is its own end. */
  finished(kind: 'images' | 'videos' | 'audios', body: object): Promise<TaskView>;
  /** Everything it was ever sent, headers included. */
  readonly told: readonly string[];
}

/** `firstKey`: as `listen` of a new gateway gives it. */
export function clientOf({
  url,
  firstKey,
}: {
  readonly url: string;
  readonly firstKey: string | null;
}): Client {
  const told: string[] = [];
  const ask: Client['ask'] = async (method, where, body) => {
    const answer = await fetch(new URL(where, url), {
      method,
      headers: { authorization: `Bearer ${firstKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    told.push(text, JSON.stringify([...answer.headers]));
    return { status: answer.status, body: JSON.parse(text) };
  };
  return {
    ask,
    async finished(kind, body) {
      let { body: task } = await ask<TaskView>('POST', `/v1/${kind}/generations`, body);
      while (task.status === 'pending' || task.status === 'processing')
        ({ body: task } = await ask<TaskView>('GET', `/v1/tasks/${task.id}?wait=20`));
      return task;
    },
    told,
  };
}
