import { TaskError } from '@sluice/errors';

/** A TaskError is the request's end and a value; anything else thrown is a fault of ours. */
export async function orRefusal<T>(work: () => Promise<T>): Promise<T | TaskError> {
  try {
    return await work();
  } catch (error) {
    if (TaskError.is(error)) return error;
    throw error;
  }
}
