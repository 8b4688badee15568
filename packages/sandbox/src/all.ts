/**
 * Every emulator with what a gateway is told to reach it: the adapter, the path that its address ends in, and settings that the
 * emulator accepts. The order is that of the ports: the first listens on the base port, the next on the one after it.
 */
import { createArk } from './ark.ts';
import { createComfyui } from './comfyui.ts';
import { createDashscope } from './dashscope.ts';
import type { ProviderEmulator } from './emulator.ts';
import { createFal } from './fal.ts';
import { createGemini } from './gemini.ts';
import { createKling, KLING_SANDBOX_PAIR } from './kling.ts';
import { createMinimax } from './minimax.ts';
import { createOpenai } from './openai.ts';
import { createOpenaiVideos } from './openai-videos.ts';
import { createReplicate } from './replicate.ts';
import { createRunway } from './runway.ts';
import { createUnifiedTask } from './unified-task.ts';

export interface SandboxProvider {
  /** The gateway's adapter, and the provider's name in a sandbox configuration. */
  readonly adapter: string;
  readonly create: () => ProviderEmulator;
  /** What follows the emulator's own address in `base_url`. */
  readonly path: string;
  /** What else stands in the provider's configuration. None of it is a secret. */
  readonly settings: Readonly<Record<string, string>>;
}

const API_KEY = { api_key: 'sandbox' };

export const SANDBOX_PROVIDERS: readonly SandboxProvider[] = [
  { adapter: 'fal', create: createFal, path: '', settings: API_KEY },
  { adapter: 'replicate', create: createReplicate, path: '/v1', settings: API_KEY },
  { adapter: 'openai', create: createOpenai, path: '/v1', settings: API_KEY },
  { adapter: 'gemini', create: () => createGemini(), path: '/v1beta', settings: API_KEY },
  { adapter: 'runway', create: createRunway, path: '', settings: { api_key: 'key_sandbox' } },
  {
    adapter: 'kling',
    create: createKling,
    path: '',
    settings: { access_key: KLING_SANDBOX_PAIR.accessKey, secret_key: KLING_SANDBOX_PAIR.secretKey },
  },
  { adapter: 'minimax', create: createMinimax, path: '', settings: API_KEY },
  { adapter: 'dashscope', create: () => createDashscope(), path: '/api/v1', settings: API_KEY },
  { adapter: 'ark', create: () => createArk(), path: '/api/v3', settings: API_KEY },
  { adapter: 'comfyui', create: createComfyui, path: '', settings: {} },
  { adapter: 'openai-videos', create: createOpenaiVideos, path: '/v1', settings: API_KEY },
  { adapter: 'unified-task', create: createUnifiedTask, path: '', settings: API_KEY },
];
