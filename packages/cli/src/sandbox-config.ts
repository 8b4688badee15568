/** A gateway's configuration whose providers are the sandbox: models of the catalogue where it has some, else one of its own. */

export interface SandboxPlace {
  readonly adapter: string;
  /** With the path that the provider's own address ends in. */
  readonly baseUrl: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface ModeratorPlace {
  readonly service: string;
  readonly baseUrl: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Models of the catalogue (docs/catalogue.md) whose first route is the adapter's. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  fal: ['flux-schnell', 'flux-kontext-pro', 'stable-audio-2.5'],
  replicate: ['imagen-4', 'lyria-2'],
  openai: ['gpt-image-1.5'],
  gemini: ['gemini-2.5-flash-image', 'veo-3.1'],
  runway: ['runway-gen4.5', 'runway-gen4-image'],
  kling: ['kling-v2.5-turbo', 'kling-v2.1-image'],
  minimax: ['hailuo-2.3', 'minimax-image-01'],
  dashscope: ['wan-2.7-t2v', 'qwen-image-plus'],
  ark: ['seedance-1.5-pro', 'seedream-4.5'],
};

/** Adapters of servers that have no models everybody knows. */
const OWN_MODELS: Readonly<Record<string, string>> = {
  'openai-videos': `  sandbox-video:
    type: video
    parameters:
      prompt: { type: string, minLength: 1, maxLength: 32000 }
      duration: { enum: [4, 8, 12], default: 4 }
      aspect_ratio: { enum: ["16:9", "9:16"], default: "16:9" }
    required: [prompt]
    pricing: { rule: per_second, credits: 10 }
    timeout: 10m
    routes: [{ provider: openai-videos, upstream_model: sora-2 }]
`,
  'unified-task': `  sandbox-chained:
    type: image
    parameters:
      prompt: { type: string, minLength: 1, maxLength: 2000 }
    required: [prompt]
    pricing: { rule: per_image, credits: 1 }
    timeout: 5m
    routes: [{ provider: unified-task, upstream_model: studio-image-1 }]
`,
};

/**
 * `moderationIsOn`: whether the moderation services look, or only stand there to be turned on. They hear the words for the providers
 * too (`sandbox:rate` is a failure of theirs as well), so they look only where somebody asked for them.
 */
export function sandboxConfig(
  places: readonly SandboxPlace[],
  moderators: readonly ModeratorPlace[],
  { moderationIsOn }: { readonly moderationIsOn: boolean },
): string {
  const served = places.filter(({ adapter }) => adapter !== 'comfyui');
  const lines = served.map(
    (place) => `  ${place.adapter}: { adapter: ${place.adapter}, ${settingsOf(place)} }`,
  );
  const comfy = places.find(({ adapter }) => adapter === 'comfyui');
  if (comfy) {
    lines.push(
      '  # ComfyUI runs workflows of your own; docs/providers.md shows one.',
      `  # comfyui: { adapter: comfyui, base_url: "${comfy.baseUrl}", workflows: ./workflows }`,
    );
  }
  const names = served.flatMap(({ adapter }) => MODELS[adapter] ?? []);
  const own = served.flatMap(({ adapter }) => OWN_MODELS[adapter] ?? []);
  // A gateway needs a provider; the studio is one that is always there.
  const providers = served.length === 0 ? ['  studio: { adapter: studio }', ...lines] : lines;
  return [
    '# A gateway on the sandbox of `sluice sandbox`: no key, no network, no cost. These keys are none.',
    'providers:',
    ...providers,
    '',
    ...(names.length === 0 ? [] : [`catalogue: [${names.join(', ')}]`, '']),
    ...(own.length === 0 ? [] : ['models:', own.join('').trimEnd(), '']),
    ...moderation(moderators, moderationIsOn),
    '# Results are fetched from this machine.',
    'inputs: { allow_http_loopback: true }',
    '',
  ].join('\n');
}

function moderation(moderators: readonly ModeratorPlace[], isOn: boolean): string[] {
  if (moderators.length === 0) return [];
  const lines = [
    'moderation:',
    '  results: on',
    '  detectors:',
    ...moderators.map((place) => `    - { service: ${place.service}, ${settingsOf(place)} }`),
  ];
  if (isOn) return [...lines, ''];
  return [
    '# To have all of it looked at; the services then hear the words for the providers too (`sandbox:rate`).',
    ...lines.map((line) => `# ${line}`),
    '',
  ];
}

function settingsOf({ baseUrl, settings }: Omit<ModeratorPlace, 'service'>): string {
  return Object.entries({ base_url: baseUrl, ...settings })
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');
}
