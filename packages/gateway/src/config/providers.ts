/** From the `providers` section to what the adapters are made with, with the checks no schema can make: above all those on keys. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { isRecord } from '../catalog/faults.ts';
import { pointerTo } from '../catalog/pointer.ts';
import type { KlingCredentials } from '../upstream/kling/token.ts';
import type { OpenaiFlavour } from '../upstream/openai/access.ts';
import type { Report } from './check.ts';
import type { ConfigDocument } from './document.ts';
import { isAdapterName, type ProviderFile } from './schema-provider.ts';

interface Common {
  /** Of all routes to this provider together; null is no bound. */
  readonly maxParallel: number | null;
  /** Where the adapter may keep files, absolute: the provider's own part of the data folder. */
  readonly folder: string;
}

interface Hosted extends Common {
  readonly apiKey: string;
  /** Without a trailing slash; null is the adapter's own. */
  readonly baseUrl: string | null;
}

/** A server that has no address of its own. */
interface Own {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

/** Holds keys: never logged, never shown. */
export type ProviderConfig =
  | (Common & { readonly adapter: 'studio'; readonly workers: number })
  | (Hosted & {
      readonly adapter: 'fal' | 'gemini' | 'runway' | 'minimax' | 'dashscope' | 'ark';
    })
  | (Hosted & { readonly adapter: 'openai'; readonly flavour: OpenaiFlavour })
  | (Hosted & { readonly adapter: 'replicate'; readonly webhookSecret: string | null })
  | (Common & {
      readonly adapter: 'kling';
      readonly baseUrl: string | null;
      readonly credentials: KlingCredentials;
    })
  | (Common & { readonly adapter: 'comfyui'; readonly baseUrl: string | null; readonly workflows: string })
  | (Common & Own & { readonly adapter: 'openai-videos'; readonly flavour: OpenaiFlavour })
  | (Common & Own & { readonly adapter: 'unified-task'; readonly filesUrl: string | null });

/** What a model's routes need to know of the providers, by name. */
export type KnownProviders = ReadonlyMap<string, KnownProvider>;
export interface KnownProvider {
  readonly adapter: string;
  readonly maxParallel: number | null;
}

/** As far as the raw section tells; its faults are reported by the schema. */
export function knownProviders(section: unknown): KnownProviders {
  const entries = Object.entries(isRecord(section) ? section : {});
  return new Map(
    entries.map(([name, held]) => {
      const { adapter, max_parallel }: Readonly<Record<string, unknown>> = isRecord(held) ? held : {};
      const maxParallel = typeof max_parallel === 'number' ? max_parallel : null;
      return [name, { adapter: String(adapter ?? ''), maxParallel }];
    }),
  );
}

const SECRETS = ['api_key', 'access_key', 'secret_key', 'webhook_secret'] as const;

/** Checks the raw section, so that its problems are told even where other parts of the file are wrong. */
export function checkProviders(section: unknown, document: ConfigDocument, report: Report): void {
  for (const [name, held] of Object.entries(isRecord(section) ? section : {})) {
    if (!isRecord(held) || !isAdapterName(held.adapter)) continue;
    const pointer = pointerTo('/providers', name);
    for (const secret of SECRETS) checkSecret(held, secret, pointer, document, report);
    if (held.flavour === 'azure' && held.base_url === undefined) {
      report(
        `${pointer}/base_url`,
        'On Azure every resource has its own `base_url`.',
        'Add it: https://NAME.openai.azure.com/openai/v1.',
      );
    }
    if (held.adapter === 'kling') checkKlingKeys(held, pointer, report);
  }
}

/** A key in a file ends up in a repository, a backup or a chat. The sandbox's is none: on this machine any text will do. */
export function checkSecret(
  section: unknown,
  secret: (typeof SECRETS)[number] | 'operator_key' | 'secret_access_key' | 'session_token',
  pointer: string,
  document: ConfigDocument,
  report: Report,
): void {
  if (!isRecord(section)) return;
  const value = section[secret];
  if (typeof value !== 'string' || value === '') return;
  const at = `${pointer}/${secret}`;
  const named = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(document.writtenAt(at) ?? '');
  if (!named && !isLoopback(section.base_url)) {
    report(
      at,
      `\`${secret}\` must not stand in the file.`,
      `Put it into an environment variable and write its name: ${secret}: "\${SOME_NAME}".`,
    );
  } else if (!/^[\x21-\x7e]+$/.test(value)) {
    report(
      at,
      `\`${secret}\` holds a space, a line break or another character that no key has.`,
      'Set the variable again, without what a file or a shell may have added around the key.',
    );
  }
}

function checkKlingKeys(provider: Readonly<Record<string, unknown>>, pointer: string, report: Report): void {
  const has = (name: string) => provider[name] !== undefined;
  const pair = has('access_key') && has('secret_key');
  const sound = has('api_key') ? !has('access_key') && !has('secret_key') : pair;
  if (sound) return;
  report(
    pointer,
    has('api_key') ? 'Kling is given both kinds of keys.' : 'Kling is given no whole key.',
    'Give either `api_key`, or `access_key` and `secret_key`.',
  );
}

function isLoopback(url: unknown): boolean {
  const host = typeof url === 'string' ? URL.parse(url)?.hostname : undefined;
  return host !== undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host);
}

/** `data` and `base` are absolute; `provider` is sound. */
export function readProvider(
  name: string,
  provider: ProviderFile,
  data: string,
  base: string,
): ProviderConfig {
  const common: Common = { maxParallel: provider.max_parallel ?? null, folder: join(data, name) };
  switch (provider.adapter) {
    case 'studio':
      return {
        ...common,
        adapter: 'studio',
        folder: provider.folder === undefined ? common.folder : resolve(base, provider.folder),
        workers: provider.workers ?? Math.max(1, availableParallelism() - 1),
      };
    case 'fal':
    case 'gemini':
    case 'runway':
    case 'minimax':
    case 'dashscope':
    case 'ark':
      return { ...common, ...hosted(provider), adapter: provider.adapter };
    case 'openai':
      return { ...common, ...hosted(provider), adapter: 'openai', flavour: provider.flavour ?? 'openai' };
    case 'replicate':
      return {
        ...common,
        ...hosted(provider),
        adapter: 'replicate',
        webhookSecret: provider.webhook_secret ?? null,
      };
    case 'kling': {
      const { api_key, access_key = '', secret_key = '' } = provider;
      const credentials: KlingCredentials =
        api_key === undefined
          ? { kind: 'pair', accessKey: access_key, secretKey: secret_key }
          : { kind: 'key', apiKey: api_key };
      return { ...common, adapter: 'kling', baseUrl: address(provider.base_url), credentials };
    }
    case 'comfyui':
      return {
        ...common,
        adapter: 'comfyui',
        baseUrl: address(provider.base_url),
        workflows: resolve(base, provider.workflows),
      };
    case 'openai-videos':
      return { ...common, ...own(provider), adapter: 'openai-videos', flavour: provider.flavour ?? 'openai' };
    case 'unified-task':
      return {
        ...common,
        ...own(provider),
        adapter: 'unified-task',
        filesUrl: address(provider.files_url),
      };
    default: {
      const never: never = provider;
      return never;
    }
  }
}

const hosted = (provider: { readonly api_key: string; readonly base_url?: string }) => ({
  apiKey: provider.api_key,
  baseUrl: address(provider.base_url),
});
const own = (provider: { readonly api_key: string; readonly base_url: string }): Own => ({
  apiKey: provider.api_key,
  baseUrl: withoutSlash(provider.base_url),
});
const address = (url: string | undefined) => (url === undefined ? null : withoutSlash(url));
const withoutSlash = (url: string) => url.replace(/\/+$/, '');
