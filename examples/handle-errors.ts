/**
 * What a program does with a failure: it reads `retry`, not the English. Each prompt here makes the studio fail in another way.
 *
 *     npm start                                        (in another terminal; it prints a key)
 *     export SLUICE_API_KEY=sk-...
 *     node_modules/.bin/node examples/handle-errors.ts
 */
import { Sluice, TaskError } from '@sluice/client';

const sluice = new Sluice({
  baseUrl: process.env.SLUICE_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.SLUICE_API_KEY ?? '',
});

const PROMPTS = [
  'rehearse:content_policy_violation/adult',
  'rehearse:generation_failed_no_content',
  'rehearse:unknown_error',
  'p'.repeat(2001),
];

for (const prompt of PROMPTS) {
  try {
    const submitted = await sluice.images.generate({ model: 'studio-image-1', prompt });
    await sluice.tasks.wait(submitted.id);
    console.log('It worked, which this example did not expect.');
  } catch (error) {
    if (!TaskError.is(error)) throw error;
    console.log(`${error.code}${error.subtype === null ? '' : `/${error.subtype}`}: ${decide(error)}`);
  }
}

/** The whole of error handling for most programs. */
function decide({ retry, param, requestId, message }: TaskError): string {
  const [headline = ''] = message.split('\n');
  if (retry.action === 'try_different_prompt') return 'try once more, then with another prompt.';
  if (retry.retryable) return `try again in ${retry.after_seconds ?? 5} seconds.`;
  switch (retry.action) {
    case 'fix_parameters':
    case 'resize_image':
    case 'use_different_image':
      return `change ${param ?? 'the request'}. ${headline}`;
    case 'fix_content':
      return `tell the user what to change. ${headline}`;
    case 'resubmit':
      return 'somebody cancelled it; only a person should send it again.';
    case 'check_task_id':
      return 'forget this id.';
    case 'contact_support':
    case 'reduce_frequency':
    case 'retry_later':
      return `tell the operator, with ${requestId ?? 'the task id'}.`;
    default: {
      const never: never = retry.action;
      return never;
    }
  }
}
