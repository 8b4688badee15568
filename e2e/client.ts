/** A client of a gateway that sees what any HTTP client would: nothing is tried again, and each test says what it expects back. */

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface Client {
  ask<T>(method: string, where: string, body?: unknown): Promise<Answer<T>>;
  /** Submits, and follows the task to its end; a refused submit is its own end. */
  finished<T extends { readonly id: string; readonly status: string }>(
    kind: 'images' | 'videos' | 'audios',
    body: object,
  ): Promise<T>;
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
    async finished<T extends { readonly id: string; readonly status: string }>(kind: string, body: object) {
      let { body: task } = await ask<T>('POST', `/v1/${kind}/generations`, body);
      while (task.status === 'pending' || task.status === 'processing')
        ({ body: task } = await ask<T>('GET', `/v1/tasks/${task.id}?wait=20`));
      return task;
    },
    told,
  };
}
