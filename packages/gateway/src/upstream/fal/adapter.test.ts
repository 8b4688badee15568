import { createFal as createFalEmulator } from '@sluice/sandbox';
import { scenarioSuite } from '../scenarios.ts';
import { createFal } from './adapter.ts';

scenarioSuite('fal', {
  emulator: createFalEmulator,
  adapter: (baseUrl) => createFal({ apiKey: 'fal-secret', baseUrl }),
  job: { type: 'image', upstreamModel: 'fal-ai/sandbox/text-to-image' },
});
