/**
 * Every emulator with what a gateway is told to reach it: the adapter or the moderation service, the path that its address ends in,
 * and settings that the emulator accepts. The order is that of the ports: the first provider listens on the base port, the next on
 * the one after it; the moderation services do the same from `MODERATOR_PORTS` further on.
 */
import { createArk } from './ark.ts';
import { createComfyui } from './comfyui.ts';
import { createDashscope } from './dashscope.ts';
import type { ProviderEmulator } from './emulator.ts';
import { createFal } from './fal.ts';
import { createGemini } from './gemini.ts';
import { createKling, KLING_SANDBOX_PAIR } from './kling.ts';
import { createMinimax } from './minimax.ts';
import { createAzureContentSafety } from './moderation-azure.ts';
import { createGoogleVision } from './moderation-google-vision.ts';
import { createOpenaiModeration } from './moderation-openai.ts';
import { createRekognition, REKOGNITION_SANDBOX_KEYS } from './moderation-rekognition.ts';
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

export interface SandboxModerator {
  /** The emulator's name, which is the detector's in findings too. */
  readonly name: string;
  /** Under `moderation.detectors` of a gateway's configuration. */
  readonly service: string;
  readonly create: () => ProviderEmulator;
  readonly path: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Room for more providers: their ports and these stay what they are. */
export const MODERATOR_PORTS = 30;

export const SANDBOX_MODERATORS: readonly SandboxModerator[] = [
  {
    name: 'openai-moderation',
    service: 'openai',
    create: createOpenaiModeration,
    path: '/v1',
    settings: API_KEY,
  },
  {
    name: 'rekognition',
    service: 'rekognition',
    create: createRekognition,
    path: '',
    settings: {
      access_key_id: REKOGNITION_SANDBOX_KEYS.accessKeyId,
      secret_access_key: REKOGNITION_SANDBOX_KEYS.secretAccessKey,
      region: 'eu-west-1',
    },
  },
  {
    name: 'google-vision',
    service: 'google-vision',
    create: createGoogleVision,
    path: '/v1',
    settings: API_KEY,
  },
  {
    name: 'azure-content-safety',
    service: 'azure-content-safety',
    create: createAzureContentSafety,
    path: '',
    settings: API_KEY,
  },
];
