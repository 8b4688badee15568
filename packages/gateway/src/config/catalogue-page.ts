/** docs/catalogue.md, from the shipped models themselves: `npm run docs` writes it. */
import { isRecord } from '../catalog/faults.ts';
import { textLimitsOf } from '../catalog/text-limits.ts';
import { openShipped, type ShippedModel } from './shipped.ts';

export function renderCataloguePage(): string {
  const shipped = openShipped();
  const models = shipped.names.map((name) => ({ name, ...(shipped.find(name) ?? EMPTY) }));
  const homes = [...new Set(models.map(({ home }) => home))];
  return `# The catalogue

${models.length} models that come with the gateway, with their parameters, the limits of their inputs, suggested prices and time-outs. None is
offered until the configuration names it:

\`\`\`yaml
providers:
  fal: { adapter: fal, api_key: "\${FAL_KEY}" }
catalogue: [flux-schnell, stable-audio-2.5]
\`\`\`

[providers.md](providers.md) tells how to give one another name, another price or narrower limits, and how its routes are made. A model
is made by every configured provider that has it; where one fails as another would not, the next is tried.

- **Prices are suggestions.** One credit is one US cent of the provider's list price, at the dearest setting that the entry allows.
- **Every fact has a source**, named with each model below. «unconfirmed» marks what could not be looked up again when the entry was written.
  Providers change their models without notice: an entry that has become wrong shows as \`invalid_parameters\` or \`service_unavailable\`,
  and \`models\` can correct it at once.
- A test sends each listed value and the ends of each range through the real adapter of each route. What fal and Replicate make of their
  own fields only they can tell.

| model | makes | of | price | at most |
| --- | --- | --- | --- | --- |
${models.map(rowOf).join('\n')}
${homes
  .map(
    (home) =>
      `\n## ${home}\n\n${models
        .filter((model) => model.home === home)
        .map(entryOf)
        .join('\n')}`,
  )
  .join('')}`;
}

type Named = ShippedModel & { readonly name: string };
const EMPTY: ShippedModel = { home: '', entry: {} };
const UNITS: Readonly<Record<string, string>> = {
  per_call: 'call',
  per_second: 'second',
  per_image: 'picture',
};

function rowOf({ name, home, entry }: Named): string {
  const pricing = record(entry.pricing);
  const adapters = [...new Set(routesOf(entry).map((route) => String(route.adapter)))];
  const price = `${String(pricing.credits)} a ${UNITS[String(pricing.rule)]}`;
  return `| [\`${name}\`](#${home}) | ${String(entry.type)} | ${adapters.join(', ')} | ${price} | ${String(entry.timeout)} |`;
}

function entryOf({ name, entry }: Named): string {
  const lines = [`### \`${name}\`\n`, `${String(entry.description)}\n`];
  const required = Array.isArray(entry.required) ? entry.required : [];
  for (const [param, schema] of Object.entries(record(entry.parameters))) {
    lines.push(`- \`${param}\`${required.includes(param) ? ' (required)' : ''}: ${termsOf(record(schema))}`);
  }
  for (const [param, limits] of Object.entries(record(entry.inputs))) {
    lines.push(`- \`${param}\`${required.includes(param) ? ' (required)' : ''}: ${limitsOf(record(limits))}`);
  }
  const routes = routesOf(entry).map(
    (route) => `${String(route.adapter)} \`${String(route.upstream_model)}\``,
  );
  lines.push(`- routes: ${routes.join(', ')}`);
  const sources = Object.entries(record(entry.source));
  if (sources.length > 0)
    lines.push(`- sources: ${sources.map(([fact, where]) => `${fact} ${String(where)}`).join('; ')}`);
  return `${lines.join('\n')}\n`;
}

/** A parameter's schema in words. */
function termsOf(schema: Readonly<Record<string, unknown>>): string {
  const { enum: values, minimum, maximum, type, default: fallback, pattern, description } = schema;
  const lengths = textLimitsOf(schema).map(({ max, unit }) => `${max.toLocaleString('en')} ${unit}`);
  const terms: string[] = [];
  if (Array.isArray(values)) terms.push(values.map((value) => `\`${String(value)}\``).join(' '));
  else if (minimum !== undefined && maximum !== undefined)
    terms.push(`${String(minimum)} to ${String(maximum)}`);
  else if (lengths.length > 0) terms.push(`text of at most ${lengths.join(' and ')}`);
  else if (type === 'boolean') terms.push('`true` or `false`');
  else if (pattern === undefined) terms.push(String(type ?? 'any value'));
  if (fallback !== undefined) terms.push(`default \`${String(fallback)}\``);
  const told = typeof description === 'string' ? description : '';
  return [terms.join(', '), told].filter((part) => part !== '').join('. ');
}

function limitsOf({ max, formats, ...others }: Readonly<Record<string, unknown>>): string {
  const rest = Object.entries(others).map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`);
  const number = max === undefined ? [] : [`at most ${String(max)}`];
  return [...number, (Array.isArray(formats) ? formats : []).join(' '), ...rest].join(', ');
}

const record = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
const routesOf = (entry: ShippedModel['entry']) =>
  (Array.isArray(entry.routes) ? entry.routes : []).filter(isRecord);
