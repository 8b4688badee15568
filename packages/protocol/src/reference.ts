/** `docs/api.md`, made from the route table. */
import { OPERATOR_ROUTES, type OperatorRow } from './operator.ts';
import { ROUTES, type RouteRow } from './routes.ts';

const AUTH: Record<RouteRow['auth'], string> = {
  key: 'API key',
  signature: 'the signature in the link',
  none: 'nothing',
};

export function renderApiPage(): string {
  const rows: readonly RouteRow[] = ROUTES;
  const groups = Map.groupBy(rows, (row) => row.group);
  const sections = [...groups].map(
    ([group, members]) => `## ${group}\n\n${members.map(section).join('\n\n')}`,
  );
  return `${HEAD}\n${overview(rows)}\n\n${sections.join('\n\n')}\n\n${operatorSection()}\n`;
}

const HEAD = `# The API

The base address is \`http://127.0.0.1:8787\` unless configured otherwise. Calls that need a key take it as
\`Authorization: Bearer <api key>\`. Every answer carries \`X-Request-Id\`; a request may bring its own, if it begins with
\`req_\` and has 8 to 64 more characters of \`A-Z a-z 0-9 _ -\`. Every refusal is \`{"error": {...}}\`; what the codes mean is in
[errors.md](errors.md). Only the files calls have an envelope of their own ([files.md](files.md)). A running gateway serves the same as \`/openapi.json\` and, to read, as \`/docs\`.
`;

function operatorSection(): string {
  const rows: readonly OperatorRow[] = OPERATOR_ROUTES;
  return [OPERATOR_HEAD, overview(rows), ...rows.map((row) => described(row, 'the operator key'))].join(
    '\n\n',
  );
}

const OPERATOR_HEAD = `## For the operator

These calls take the operator key as \`Authorization: Bearer <operator key>\`; no API key opens them. Without the right key each of them
answers as an address does at which there is nothing: 404 \`resource_not_found\`. They are not in \`/openapi.json\`. How to use them:
[operations.md](operations.md).`;

function overview(rows: readonly OperatorRow[]): string {
  const lines = rows.map((row) => `| \`${row.method} ${row.path}\` | ${row.summary} |`);
  return ['| call | gives |', '| --- | --- |', ...lines].join('\n');
}

function section(row: RouteRow): string {
  return described(row, AUTH[row.auth]);
}

function described(row: OperatorRow, needs: string): string {
  return [
    `### \`${row.method} ${row.path}\``,
    row.summary,
    `Needs ${needs}. Answers \`${row.answer.type}\`: ${row.answer.description}`,
    fields('Query', row.query),
    fields('Headers', row.headers),
    fields('Body', row.body),
    refusals(row),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function refusals({ errors, failure }: OperatorRow): string {
  if (!failure) return `Refusals: ${errors.map((code) => `[\`${code}\`](errors.md#${code})`).join(', ')}.`;
  const lines = Object.entries(failure.statuses).map(([status, meaning]) => `| ${status} | ${meaning} |`);
  return [
    'Refusals have the shape `{"success": false, "code", "msg", "request_id"}` ([files.md](files.md)):',
    ['| status | `code` |', '| --- | --- |', ...lines].join('\n'),
  ].join('\n\n');
}

function fields(title: string, schema: RouteRow['query']): string {
  const lines = fieldsOf(schema).map(
    (field) =>
      `| \`${field.name}\`${field.required ? ' (required)' : ''} | ${field.type} | ${field.description} |`,
  );
  return lines.length === 0
    ? ''
    : [`| ${title} | type | meaning |`, '| --- | --- | --- |', ...lines].join('\n');
}

export interface FieldLine {
  readonly name: string;
  readonly required: boolean;
  /** "integer, 1 to 100", "one of `a`, `b`". */
  readonly type: string;
  readonly description: string;
}

/** The fields of an object schema, as a table shows them. */
export function fieldsOf(schema: object | undefined): readonly FieldLine[] {
  if (!schema || !('properties' in schema) || !isObject(schema.properties)) return [];
  const required = 'required' in schema && Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    type: typeOf(property),
    description: isObject(property) && typeof property.description === 'string' ? property.description : '',
  }));
}

function typeOf(schema: unknown): string {
  if (!isObject(schema)) return 'anything';
  if (typeof schema.$ref === 'string') return schema.$ref.replace('#', '');
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.map((value) => `\`${value}\``).join(', ')}`;
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  const name = Array.isArray(schema.type) ? schema.type.join(' or ') : String(schema.type ?? 'anything');
  return name + range(schema);
}

function range(schema: Readonly<Record<string, unknown>>): string {
  const { minimum, maximum, default: fallback } = schema;
  const bounds =
    minimum !== undefined && maximum !== undefined
      ? `, ${minimum} to ${maximum}`
      : minimum !== undefined
        ? `, at least ${minimum}`
        : '';
  return bounds + (fallback === undefined ? '' : `, default ${fallback}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
