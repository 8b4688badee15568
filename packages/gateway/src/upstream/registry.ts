/**
 * From the configuration's providers to their adapters: the one place that knows which adapters there are. An adapter's code is
 * loaded only where a provider uses it, so that a start costs no more than what is configured.
 */
import type { Clock } from '../clock.ts';
import type { ProviderConfig } from '../config/config.ts';
import type { UpstreamAdapter } from './adapter.ts';
import type { StudioLog } from './studio/jobs.ts';

export interface AdapterWorld {
  readonly clock: Clock;
  readonly log: StudioLog;
}

/** Keyed by the provider's name in the configuration, which is what a route refers to. */
export async function openAdapters(
  providers: ReadonlyMap<string, ProviderConfig>,
  world: AdapterWorld,
): Promise<ReadonlyMap<string, UpstreamAdapter>> {
  const opened = await Promise.allSettled(
    [...providers].map(async ([name, provider]) => [name, await openAdapter(provider, world)] as const),
  );
  const adapters = new Map(
    opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
  );
  const failure = opened.find((outcome) => outcome.status === 'rejected');
  if (failure) {
    await Promise.all([...adapters.values()].map((adapter) => adapter.close?.()));
    throw failure.reason;
  }
  return adapters;
}

async function openAdapter(provider: ProviderConfig, { clock, log }: AdapterWorld): Promise<UpstreamAdapter> {
  switch (provider.adapter) {
    case 'studio': {
      const { createStudio } = await import('./studio/studio.ts');
      return createStudio({ folder: provider.folder, workers: provider.workers, clock, log });
    }
    case 'fal': {
      const { createFal, FAL_BASE_URL } = await import('./fal/adapter.ts');
      return createFal({ apiKey: provider.apiKey, baseUrl: provider.baseUrl ?? FAL_BASE_URL });
    }
    case 'replicate': {
      const { createReplicate, REPLICATE_BASE_URL } = await import('./replicate/adapter.ts');
      const { apiKey, baseUrl, webhookSecret } = provider;
      return createReplicate({
        apiKey,
        baseUrl: baseUrl ?? REPLICATE_BASE_URL,
        ...(webhookSecret === null ? {} : { webhookSecret }),
      });
    }
    case 'openai': {
      const { createOpenai } = await import('./openai/adapter.ts');
      const { OPENAI_BASE_URL } = await import('./openai/access.ts');
      const { apiKey, baseUrl, flavour } = provider;
      return createOpenai({ apiKey, baseUrl: baseUrl ?? OPENAI_BASE_URL, flavour });
    }
    case 'runway': {
      const { createRunway, RUNWAY_BASE_URL } = await import('./runway/adapter.ts');
      return createRunway({ apiKey: provider.apiKey, baseUrl: provider.baseUrl ?? RUNWAY_BASE_URL });
    }
    case 'gemini': {
      const { createGemini, GEMINI_BASE_URL } = await import('./gemini/adapter.ts');
      const { apiKey, baseUrl, folder } = provider;
      return createGemini({ apiKey, baseUrl: baseUrl ?? GEMINI_BASE_URL, folder });
    }
    case 'kling': {
      const { createKling, KLING_BASE_URL } = await import('./kling/adapter.ts');
      const { credentials, baseUrl } = provider;
      return createKling({ credentials, baseUrl: baseUrl ?? KLING_BASE_URL });
    }
    case 'ark': {
      const { BYTEPLUS_BASE_URL, createArk } = await import('./ark/adapter.ts');
      return createArk({ apiKey: provider.apiKey, baseUrl: provider.baseUrl ?? BYTEPLUS_BASE_URL });
    }
    case 'comfyui': {
      const { COMFYUI_BASE_URL, createComfyui } = await import('./comfyui/adapter.ts');
      const { baseUrl, workflows, folder } = provider;
      return createComfyui({ baseUrl: baseUrl ?? COMFYUI_BASE_URL, workflows, folder });
    }
    case 'openai-videos': {
      const { createOpenaiVideos } = await import('./openai-videos/adapter.ts');
      const { apiKey, baseUrl, flavour, folder } = provider;
      return createOpenaiVideos({ apiKey, baseUrl, flavour, folder });
    }
    case 'minimax': {
      const { createMinimax, MINIMAX_BASE_URL } = await import('./minimax/adapter.ts');
      return createMinimax({ apiKey: provider.apiKey, baseUrl: provider.baseUrl ?? MINIMAX_BASE_URL });
    }
    case 'dashscope': {
      const { createDashscope, DASHSCOPE_BASE_URLS } = await import('./dashscope/adapter.ts');
      const baseUrl = provider.baseUrl ?? DASHSCOPE_BASE_URLS.singapore;
      return createDashscope({ apiKey: provider.apiKey, baseUrl });
    }
    case 'unified-task': {
      const { createUnifiedTask } = await import('./unified-task/adapter.ts');
      const { apiKey, baseUrl, filesUrl, folder } = provider;
      return createUnifiedTask({ apiKey, baseUrl, folder, ...(filesUrl === null ? {} : { filesUrl }) });
    }
    default: {
      const never: never = provider;
      return never;
    }
  }
}
