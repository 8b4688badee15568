import { createReplicate as createReplicateEmulator } from '@sluice/sandbox';
import { scenarioSuite } from '../scenarios.ts';
import { createReplicate } from './adapter.ts';

scenarioSuite('replicate', {
  emulator: createReplicateEmulator,
  adapter: (url) => createReplicate({ apiKey: 'r8-secret', baseUrl: `${url}/v1` }),
  job: { type: 'image', upstreamModel: 'black-forest-labs/flux-schnell' },
});
