// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Config, readConfig } from './config.ts';

const ENV = { KEY: 'sk-hunter2', ACCESS: 'ak-hunter2', SECRET: 'whsec_hunter2' };
const OWN = `
models:
  m:
    type: image
    parameters: { size: { enum: ["1:1"] } }
    inputs: { image_urls: { formats: [png] } }
    pricing: { rule: per_call, credits: 1 }
    routes:
`;

function sound(text: string, env: Record<string, string> = ENV): Config {
  const outcome = readConfig(text, '/srv', env);
  if (outcome.kind === 'invalid') assert.fail(JSON.stringify(outcome.problems, null, 1));
  return outcome.config;
}

/** Problems as `line path: message | remedy`. */
function problems(text: string, env: Record<string, string> = ENV): string[] {
  const outcome = readConfig(text, '/srv', env);
  assert.ok(outcome.kind === 'invalid', 'expected problems');
  const told = outcome.problems.map(
    ({ line, path, message, remedy }) => `${line} ${path}: ${message} | ${remedy}`,
  );
  assert.ok(!JSON.stringify(told).includes('hunter2'), 'no value of a variable is shown');
  return told;
}

const provider = (settings: string, route = '{ provider: p, upstream_model: x }') =>
  `providers:\n  p: { ${settings} }${OWN}      - ${route}\n`;

describe('a provider', () => {
  it('becomes what its adapter is made with', () => {
    const config = sound(`
providers:
  studio: { adapter: studio, folder: ./work, workers: 2, max_parallel: 4 }
  fal: { adapter: fal, api_key: "\${KEY}", max_parallel: 40 }
  replicate: { adapter: replicate, api_key: "\${KEY}", webhook_secret: "\${SECRET}", base_url: "https://proxy.example.com/v1/" }
  azure: { adapter: openai, api_key: "\${KEY}", flavour: azure, base_url: "https://mine.openai.azure.com/openai/v1" }
  kling: { adapter: kling, access_key: "\${ACCESS}", secret_key: "\${SECRET}" }
  kling2: { adapter: kling, api_key: "\${KEY}" }
  comfy: { adapter: comfyui, workflows: ./flows }
  other: { adapter: unified-task, api_key: "\${KEY}", base_url: "https://other.example.com" }
`);
    const common = (name: string, maxParallel: number | null = null) => ({
      folder: `/srv/data/${name}`,
      maxParallel,
    });
    assert.deepEqual(Object.fromEntries(config.providers), {
      studio: { adapter: 'studio', folder: '/srv/work', workers: 2, maxParallel: 4 },
      fal: { ...common('fal', 40), adapter: 'fal', apiKey: 'sk-hunter2', baseUrl: null },
      replicate: {
        ...common('replicate'),
        adapter: 'replicate',
        apiKey: 'sk-hunter2',
        baseUrl: 'https://proxy.example.com/v1',
        webhookSecret: 'whsec_hunter2',
      },
      azure: {
        ...common('azure'),
        adapter: 'openai',
        apiKey: 'sk-hunter2',
        baseUrl: 'https://mine.openai.azure.com/openai/v1',
        flavour: 'azure',
      },
      kling: {
        ...common('kling'),
        adapter: 'kling',
        baseUrl: null,
        credentials: { kind: 'pair', accessKey: 'ak-hunter2', secretKey: 'whsec_hunter2' },
      },
      kling2: {
        ...common('kling2'),
        adapter: 'kling',
        baseUrl: null,
        credentials: { kind: 'key', apiKey: 'sk-hunter2' },
      },
      comfy: { ...common('comfy'), adapter: 'comfyui', baseUrl: null, workflows: '/srv/flows' },
      other: {
        ...common('other'),
        adapter: 'unified-task',
        apiKey: 'sk-hunter2',
        baseUrl: 'https://other.example.com',
        filesUrl: null,
      },
    });
    assert.equal(config.catalog.get('studio-image-1')?.routes[0]?.providerMaxParallel, 4);
  });

  it('bounds all its routes together, and is watched unless it is the studio', () => {
    const [route] =
      sound(provider('adapter: fal, api_key: "${KEY}", max_parallel: 7')).catalog.get('m')?.routes ?? [];
    assert.equal(route?.providerMaxParallel, 7);
    assert.equal(route?.maxParallel, null);
    assert.equal(route?.watchHealth, true);
  });

  it('is refused with every fault of its section at once', () => {
    assert.deepEqual(problems(provider('adapter: fal, api_kye: "${KEY}", workers: 2, max_parallel: 0')), [
      '2 providers.p.api_key: `api_key` is missing. | Add it. (The key, as the name of an environment variable: `"${NAME}"`.)',
      '2 providers.p.api_kye: `api_kye` is not a known key. | Did you mean `api_key`? Known here: adapter, max_parallel, api_key, base_url.',
      '2 providers.p.workers: `workers` is not a known key. | Known here: adapter, max_parallel, api_key, base_url.',
      '2 providers.p.max_parallel: `max_parallel` must be between 1 and 1000000, but is 0. | Correct it. (The most tasks all routes to this provider are given at once: what its account allows.)',
    ]);
    assert.match(
      problems(provider('adapter: runwy, api_key: "${KEY}"')).join(),
      /must be one of "studio", "fal".*Did you mean "runway"\?/,
    );
    assert.match(problems(provider('adapter: luma')).join(), /`luma` is not supported in this version/);
    assert.match(
      problems(provider('api_key: "${KEY}"')).join(),
      /providers\.p\.adapter: `adapter` is missing/,
    );
    assert.match(
      problems(provider('adapter: openai-videos, api_key: "${KEY}"')).join(),
      /`base_url` is missing/,
    );
    assert.match(
      problems(provider('adapter: openai, api_key: "${KEY}", flavour: azure')).join(),
      /its own `base_url`/,
    );
    assert.match(problems(provider('adapter: kling')).join(), /no whole key.*Give either `api_key`/);
    assert.match(problems(provider('adapter: kling, access_key: "${ACCESS}"')).join(), /no whole key/);
    assert.match(
      problems(provider('adapter: kling, api_key: "${KEY}", secret_key: "${SECRET}"')).join(),
      /both kinds of keys/,
    );
  });
});

describe('a key', () => {
  it('is named, never written; on this machine alone any text will do', () => {
    assert.deepEqual(problems(provider('adapter: fal, api_key: hunter2')), [
      '2 providers.p.api_key: `api_key` must not stand in the file. | Put it into an environment variable and write its name: api_key: "${SOME_NAME}".',
    ]);
    for (const key of ['hunter2-${KEY}', '$${KEY}', '${KEY}${KEY}']) {
      assert.match(
        problems(provider(`adapter: fal, api_key: "${key}"`)).join(),
        /must not stand in the file/,
      );
    }
    for (const host of ['127.0.0.1:9', 'localhost:9', '[::1]:9']) {
      sound(provider(`adapter: fal, api_key: sandbox, base_url: "http://${host}"`));
    }
    for (const host of ['127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1']) {
      assert.match(
        problems(provider(`adapter: fal, api_key: hunter2, base_url: "http://${host}"`)).join(),
        /must not stand in the file/,
      );
    }
  });

  it("of the operator is named like a provider's", () => {
    const key = 'hunter2-hunter2-hunter2';
    const config = sound('server: { operator_key: "${OPERATOR}" }\ndata_folder: ./d\n', { OPERATOR: key });
    assert.equal(config.server.operatorKey, key);
    assert.equal(config.dataFolder, '/srv/d');
    assert.match(
      problems(`server: { operator_key: ${key} }`).join(),
      /1 server\.operator_key: .* must not stand/,
    );
    const short = problems('server: { operator_key: "${OPERATOR}" }', { OPERATOR: 'hunter2' });
    assert.match(short.join(), /must have at least 16 characters, but has 7/);
  });

  it('with what a file or a shell adds around it is refused before it is sent', () => {
    for (const KEY of ['hunter2\n', ' hunter2', 'hun ter2', 'hunter2\r', 'hünter2'])
      assert.match(
        problems(provider('adapter: fal, api_key: "${KEY}"'), { KEY }).join(),
        /a line break or another character/,
      );
  });

  it('shows in no problem, whatever else is wrong', () => {
    const adapters = [
      'fal',
      'replicate',
      'openai',
      'gemini',
      'runway',
      'kling',
      'minimax',
      'ark',
      'openai-videos',
      'nobody',
    ];
    const keys = [
      'api_key',
      'access_key',
      'secret_key',
      'webhook_secret',
      'base_url',
      'flavour',
      'max_parallel',
      'folder',
      'nonsense',
    ];
    const value = fc.constantFrom('"${KEY}"', '${KEY}', '["${KEY}"]', '{ a: "${KEY}" }', '"x${KEY}"');
    fc.assert(
      fc.property(
        fc.constantFrom(...adapters),
        fc.array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 4 }),
        (adapter, given) => {
          const lines = given.map(([key, text]) => `    ${key}: ${text}`);
          const outcome = readConfig(
            `providers:\n  p:\n    adapter: ${adapter}\n${lines.join('\n')}\n`,
            '/srv',
            ENV,
          );
          if (outcome.kind === 'invalid') assert.ok(!JSON.stringify(outcome).includes('hunter2'));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a mapping', () => {
  it('is read as it stands, with a written null for what is left out', () => {
    const mapping =
      '{ rename: { size: image_size, seed: null }, values: { size: { "1:1": square } }, as_text: [seed], media: { image_urls: [first, second] }, fixed: { safe: true } }';
    const config = sound(
      provider('adapter: fal, api_key: "${KEY}"', `{ provider: p, upstream_model: x, mapping: ${mapping} }`),
    );
    assert.deepEqual(config.catalog.get('m')?.routes[0]?.mapping, {
      rename: { size: 'image_size', seed: null },
      values: { size: { '1:1': 'square' } },
      asText: ['seed'],
      media: { image_urls: ['first', 'second'] },
      fixed: { safe: true },
    });
  });

  it('of what the model does not have is refused: it would do nothing', () => {
    const told = problems(
      provider(
        'adapter: fal, api_key: "${KEY}"',
        '{ provider: p, upstream_model: x, mapping: { rename: { sise: a }, values: { nothing: {} }, as_text: [other], media: { mask_url: m }, fixd: {} } }',
      ),
    );
    assert.deepEqual(
      told.map((text) => text.replace(/^\d+ models\.m\.routes\[0\]\.mapping\./, '')),
      [
        'fixd: `fixd` is not a known key. | Did you mean `fixed`? Known here: rename, values, as_text, media, fixed.',
        'rename.sise: The mapping names `sise`, which this model does not take. | Did you mean `size`?',
        'values.nothing: The mapping names `nothing`, which this model does not take. | Describe it under `parameters`, or remove it here.',
        'as_text[0]: The mapping names "other", which this model does not take. | Describe it under `parameters`, or remove it here.',
        'media.mask_url: The mapping names `mask_url`, which this model does not take. | Describe it under `inputs`, or remove it here.',
      ],
    );
  });
});
