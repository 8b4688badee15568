/** From the configuration's providers to their adapters: the one place that knows which adapters there are. */
import type { Clock } from '../clock.ts';
import type { ProviderConfig } from '../config/config.ts';
import type { UpstreamAdapter } from './adapter.ts';
import type { StudioLog } from './studio/jobs.ts';
import { createStudio } from './studio/studio.ts';

export interface AdapterWorld {
  readonly clock: Clock;
  readonly log: StudioLog;
}

/** Keyed by the provider's name in the configuration, which is what a route refers to. */
export function openAdapters(
  providers: ReadonlyMap<string, ProviderConfig>,
  world: AdapterWorld,
): ReadonlyMap<string, UpstreamAdapter> {
  return new Map([...providers].map(([name, provider]) => [name, openAdapter(provider, world)]));
}

function openAdapter(provider: ProviderConfig, { clock, log }: AdapterWorld): UpstreamAdapter {
  switch (provider.adapter) {
    case 'studio':
      return createStudio({ folder: provider.folder, workers: provider.workers, clock, log });
    default: {
      const never: never = provider.adapter;
      return never;
    }
  }
}
