/** Vertex AI: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/api-errors */
import { GOOGLE_CODES, GOOGLE_FIELDS, GOOGLE_TEXT } from './google.ts';
import type { ProviderRules } from './provider.ts';

export const GOOGLE_VERTEX: ProviderRules = {
  provider: 'google-vertex',
  also: ['vertex', 'vertex-ai'],
  fields: [...GOOGLE_FIELDS, ...GOOGLE_CODES, { at: '[].error.status', means: GOOGLE_CODES[0]?.means ?? {} }],
  text: [
    { means: 'resource_not_found', say: ['not found cache content', 'cached content .. not found'] },
    ...GOOGLE_TEXT,
  ],
};
