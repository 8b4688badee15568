// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Config, loadConfig, readConfig } from './config.ts';

const EXAMPLE = readFileSync(new URL('../../../../sluice.config.example.yaml', import.meta.url), 'utf8');

const MODEL = `
models:
  clip:
    type: video
    parameters:
      duration: { type: integer, minimum: 4, maximum: 12, default: 5 }
      aspect_ratio: { enum: ["16:9", "9:16"] }
    inputs:
      image_urls: { max: 2, formats: [jpeg, png], max_bytes: 10MB, min_side: 240, max_side: 7680, must_match: aspect_ratio }
    pricing: { rule: per_second, credits: 2.5 }
    timeout: 10m
    estimate: 90s
    routes:
      - { provider: studio, upstream_model: studio-video-1, weight: 2, max_parallel: 10 }
`;

function sound(text: string, env: Record<string, string> = {}): Config {
  const outcome = readConfig(text, '/srv', env);
  assert.equal(outcome.kind, 'ok', JSON.stringify(outcome.kind === 'invalid' && outcome.problems, null, 1));
  assert.ok(outcome.kind === 'ok');
  return outcome.config;
}

/** Problems as `line path: message`. */
function problems(text: string, env: Record<string, string> = {}): string[] {
  const outcome = readConfig(text, '/srv', env);
  assert.ok(outcome.kind === 'invalid', 'expected problems');
  for (const { remedy } of outcome.problems) assert.notEqual(remedy, '');
  return outcome.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

function remedies(text: string): string[] {
  const outcome = readConfig(text, '/srv', {});
  return outcome.kind === 'invalid' ? outcome.problems.map((problem) => problem.remedy) : [];
}

describe('without a configuration', () => {
  it('gives a gateway that works', () => {
    const config = sound('');
    assert.deepEqual(config.server, { host: '127.0.0.1', port: 8787, publicUrl: null, operatorKey: null });
    assert.deepEqual(config.store, { kind: 'sqlite', path: '/srv/data/sluice.db' });
    assert.deepEqual(config.files, {
      kind: 'folder',
      path: '/srv/data/files',
      maxFiles: 100,
      maxBytes: 100_000_000,
      lifeMs: 72 * 3_600_000,
    });
    assert.deepEqual([...config.catalog.keys()], ['studio-image-1', 'studio-video-1', 'studio-audio-1']);
    assert.deepEqual(config.accounts, [{ id: 'default', credits: 10_000_000 }]);
    assert.deepEqual(config.retention, {
      linksMs: 86_400_000,
      tasksMs: 259_200_000,
      idempotencyMs: 86_400_000,
    });
    assert.equal(config.providers.get('studio')?.folder, '/srv/data/studio');
    const studio = config.providers.get('studio');
    assert.ok(studio?.adapter === 'studio' && studio.workers >= 1);
    for (const { routes } of config.catalog.values()) assert.equal(routes[0]?.watchHealth, false);
  });

  it('is what the example file writes out', () => {
    assert.deepEqual(sound(EXAMPLE), sound(''));
  });

  it('the model in the example file is sound too', () => {
    const config = sound(EXAMPLE.replace(/^# ?(models:| {2}.*)$/gm, '$1'));
    assert.deepEqual([...config.catalog.keys()], ['postcard']);
  });
});

describe('a model', () => {
  it('becomes a definition with numbers in the units of the catalogue', () => {
    const model = sound(MODEL).catalog.get('clip');
    assert.deepEqual(model, {
      id: 'clip',
      type: 'video',
      description: '',
      parameters: {
        type: 'object',
        properties: {
          duration: { type: 'integer', minimum: 4, maximum: 12, default: 5 },
          aspect_ratio: { enum: ['16:9', '9:16'] },
        },
        required: [],
      },
      unknownParameters: 'refuse',
      inputs: {
        image_urls: {
          max: 2,
          formats: ['jpeg', 'png'],
          maxBytes: 10_000_000,
          minSide: 240,
          maxSide: 7680,
          mustMatch: 'aspect_ratio',
        },
      },
      pricing: { rule: 'per_second', milliCredits: 2500 },
      timeoutMs: 600_000,
      estimateSeconds: 90,
      routes: [
        {
          id: 'clip/0',
          provider: 'studio',
          upstreamModel: 'studio-video-1',
          priority: 0,
          weight: 2,
          watchHealth: false,
          maxParallel: 10,
        },
      ],
    });
  });

  it('may cost any whole number of thousandths', () => {
    for (const [credits, milliCredits] of [
      ['1.001', 1001],
      ['0.3', 300],
      ['0', 0],
      ['1000000', 1e9],
    ]) {
      const { catalog } = sound(MODEL.replace('credits: 2.5', `credits: ${credits}`));
      assert.equal(catalog.get('clip')?.pricing.milliCredits, milliCredits);
    }
    assert.match(problems(MODEL.replace('credits: 2.5', 'credits: 1.0015')).join(), /at most three decimals/);
  });

  it('is refused where what it bills may be missing or negative', () => {
    const bare = MODEL.replace(', default: 5', '');
    assert.deepEqual(problems(bare), [
      '10 models.clip.pricing.rule: `per_second` needs the parameter `duration` in every request.',
    ]);
    sound(bare.replace('    timeout: 10m', '    required: [duration]\n    timeout: 10m'));
    assert.match(problems(MODEL.replace('minimum: 4', 'minimum: -1')).join(), /cannot be negative/);
    assert.match(
      problems(MODEL.replace('per_second', 'per_image')).join(),
      /`per_image` is for image models/,
    );
  });

  it('is refused for schemas that no JSON Schema validator would take', () => {
    const broken = MODEL.replace('minimum: 4', 'minimun: 4')
      .replace('enum: ["16:9", "9:16"]', 'type: strin')
      .replace(
        '    inputs:',
        '      n: { type: integer, minimum: 1, default: 0 }\n      seed: { $ref: "#/nowhere" }\n    inputs:',
      );
    const listed = problems(broken);
    assert.equal(
      listed[0],
      '6 models.clip.parameters.duration.minimun: `minimun` is not a keyword of JSON Schema.',
    );
    assert.match(
      listed[1] ?? '',
      /^7 models\.clip\.parameters\.aspect_ratio\.type: This is not valid JSON Schema/,
    );
    assert.equal(listed[2], '8 models.clip.parameters.n.default: The default of `n` must be at least 1.');
    assert.match(listed[3] ?? '', /^9 models\.clip\.parameters\.seed: The schema of `seed` cannot be used/);
    assert.match(remedies(broken)[0] ?? '', /Did you mean `minimum`\?/);
  });
});

describe('problems', () => {
  it('are listed all at once, with their lines', () => {
    const text = `server: { prot: 8787, port: 99999, public_url: "gen.example.com" }
store: { url: "postgres://me:secret@db/x" }
files: { url: "s3://bucket" }
providers:
  studio: { adapter: studio }
  other: { adapter: fal, api_key: "literal-secret", base_url: x }
  third one: { adapter: studio }
models:
  clip:
    type: vidoe
    parameters: { duration: { type: integer, minimum: 4, default: 3 } }
    pricing: { rule: per_second, credits: 0.0001 }
    timeout: ten minutes
    routes:
      - { provider: studoi, upstream_model: a, wieght: 2 }
moderation: { mode: enforced }
accounts: { default: { credits: lots, requests_per_minute: 600, parallel_tasks: 50 } }
inputs: { max_bytes: 10XB, allow_http_loopback: "yes" }
log: { level: verbose }
`;
    assert.deepEqual(problems(text), [
      '1 server.prot: `prot` is not a known key.',
      '1 server.port: `port` must be between 0 and 65535, but is 99999.',
      '1 server.public_url: `public_url` must be an http: or https: address without query, such as https://gen.example.com.',
      '2 store.url: PostgreSQL is not supported in this version.',
      '3 files.url: S3 is not supported in this version.',
      '6 providers.other.base_url: `base_url` must be an http: or https: address without query, such as https://gen.example.com.',
      '6 providers.other.api_key: `api_key` must not stand in the file.',
      '7 providers.third one: `third one` cannot be used as a name.',
      '10 models.clip.type: `type` must be one of "image", "video", "audio", but is "vidoe".',
      '11 models.clip.parameters.duration.default: The default of `duration` must be at least 4.',
      '12 models.clip.pricing.credits: `credits` may have at most three decimals.',
      '13 models.clip.timeout: `timeout` must be a number above 0 with ms, s, m, h or d, such as 30s or 10m, at most 7d.',
      '15 models.clip.routes[0].wieght: `wieght` is not a known key.',
      '15 models.clip.routes[0].provider: There is no provider "studoi".',
      '16 moderation.mode: `mode` must be one of "enforce", "monitor", "off", but is "enforced".',
      '17 accounts.default.requests_per_minute: A rate limit per account is not supported in this version.',
      '17 accounts.default.parallel_tasks: A limit of parallel tasks per account is not supported in this version.',
      '17 accounts.default.credits: `credits` must be a number, but is text.',
      '18 inputs.allow_http_loopback: `allow_http_loopback` must be true or false, but is text.',
      '18 inputs.max_bytes: `max_bytes` must be a number above 0 with B, KB, MB, GB, KiB, MiB or GiB, such as 10MB.',
      '19 log.level: `level` must be one of "fatal", "error", "warn", "info", "debug", "trace", "silent", but is "verbose".',
    ]);
    const [first] = remedies(text);
    assert.equal(first, 'Did you mean `port`? Known here: host, port, public_url, operator_key.');
    assert.ok(!JSON.stringify(readConfig(text, '/srv', {})).includes('secret'));
  });

  it('of the syntax name the line and never quote it', () => {
    assert.deepEqual(problems('server:\n\tport: 1\n'), ['2 : A tab is used for indentation.']);
    assert.deepEqual(problems('log: {}\nlog: {}\nserver: { port: x }\n'), [
      '2 : This key is given twice in the same map.',
      '3 server.port: `port` must be a whole number, but is text.',
    ]);
    assert.match(problems('server: "secret\n').join(), /closing quote/);
    assert.match(problems('a: 1\n---\nb: 2\n').join(), /more than one YAML document/);
    assert.match(problems('server: &a { port: 1 }\nlog: *a\n').join(), /Anchors and aliases/);
    assert.match(problems('log: { level: ${LEVEL} }\n').join(), /unquoted between braces/);
    assert.match(problems('- a\n').join(), /must be a map of sections/);
    assert.match(problems(`server: ${'['.repeat(50_000)}`).join(), /\w/);
  });

  it('are told where links or idempotency keys would outlive their tasks', () => {
    assert.deepEqual(problems('retention:\n  tasks: 12h\n  links: 6h\n'), [
      '1 retention.idempotency: `idempotency` is longer than `tasks`, after which there is nothing left.',
    ]);
    sound('retention: { tasks: 12h, links: 12h, idempotency: 1h }');
  });

  it('include default models whose provider is missing', () => {
    assert.match(
      problems('providers: { mine: { adapter: studio } }').join(),
      /they need the provider `studio`/,
    );
  });
});

describe('environment variables', () => {
  it('fill in what is written as a variable: text where quoted, a value where not', () => {
    const text = 'server:\n  host: "${HOST}"\n  port: ${PORT}\ndata_folder: "./$${HOST}-${HOST}"\n';
    const config = sound(text, { HOST: '10.0.0.1', PORT: '9000' });
    assert.deepEqual(config.server, { host: '10.0.0.1', port: 9000, publicUrl: null, operatorKey: null });
    assert.equal(config.store.path, '/srv/${HOST}-10.0.0.1/sluice.db');
    assert.deepEqual(
      problems(text.replace('port: ${PORT}', 'port: "${PORT}"'), { HOST: 'h', PORT: '9000' }),
      ['3 server.port: `port` must be a whole number, but is text.'],
    );
  });

  it('that are missing or malformed are named, once, with their line', () => {
    assert.deepEqual(
      problems('server:\n  host: "${NOPE}"\n  port: ${EMPTY}\nlog:\n  level: "${not a name}"\n', {
        EMPTY: '',
      }),
      [
        '2 server.host: The environment variable NOPE is not set or is empty.',
        '3 server.port: The environment variable EMPTY is not set or is empty.',
        '5 log.level: A `$` with a brace must hold the name of an environment variable, and the brace must be closed.',
      ],
    );
  });

  it('never show in a problem, wherever a value is wrong', () => {
    const keys = [
      'server.host',
      'server.port',
      'server.public_url',
      'server.operator_key',
      'store.url',
      'files.url',
      'log.level',
      'inputs.max_bytes',
      'inputs.timeout',
      'engine.drain',
      'data_folder',
      'moderation',
      'nonsense',
    ];
    for (const key of keys) {
      const [section, name] = key.split('.');
      for (const quote of ['"', '']) {
        const value = `${quote}\${SECRET}${quote}`;
        const text = name === undefined ? `${section}: ${value}\n` : `${section}:\n  ${name}: ${value}\n`;
        const outcome = readConfig(text, '/srv', { SECRET: 'hunter2-hunter2' });
        if (outcome.kind === 'invalid') assert.ok(!JSON.stringify(outcome).includes('hunter2'), key);
      }
    }
    const model = MODEL.replace('studio,', '"${SECRET}",')
      .replace('must_match: aspect_ratio', 'must_match: "${SECRET}"')
      .replace('    timeout', '    required: ["${SECRET}"]\n    timeout');
    const listed = problems(model, { SECRET: 'hunter2-hunter2' });
    assert.deepEqual(
      listed.map((text) => text.replace(/^.*: /, '')),
      [
        'There is no parameter ${SECRET} to match.',
        '${SECRET} is required but is no parameter of this model.',
        'There is no provider ${SECRET}.',
      ],
    );
    for (const name of ['SLUICE_PORT', 'SLUICE_LOG']) {
      const listed = problems('', { [name]: 'hunter2' });
      assert.match(listed.join(), new RegExp(`^null ${name}: `));
      assert.ok(!listed.join().includes('hunter2'));
    }
  });

  it('with SLUICE_ names go before the file, for problems too', () => {
    assert.deepEqual(problems('server: { port: 5 }', { SLUICE_PORT: '99999' }), [
      'null SLUICE_PORT: `port` must be between 0 and 65535.',
    ]);
    const env = {
      SLUICE_HOST: '0.0.0.0',
      SLUICE_PORT: '0',
      SLUICE_DATA: '/var/lib/sluice',
      SLUICE_LOG: 'debug',
    };
    const config = sound('server: { port: 1234 }\nlog: { level: warn }\n', env);
    assert.deepEqual(config.server, { host: '0.0.0.0', port: 0, publicUrl: null, operatorKey: null });
    assert.equal(config.store.path, '/var/lib/sluice/sluice.db');
    assert.equal(config.log.level, 'debug');
  });
});

describe('the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc', 'my.yaml'), 'server: { port: 4321 }\n');
  const load = (source: Omit<Parameters<typeof loadConfig>[0], 'cwd'>) =>
    loadConfig({ cwd: folder, ...source });

  it('is looked for by option, by SLUICE_CONFIG, and by its name; paths begin beside it', (t) => {
    t.after(() => rmSync(folder, { recursive: true }));
    const none = load({ env: {} });
    assert.ok(none.kind === 'ok' && none.file === null && none.config.server.port === 8787);
    for (const source of [{ env: { SLUICE_CONFIG: 'etc/my.yaml' } }, { env: {}, file: 'etc/my.yaml' }]) {
      const named = load(source);
      assert.ok(named.kind === 'ok' && named.config.server.port === 4321);
      assert.equal(named.config.store.path, join(folder, 'etc', 'data', 'sluice.db'));
      assert.equal(named.file, join(folder, 'etc', 'my.yaml'));
    }
    writeFileSync(join(folder, 'sluice.config.yaml'), 'server: { port: 1 }\n');
    const found = load({ env: {} });
    assert.ok(found.kind === 'ok' && found.config.server.port === 1);

    const missing = load({ env: { SLUICE_CONFIG: 'nowhere.yaml' } });
    assert.ok(missing.kind === 'invalid');
    assert.match(missing.problems[0]?.message ?? '', /nowhere\.yaml cannot be read/);
    assert.ok(load({ env: {}, file: 'etc' }).kind === 'invalid', 'a folder is not a file');
  });
});

describe('any text', () => {
  const neverThrows = (text: string) => {
    const outcome = readConfig(text, '/srv', { SOME: 'value' });
    if (outcome.kind === 'ok') return;
    assert.ok(outcome.problems.length > 0);
    for (const { message, remedy, line } of outcome.problems) {
      assert.ok(message !== '' && remedy !== '' && (line === null || line >= 1));
    }
  };

  it('is a configuration or a list of problems, never an exception', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), neverThrows), { numRuns: 150 });
    fc.assert(
      fc.property(
        fc.json().map((json) => `models: ${json}`),
        neverThrows,
      ),
      { numRuns: 300 },
    );
  });

  it('also when it is a good configuration with a piece replaced', () => {
    const text = EXAMPLE.replace(/^#.*$/gm, '') + MODEL;
    const piece = fc.constantFrom(
      '',
      '\n',
      ' ',
      '-',
      '{',
      '}',
      '[',
      '"',
      ':',
      '${SOME}',
      '${',
      '\t',
      '!!x',
      '&a',
      '*a',
      'null',
      '1e999',
      '? ',
      '|',
      '# ',
      '__proto__: 1',
      'constructor',
    );
    const at = fc.nat({ max: text.length });
    fc.assert(
      fc.property(at, fc.nat({ max: 12 }), piece, (from, length, by) =>
        neverThrows(text.slice(0, from) + by + text.slice(from + length)),
      ),
      { numRuns: 200 },
    );
  });
});
