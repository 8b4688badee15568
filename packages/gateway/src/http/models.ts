import { TaskError } from '@sluice/errors';
import type { FastifyRequest } from 'fastify';
import { describeModel } from '../catalog/describe.ts';
import { nearest } from '../catalog/nearest.ts';
import type { HttpDeps } from './deps.ts';
import { pathPart } from './params.ts';

export function modelsHandlers({ catalog }: Pick<HttpDeps, 'catalog'>) {
  return {
    async listModels() {
      return { object: 'list', data: [...catalog.values()].map(describeModel) };
    },

    async getModel(request: FastifyRequest) {
      const id = pathPart(request, 'id');
      const model = catalog.get(id);
      if (model) return describeModel(model);
      const near = nearest(id, catalog.keys());
      throw new TaskError('model_not_found', {
        because: `There is no model ${JSON.stringify(id.slice(0, 80))}.`,
        remedy:
          near === null
            ? 'Ask `GET /v1/models` for the names.'
            : `Did you mean \`${near}\`? \`GET /v1/models\` lists all.`,
        param: 'id',
        details: { model: id.slice(0, 80), ...(near === null ? {} : { suggestion: near }) },
      });
    },
  };
}
