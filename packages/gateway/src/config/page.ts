/**
 * docs/configuration.md, from the schema: `npm run docs` writes it, and a check fails where it is out of date. Sections without a meaning
 * of their own have no row.
 */
import { isRecord } from '../catalog/faults.ts';
import { OVERRIDES } from './environment.ts';
import { DURATION_FORMAT, FORMATS, LONGEST_TIMER, SIZE_FORMAT, TIMER_FORMAT } from './fields.ts';
import { ConfigSchema } from './schema.ts';
import { DURATION_EXAMPLE, SIZE_EXAMPLE } from './units.ts';

export function renderConfigurationPage(): string {
  return `# Configuration

Without any configuration the gateway works: SQLite and files under \`./data\`, the studio's three models, one account with
10,000 credits and a key that is printed once at the first start. To change something, copy \`sluice.config.example.yaml\` to
\`sluice.config.yaml\` and keep what differs from the defaults; or put it elsewhere and set \`SLUICE_CONFIG\` to its path.

- Relative paths begin at the folder of the configuration; without a file, at the folder the gateway is started in.
- Sizes are ${SIZE_EXAMPLE}. Durations are ${DURATION_EXAMPLE}.
- \`"\${NAME}"\` is replaced by the environment variable NAME, which must be set. Unquoted, a number or \`true\` in it counts as one. \`$\${\` stands for \`\${\` itself.
- A key that is not in the table below is a mistake, and so is a section of a later version: nothing is accepted and ignored.

All problems are listed together, each with its line and a remedy, and the gateway refuses to start:

\`\`\`
sluice.config.yaml:4  server.prot  \`prot\` is not a known key.
                      Did you mean \`port\`? Known here: host, port, public_url, operator_key.
\`\`\`

## Environment variables

These say what differs between machines, and go before the file.

| variable | what it sets |
| --- | --- |
| \`SLUICE_CONFIG\` | the path of the configuration |
${OVERRIDES.map(({ variable, meaning }) => `| \`${variable}\` | ${meaning} |`).join('\n')}

## Reference

\`<name>\` stands for a name of your choice, \`[]\` for each entry of a list.

| key | value | default | meaning |
| --- | --- | --- | --- |
${rowsOf(ConfigSchema, '', true)
  .map((row) => `| \`${row.key}\` | ${row.value} | ${row.fallback} | ${row.meaning} |`)
  .join('\n')}

## Models

Without \`models\` and \`catalogue\` there are the studio's three. With one of them, only those listed exist. Well-known models come
ready-made: \`catalogue: [flux-schnell]\` is all it takes ([which there are](catalogue.md), [how providers are set up](providers.md)).
One of your own is described like this:

\`\`\`yaml
providers:
  studio: { adapter: studio }
models:
  postcard:
    type: image
    description: Small square pictures.
    parameters:
      prompt: { type: string, minLength: 1, maxLength: 500 }
      size: { enum: ["1:1"], default: "1:1" }
      n: { type: integer, minimum: 1, maximum: 2, default: 1 }
    required: [prompt]
    pricing: { rule: per_image, credits: 1.5 }
    timeout: 1m
    routes:
      - { provider: studio, upstream_model: studio-image-1 }
\`\`\`

What a client may send is checked against these parameters before anything is stored or paid; \`GET /v1/models\` shows them as
JSON Schema. Every model also takes \`prompt\`, \`seed\`, \`metadata\` and \`auto_fix\`; a \`null\` counts as left out. A price is quoted and
reserved at submission: what is billed (\`duration\`, \`n\`) must therefore have a default or be required.
`;
}

interface Row {
  readonly key: string;
  readonly value: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** A row for each value, and for each section that says something about itself. */
function rowsOf(schema: unknown, key: string, required: boolean): Row[] {
  if (!isRecord(schema)) return [];
  if (isRecord(schema.discriminator) && Array.isArray(schema.oneOf))
    return branchRows(schema.oneOf, key, String(schema.discriminator.propertyName));
  const own = rowOf(schema, key, required);
  const [inner] = Object.values(isRecord(schema.patternProperties) ? schema.patternProperties : {});
  if (isRecord(schema.properties)) {
    const names = Array.isArray(schema.required) ? schema.required : [];
    const rows = Object.entries(schema.properties).flatMap(([name, property]) =>
      rowsOf(property, key === '' ? name : `${key}.${name}`, names.includes(name)),
    );
    return own.meaning === '' ? rows : [own, ...rows];
  }
  if (isRecord(inner) && (isRecord(inner.properties) || isRecord(inner.discriminator)))
    return [own, ...rowsOf(inner, `${key}.<name>`, false)];
  if (schema.type === 'array' && holdsMaps(schema)) return [own, ...rowsOf(schema.items, `${key}[]`, false)];
  return [own];
}

const holdsMaps = ({ items }: Readonly<Record<string, unknown>>) =>
  isRecord(items) && (isRecord(items.properties) || isRecord(items.discriminator));

/** The keys of all branches (adapters, services), each once, with the branches that take it. `tag` is the key that tells them apart. */
function branchRows(branches: readonly unknown[], key: string, tag: string): Row[] {
  const rows = new Map<string, { readonly row: Row; readonly names: string[] }>();
  for (const branch of branches) {
    const { properties, required }: Readonly<Record<string, unknown>> = isRecord(branch) ? branch : {};
    if (!isRecord(properties) || !isRecord(properties[tag])) continue;
    const branchName = code(properties[tag].const);
    for (const [name, property] of Object.entries(properties)) {
      if (!isRecord(property)) continue;
      const row = rowOf(property, `${key}.${name}`, Array.isArray(required) && required.includes(name));
      const same = JSON.stringify(name === tag ? [name, branchName] : row);
      const held = rows.get(same);
      if (held) held.names.push(branchName);
      else rows.set(same, { row, names: [branchName] });
    }
  }
  const order = [`${key}.${tag}`, `${key}.max_parallel`];
  const place = ({ key: own }: Row) => (order.includes(own) ? order.indexOf(own) : order.length);
  return [...rows.values()]
    .map(({ row, names }) => {
      if (row.key === `${key}.${tag}`) return { ...row, value: names.join(', ') };
      if (names.length === branches.length) return row;
      return { ...row, meaning: `${names.join(', ')}: ${row.meaning}` };
    })
    .sort((a, b) => place(a) - place(b));
}

function rowOf(schema: Readonly<Record<string, unknown>>, key: string, required: boolean): Row {
  const { default: fallback, description } = schema;
  const shown =
    fallback === '' || (isRecord(fallback) && Object.keys(fallback).length === 0) ? '' : code(fallback);
  return {
    key,
    value: cell(formOf(schema)),
    fallback: fallback === undefined ? (required ? 'required' : '') : shown,
    meaning: cell(typeof description === 'string' ? description : ''),
  };
}

function formOf(schema: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(schema.enum)) return schema.enum.map(code).join(', ');
  if (schema.format === SIZE_FORMAT) return 'size';
  if (schema.format === DURATION_FORMAT) return 'duration';
  if (schema.format === TIMER_FORMAT) return `duration, at most ${LONGEST_TIMER}`;
  if (typeof schema.format === 'string') return FORMATS[schema.format] ?? schema.format;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'whole number' : 'number'}${rangeOf(schema)}`;
    case 'boolean':
      return '`true`, `false`';
    case 'array':
      return `list of ${holdsMaps(schema) ? 'maps' : isRecord(schema.items) ? formOf(schema.items) : 'values'}`;
    case 'object':
      return 'map';
    default:
      return 'text';
  }
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Readonly<Record<string, unknown>>): string {
  const low =
    minimum === undefined
      ? exclusiveMinimum === undefined
        ? ''
        : `above ${String(exclusiveMinimum)}`
      : `from ${String(minimum)}`;
  const high = maximum === undefined ? '' : `to ${Number(maximum).toLocaleString('en')}`;
  const range = [low, high].filter((part) => part !== '').join(' ');
  return range === '' ? '' : `, ${range}`;
}

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const cell = (text: string) => text.replaceAll('|', '\\|');
