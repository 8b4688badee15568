import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ManualClock } from '../clock.ts';
import { readConfig } from '../config/config.ts';
import { HOMES } from '../config/schema-provider.ts';
import { openAdapters } from './registry.ts';

const log = { warn() {}, error: (_details: object, message: string) => assert.fail(message) };

async function open(yaml: string, folder: string) {
  const read = readConfig(yaml, folder, { KEY: 'a-key' });
  if (read.kind === 'invalid') assert.fail(JSON.stringify(read.problems));
  return openAdapters(read.config.providers, { clock: new ManualClock(), log });
}

it('opens an adapter for each provider, under the name that routes use', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  t.after(() => rm(folder, { recursive: true }));
  const adapters = await open(
    `
providers:
  studio: { adapter: studio, workers: 1 }
  second: { adapter: studio, workers: 1 }
  fal: { adapter: fal, api_key: "\${KEY}" }
  replicate: { adapter: replicate, api_key: "\${KEY}" }
  openai: { adapter: openai, api_key: "\${KEY}" }
  azure: { adapter: openai, api_key: "\${KEY}", flavour: azure, base_url: "https://mine.openai.azure.com/openai/v1" }
  gemini: { adapter: gemini, api_key: "\${KEY}" }
  runway: { adapter: runway, api_key: "\${KEY}" }
  kling: { adapter: kling, access_key: "\${KEY}", secret_key: "\${KEY}" }
  minimax: { adapter: minimax, api_key: "\${KEY}" }
  dashscope: { adapter: dashscope, api_key: "\${KEY}" }
  ark: { adapter: ark, api_key: "\${KEY}" }
  videos: { adapter: openai-videos, api_key: "\${KEY}", base_url: "https://videos.example.com/v1" }
  other: { adapter: unified-task, api_key: "\${KEY}", base_url: "https://other.example.com" }
`,
    folder,
  );
  const spoken = Object.fromEntries([...adapters].map(([name, adapter]) => [name, adapter.provider]));
  assert.deepEqual(spoken, {
    studio: 'studio',
    second: 'studio',
    fal: 'fal',
    replicate: 'replicate',
    openai: 'openai',
    azure: 'azure-openai',
    gemini: 'google-gemini',
    runway: 'runway',
    kling: 'kling',
    minimax: 'minimax',
    dashscope: 'dashscope',
    ark: 'ark',
    videos: 'openai',
    other: 'unified-task',
  });
  await Promise.all([...adapters.values()].map((adapter) => adapter.close?.()));
});

it('opens none where one cannot be opened', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  t.after(() => rm(folder, { recursive: true }));
  const yaml = `
providers:
  studio: { adapter: studio, workers: 1 }
  comfy: { adapter: comfyui, workflows: ./nowhere }
`;
  await assert.rejects(open(yaml, folder), /nowhere/);
});

it('lets the reference tell the addresses that the adapters really use', async () => {
  const real = {
    fal: (await import('./fal/adapter.ts')).FAL_BASE_URL,
    replicate: (await import('./replicate/adapter.ts')).REPLICATE_BASE_URL,
    openai: (await import('./openai/access.ts')).OPENAI_BASE_URL,
    gemini: (await import('./gemini/adapter.ts')).GEMINI_BASE_URL,
    runway: (await import('./runway/adapter.ts')).RUNWAY_BASE_URL,
    kling: (await import('./kling/adapter.ts')).KLING_BASE_URL,
    minimax: (await import('./minimax/adapter.ts')).MINIMAX_BASE_URL,
    dashscope: (await import('./dashscope/adapter.ts')).DASHSCOPE_BASE_URLS.singapore,
    ark: (await import('./ark/adapter.ts')).BYTEPLUS_BASE_URL,
    comfyui: (await import('./comfyui/adapter.ts')).COMFYUI_BASE_URL,
  };
  assert.deepEqual(real, HOMES);
});
