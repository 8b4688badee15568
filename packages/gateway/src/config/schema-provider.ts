/**
 * The `providers` section: what each adapter is made with. One schema per adapter; `adapter` decides which one a section is held
 * against. Keys are never written here but named: `"${FAL_KEY}"` (providers.ts checks that).
 */
import { type Static, type TProperties, Type } from 'typebox';
import { closed, count, URL_FORMAT } from './fields.ts';

/** The name of the adapter, and what every provider may have. */
const shared = <Name extends string>(adapter: Name, description: string) => ({
  adapter: Type.Literal(adapter, { description }),
  max_parallel: Type.Optional(
    count({
      description: 'The most tasks all routes to this provider are given at once: what its account allows.',
    }),
  ),
});

const key = (description: string) => Type.String({ minLength: 1, maxLength: 8192, description });
const address = (description: string) => Type.String({ format: URL_FORMAT, description });
// biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
const API_KEY = 'The key, as the name of an environment variable: `"${NAME}"`.';

function section<Name extends string, Own extends TProperties>(name: Name, description: string, own: Own) {
  return Type.Object({ ...shared(name, description), ...own }, closed);
}

/** A company's interface: a key, and an address that has a default. */
const hosted = (home: string) => ({
  api_key: key(API_KEY),
  base_url: Type.Optional(
    address(`Without it, the provider's own: ${home}. For another region, a proxy or the sandbox.`),
  ),
});

/** Where each adapter of a company's interface speaks to without `base_url`, for the reference; the adapters hold the real ones. */
export const HOMES = {
  fal: 'https://queue.fal.run',
  replicate: 'https://api.replicate.com/v1',
  openai: 'https://api.openai.com/v1',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  runway: 'https://api.dev.runwayml.com',
  kling: 'https://api-singapore.klingai.com',
  minimax: 'https://api.minimax.io',
  dashscope: 'https://dashscope-intl.aliyuncs.com/api/v1',
  ark: 'https://ark.ap-southeast.bytepluses.com/api/v3',
  comfyui: 'http://127.0.0.1:8188',
} as const;

const flavour = Type.Optional(
  Type.Enum(['openai', 'azure'], {
    description: '`azure` for a resource there, with its `/openai/v1` as `base_url`; without it `openai`.',
  }),
);

const { base_url: klingUrl } = hosted(HOMES.kling);

export const PROVIDER_SECTIONS = {
  studio: section('studio', 'The built-in renderer: no key, no network.', {
    folder: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "Where the studio keeps its work; without it, a folder of the provider's name in the data folder.",
      }),
    ),
    workers: Type.Optional(
      count({
        maximum: 64,
        description: 'Rendering threads; without it, one fewer than the processor has cores, at least one.',
      }),
    ),
  }),
  fal: section('fal', 'fal.ai, its queue.', hosted(HOMES.fal)),
  replicate: section('replicate', 'Replicate, its predictions.', {
    ...hosted(HOMES.replicate),
    webhook_secret: Type.Optional(
      key('`whsec_...`, as the name of a variable: proves that a call to our webhook is from Replicate.'),
    ),
  }),
  openai: section('openai', 'OpenAI, its images interface; also on Azure.', {
    ...hosted(HOMES.openai),
    flavour,
  }),
  gemini: section('gemini', 'Google: Gemini pictures and Veo clips.', hosted(HOMES.gemini)),
  runway: section('runway', 'Runway.', hosted(HOMES.runway)),
  kling: section('kling', 'Kling: either `api_key`, or `access_key` and `secret_key`.', {
    base_url: klingUrl,
    api_key: Type.Optional(key(API_KEY)),
    access_key: Type.Optional(key('The access key of a pair, as the name of a variable.')),
    secret_key: Type.Optional(key('The secret key of a pair, as the name of a variable.')),
  }),
  minimax: section('minimax', 'MiniMax: Hailuo and its image models.', hosted(HOMES.minimax)),
  dashscope: section('dashscope', 'Alibaba Model Studio: Wan and Qwen-Image.', hosted(HOMES.dashscope)),
  ark: section('ark', 'ByteDance Ark and ModelArk: Seedance and Seedream.', hosted(HOMES.ark)),
  comfyui: section('comfyui', 'A ComfyUI server of your own.', {
    base_url: Type.Optional(address(`The server; without it, ${HOMES.comfyui}.`)),
    workflows: Type.String({
      minLength: 1,
      description: 'The folder of the workflow templates; a route names one of them as its `upstream_model`.',
    }),
  }),
  'openai-videos': section('openai-videos', "A server that speaks OpenAI's `/v1/videos`.", {
    base_url: address('The server, with the part of the path before `/videos`: `https://host/v1`.'),
    api_key: key(API_KEY),
    flavour,
  }),
  'unified-task': section('unified-task', "Another gateway that speaks this one's own interface.", {
    base_url: address('The other gateway, without `/v1`: another Sluice, or https://api.evolink.ai.'),
    api_key: key(API_KEY),
    files_url: Type.Optional(
      address(
        'Where inputs are uploaded to; without it they go inside the request, where the gateway takes that.',
      ),
    ),
  }),
} as const;

export type AdapterName = keyof typeof PROVIDER_SECTIONS;
export type ProviderFile = Static<(typeof PROVIDER_SECTIONS)[AdapterName]>;

export const isAdapterName = (name: unknown): name is AdapterName =>
  typeof name === 'string' && Object.hasOwn(PROVIDER_SECTIONS, name);

export const ADAPTER_NAMES: readonly AdapterName[] = Object.keys(PROVIDER_SECTIONS).filter(isAdapterName);

/** A provider with one of these adapters. Ajv's `discriminator` holds a section only against the schema its `adapter` names. */
export const providersOf = (adapters: readonly AdapterName[]) =>
  Type.Unsafe<ProviderFile>({
    type: 'object',
    discriminator: { propertyName: 'adapter' },
    required: ['adapter'],
    oneOf: adapters.map((name) => PROVIDER_SECTIONS[name]),
  });

export const ProviderSection = providersOf(ADAPTER_NAMES);
