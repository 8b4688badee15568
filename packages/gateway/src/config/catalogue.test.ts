// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Catalog } from '../catalog/model.ts';
import { readConfig } from './config.ts';

const PROVIDERS = `providers:
  fal: { adapter: fal, api_key: "\${KEY}" }
  fal-two: { adapter: fal, api_key: "\${KEY}", max_parallel: 3 }
  rep: { adapter: replicate, api_key: "\${KEY}" }
`;

function sound(text: string): Catalog {
  const outcome = readConfig(text, '/srv', { KEY: 'secret' });
  if (outcome.kind === 'invalid') assert.fail(JSON.stringify(outcome.problems, null, 1));
  return outcome.config.catalog;
}

function problems(text: string): string[] {
  const outcome = readConfig(text, '/srv', { KEY: 'secret' });
  assert.ok(outcome.kind === 'invalid', 'expected problems');
  return outcome.problems.map(({ line, path, message, remedy }) => `${line} ${path}: ${message} | ${remedy}`);
}

const routesOf = (catalog: Catalog, name: string) =>
  catalog
    .get(name)
    ?.routes.map(({ id, provider, upstreamModel, priority }) => ({ id, provider, upstreamModel, priority }));

describe('a model of the catalogue', () => {
  it('is used by its name, with a route for every provider that can make it', () => {
    const catalog = sound(`${PROVIDERS}catalogue: [flux-schnell, lyria-2]\n`);
    assert.deepEqual([...catalog.keys()], ['flux-schnell', 'lyria-2']);
    assert.deepEqual(routesOf(catalog, 'flux-schnell'), [
      { id: 'flux-schnell/0', provider: 'fal', upstreamModel: 'fal-ai/flux/schnell', priority: 0 },
      { id: 'flux-schnell/1', provider: 'fal-two', upstreamModel: 'fal-ai/flux/schnell', priority: 0 },
      { id: 'flux-schnell/2', provider: 'rep', upstreamModel: 'black-forest-labs/flux-schnell', priority: 0 },
    ]);
    const [, second] = catalog.get('flux-schnell')?.routes ?? [];
    assert.equal(second?.providerMaxParallel, 3);
    assert.equal(second?.mapping?.rename?.n, 'num_images');
  });

  it('goes under a name of its own with what differs, key by key', () => {
    const catalog = sound(`${PROVIDERS}models:
  quick:
    use: flux-schnell
    description: Our quick one.
    parameters: { n: { maximum: 2 }, size: { enum: ["1:1"], default: "1:1" } }
    pricing: { credits: 1 }
    via: [rep, fal]
  edit:
    use: flux-kontext-pro
    inputs: { image_urls: { max_bytes: 2MB } }
    routes: [{ provider: fal, upstream_model: my-own/endpoint }]
`);
    const quick = catalog.get('quick');
    assert.equal(quick?.description, 'Our quick one.');
    assert.deepEqual(quick?.parameters.properties.n, { type: 'integer', minimum: 1, maximum: 2, default: 1 });
    assert.deepEqual(quick?.parameters.properties.output_format, { enum: ['jpeg', 'png'], default: 'jpeg' });
    assert.deepEqual(quick?.pricing, { rule: 'per_image', milliCredits: 1000 });
    assert.deepEqual(
      routesOf(catalog, 'quick')?.map(({ provider, priority }) => [provider, priority]),
      [
        ['rep', 0],
        ['fal', 1],
      ],
    );
    assert.equal(catalog.get('edit')?.inputs.image_urls?.maxBytes, 2_000_000);
    assert.deepEqual(catalog.get('edit')?.inputs.image_urls?.formats, ['jpeg', 'png', 'webp']);
    assert.deepEqual(
      routesOf(catalog, 'edit')?.map((route) => route.upstreamModel),
      ['my-own/endpoint'],
    );
  });

  it("may be one of the studio's, as it is without any configuration", () => {
    const { id, ...alone } = sound('').get('studio-video-1') ?? assert.fail();
    const listed = sound('catalogue: [studio-video-1, studio-image-1]\n');
    assert.equal(id, 'studio-video-1');
    assert.deepEqual([...listed.keys()], ['studio-video-1', 'studio-image-1']);
    const { routes, ...facts } = listed.get('studio-video-1') ?? assert.fail();
    const { routes: usual, ...expected } = { id, ...alone };
    assert.deepEqual(facts, expected);
    assert.deepEqual(
      routes.map(({ priority: _, ...route }) => route),
      usual.map(({ priority: _, ...route }) => route),
    );
  });
});

describe('the use of the catalogue', () => {
  it('is refused where no provider can make the model, with the line and what to add', () => {
    assert.deepEqual(
      problems('providers:\n  studio: { adapter: studio }\ncatalogue:\n  - flux-schnell\n  - gpt-image-1\n'),
      [
        '4 catalogue[0]: No provider is configured that makes "flux-schnell". | Add one under `providers`, such as fal: { adapter: fal, api_key: "${FAL_API_KEY}" } (or one with `replicate`), or remove the model.',
        '5 catalogue[1]: No provider is configured that makes "gpt-image-1". | Add one under `providers`, such as openai: { adapter: openai, api_key: "${OPENAI_API_KEY}" }, or remove the model.',
      ],
    );
  });

  it('is refused for names it does not have, names twice, and providers that cannot', () => {
    const text = `${PROVIDERS}catalogue: [flux-shnell, lyria-2, nothing-like-it]
models:
  lyria-2: { use: lyria-2 }
  a: { use: flux-dev, via: [rep, nobody] }
  b: { use: lyria-2, via: [fal] }
  c: { via: [fal], type: image, pricing: { rule: per_call, credits: 1 }, routes: [{ provider: fal, upstream_model: x }] }
`;
    assert.deepEqual(problems(text), [
      '5 catalogue[0]: The catalogue has no model "flux-shnell". | Did you mean `flux-schnell`? docs/catalogue.md lists them all.',
      '5 catalogue[2]: The catalogue has no model "nothing-like-it". | docs/catalogue.md lists them all.',
      '7 models.lyria-2.use: There are two models "lyria-2". | List it once, or give one of them another name.',
      '8 models.a.via[1]: There is no provider "nobody". | Those that can: fal, fal-two, rep.',
      '9 models.b.via[0]: The provider "fal" cannot make this model. | Those that can: rep.',
      '10 models.c.via: `via` is for models of the catalogue. | Add `use`, or name the providers in `routes`.',
    ]);
  });

  it('is checked like any model, with the lines of what was written', () => {
    const text = `${PROVIDERS}models:
  a:
    use: flux-dev
    parameters:
      n: { default: 9 }
    pricing: { credits: lots }
    timeuot: 3m
  b: { use: [flux-dev] }
catalogue: flux-dev
`;
    assert.deepEqual(
      problems(text).map((told) => told.replace(/ \|.*$/, '')),
      [
        '9 models.a.parameters.n.default: The default of `n` must be between 1 and 4.',
        '10 models.a.pricing.credits: `credits` must be a number, but is text.',
        '11 models.a.timeuot: `timeuot` is not a known key.',
        '12 models.b.type: `type` is missing.',
        '12 models.b.pricing: `pricing` is missing.',
        '12 models.b.routes: `routes` is missing.',
        '12 models.b.use: `use` must be text, but is a list.',
        '13 catalogue: `catalogue` must be a list, but is text.',
      ],
    );
  });

  it('takes no name and no key for more than it is', () => {
    const text = `${PROVIDERS}models:
  __proto__: { use: flux-dev }
  a: { use: flux-dev, parameters: { __proto__: { type: string } } }
catalogue: [__proto__, constructor]
`;
    assert.deepEqual(
      problems(text).map((told) => told.replace(/ \|.*$/, '')),
      [
        '6 models.__proto__: `__proto__` cannot be used as a name.',
        '8 catalogue[0]: The catalogue has no model "__proto__".',
        '8 catalogue[1]: The catalogue has no model "constructor".',
      ],
    );
  });
});
