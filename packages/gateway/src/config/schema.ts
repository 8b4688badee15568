/**
 * What `sluice.config.yaml` may hold: one schema that checks the file, fills in the defaults, types the result and writes the
 * reference table of docs/configuration.md.
 */

import { type Static, Type } from 'typebox';
import { closed, count, duration, NAME, named, size, timer, URL_FORMAT } from './fields.ts';
import { ModelSection } from './schema-model.ts';
import { ModerationSection } from './schema-moderation.ts';
import { ProviderSection } from './schema-provider.ts';

export const DEFAULT_PROVIDERS = { studio: { adapter: 'studio' } } as const;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const ConfigSchema = Type.Object(
  {
    data_folder: Type.String({
      default: './data',
      minLength: 1,
      description: 'Where everything goes that names no place of its own.',
    }),
    server: Type.Object(
      {
        host: Type.String({
          default: '127.0.0.1',
          minLength: 1,
          description: 'The address to listen on; `0.0.0.0` is every address of the machine.',
        }),
        port: Type.Integer({
          default: 8787,
          minimum: 0,
          maximum: 65_535,
          description: 'The port to listen on; 0 takes a free one.',
        }),
        public_url: Type.Optional(
          Type.String({
            format: URL_FORMAT,
            description:
              'The address clients reach the gateway at, used in links; without it, the address it listens on.',
          }),
        ),
        operator_key: Type.Optional(
          Type.String({
            minLength: 16,
            maxLength: 512,
            description:
              "The key of the operator's own calls, as the name of an environment variable; without it, one is made at the first start and kept in the data folder.",
          }),
        ),
      },
      { ...closed, default: {} },
    ),
    store: Type.Object(
      {
        url: Type.Optional(
          Type.String({ description: '`sqlite:` and a path; without it, `sluice.db` in the data folder.' }),
        ),
      },
      { ...closed, default: {} },
    ),
    files: Type.Object(
      {
        url: Type.Optional(
          Type.String({
            description: '`file:` and the path of a folder; without it, `files` in the data folder.',
          }),
        ),
        max_files: count({
          default: 100,
          description: 'The most uploaded files an account may have at the same time.',
        }),
        max_bytes: size({ default: '100MB', description: 'The largest upload.' }),
        expires: duration({
          default: '72h',
          description: 'How long uploads are kept, and their links work.',
        }),
      },
      { ...closed, default: {} },
    ),
    providers: Type.Record(Type.String(named), ProviderSection, {
      ...closed,
      minProperties: 1,
      default: DEFAULT_PROVIDERS,
      description: 'The upstreams, under names of your choice.',
    }),
    models: Type.Optional(
      Type.Record(Type.String({ pattern: NAME, description: named.description }), ModelSection, {
        ...closed,
        minProperties: 1,
        description:
          'The models clients may name. Without this section and `catalogue` there are the three of the studio; with one of them, only those listed.',
      }),
    ),
    catalogue: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        uniqueItems: true,
        description:
          'Models that come with the gateway, by the names in docs/catalogue.md; each needs a provider that has it.',
      }),
    ),
    accounts: Type.Record(
      Type.String(named),
      Type.Object(
        {
          credits: Type.Number({
            default: 10_000,
            minimum: 0,
            maximum: 1_000_000_000,
            multipleOf: 0.001,
            description: "The account's first grant; changing it later changes nothing.",
          }),
        },
        closed,
      ),
      {
        ...closed,
        minProperties: 1,
        default: { default: {} },
        description: 'Accounts, made at the first start.',
      },
    ),
    inputs: Type.Object(
      {
        allow_http_loopback: Type.Boolean({
          default: false,
          description: 'Accept input URLs with `http:` on this machine, for development.',
        }),
        max_bytes: size({ default: '100MB', description: 'The largest input of any model.' }),
        timeout: timer({ default: '30s', description: 'How long fetching one input may take.' }),
      },
      { ...closed, default: {} },
    ),
    network: Type.Object(
      {
        egress_proxy: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 2048,
            description: `An HTTP proxy that all downloads of links go through, with \`CONNECT\`: \`http://HOST:PORT\`, or \`http://USER:\${VARIABLE}@HOST:PORT\`. Calls to providers do not go through it.`,
          }),
        ),
        allow_hosts: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
            minItems: 1,
            description:
              'The only hosts inputs are downloaded from, each with its subdomains; without it, every public host.',
          }),
        ),
        deny_hosts: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
          default: [],
          description:
            'Hosts inputs are never downloaded from, each with its subdomains; goes before `allow_hosts`.',
        }),
        ports: Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
          default: [443, 8443],
          minItems: 1,
          description: 'Ports that links may name.',
        }),
      },
      { ...closed, default: {} },
    ),
    retention: Type.Object(
      {
        links: duration({ default: '24h', description: 'How long result links work.' }),
        tasks: duration({ default: '72h', description: 'How long finished tasks and their files are kept.' }),
        idempotency: duration({
          default: '24h',
          description: 'How long an `Idempotency-Key` is remembered.',
        }),
      },
      { ...closed, default: {} },
    ),
    engine: Type.Object(
      {
        parallel_submits: count({
          default: 32,
          maximum: 10_000,
          description: 'Tasks that may be in preparation or submission at once.',
        }),
        reconcile_window: timer({
          default: '2m',
          description: 'How long an upstream is asked about a submit whose answer was lost.',
        }),
        poll_interval: timer({
          default: '2s',
          description: 'Between two polls of a task, where the upstream suggests nothing.',
        }),
        drain: timer({ default: '20s', description: 'How long a shutdown waits for calls under way.' }),
        max_attempts: count({
          default: 3,
          maximum: 20,
          description: 'The most attempts a task gets over all routes.',
        }),
      },
      { ...closed, default: {} },
    ),
    moderation: ModerationSection,
    log: Type.Object(
      {
        level: Type.Enum([...LOG_LEVELS], {
          default: 'info',
          description: 'The least important messages to log.',
        }),
      },
      { ...closed, default: {} },
    ),
  },
  closed,
);

export type ConfigFile = Static<typeof ConfigSchema>;
