/** The dictionary of error codes, as `@sluice/errors` has it, with the words that rehearse each code. */
import { dictionary, ERROR_CODES, isErrorCode, TaskError } from '@sluice/errors';
import type { DictionaryEntryView, RehearsalView } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import { nearest } from '../catalog/nearest.ts';
import type { HttpDeps, Rehearsal } from './deps.ts';
import { pathPart } from './params.ts';

export function errorsHandlers({ rehearsals, publicUrl }: Pick<HttpDeps, 'rehearsals' | 'publicUrl'>) {
  const rehearsed = rehearsals.map(viewRehearsal);
  const entries = (): DictionaryEntryView[] =>
    dictionary().map((entry) => ({
      ...entry,
      causes: [...entry.causes],
      solutions: [...entry.solutions],
      subtypes: [...entry.subtypes],
      rehearsals: rehearsed.filter(({ code }) => code === entry.code),
      docs_url: publicUrl() + entry.docs_url,
    }));

  return {
    async listErrors() {
      return { object: 'list', data: entries(), rehearsals: rehearsed };
    },

    async getError(request: FastifyRequest) {
      const code = pathPart(request, 'code');
      const entry = isErrorCode(code) ? entries().find((one) => one.code === code) : undefined;
      if (entry) return entry;
      const near = nearest(code, ERROR_CODES);
      throw new TaskError('resource_not_found', {
        because: `There is no error code ${JSON.stringify(code.slice(0, 80))}.`,
        remedy:
          near === null
            ? '`GET /v1/errors` lists all of them.'
            : `Did you mean \`${near}\`? \`GET /v1/errors\` lists all.`,
        param: 'code',
      });
    },
  };
}

function viewRehearsal({ words, stage, ends_in, description }: Rehearsal): RehearsalView {
  const { code, subtype } = ends_in === 'completed' ? { code: null, subtype: null } : ends_in;
  return { words, stage, code, subtype, description };
}
