/** Which model a request means, and whether it came to the right call. */
import { TaskError } from '@sluice/errors';
import { kindOf } from '../catalog/faults.ts';
import type { Catalog, ModelDefinition, TaskType } from '../catalog/model.ts';
import { nearest } from '../catalog/nearest.ts';
import type { JsonValue } from '../json.ts';

const CALLS: Readonly<Record<TaskType, string>> = {
  image: 'POST /v1/images/generations',
  video: 'POST /v1/videos/generations',
  audio: 'POST /v1/audios/generations',
};

const KINDS: Readonly<Record<TaskType, string>> = { image: 'images', video: 'videos', audio: 'audio' };

/** `type` is that of the call it came to; null for a call that takes every model. Raises `invalid_parameters` and `model_not_found`. */
export function findModel(
  catalog: Catalog,
  type: TaskType | null,
  name: JsonValue | undefined,
  requestId: string,
): ModelDefinition {
  const ofType = [...catalog.values()]
    .filter((model) => type === null || model.type === type)
    .map((model) => model.id);
  if (typeof name !== 'string' || name === '') {
    const what =
      name === undefined || name === null
        ? 'is missing'
        : name === ''
          ? 'is empty'
          : `must be text, but is ${kindOf(name)}`;
    throw new TaskError('invalid_parameters', {
      subtype: 'general',
      param: 'model',
      because: `\`model\` ${what}.`,
      remedy:
        ofType.length === 0
          ? `No ${type === null ? '' : `${type} `}model is configured.`
          : `Name a model, such as "${ofType[0]}".`,
      details: { available: ofType.slice(0, 50) },
      requestId,
    });
  }
  const model = catalog.get(name);
  if (model === undefined) {
    const near = nearest(name, ofType) ?? nearest(name, catalog.keys());
    throw new TaskError('model_not_found', {
      param: 'model',
      because: `There is no model of this name.`,
      remedy:
        near === null
          ? `This call has: ${ofType.slice(0, 10).join(', ') || 'none'}.`
          : `Did you mean "${near}"?`,
      details: {
        model: name.slice(0, 100),
        ...(near === null ? {} : { suggestion: near }),
        available: ofType.slice(0, 50),
      },
      requestId,
    });
  }
  if (type !== null && model.type !== type) {
    throw new TaskError('invalid_parameters', {
      subtype: 'general',
      param: 'model',
      because: `"${model.id}" makes ${KINDS[model.type]}, and this call is for ${KINDS[type]}.`,
      remedy: `Send it to ${CALLS[model.type]}${ofType.length === 0 ? '' : `, or name a model such as "${ofType[0]}"`}.`,
      details: {
        model: model.id,
        model_type: model.type,
        call: CALLS[model.type],
        available: ofType.slice(0, 50),
      },
      requestId,
    });
  }
  return model;
}
