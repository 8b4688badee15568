/** The API to read: `/docs` from the route table, `/docs/errors` from the dictionary of error codes, and `/openapi.json`. */
import { type DictionaryEntry, dictionary } from '@sluice/errors';
import { fieldsOf, openApi, ROUTES, type RouteRow } from '@sluice/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps, Rehearsal } from './deps.ts';
import { bullets, page, prose, table, text } from './docs-html.ts';

/** Of the API as OpenAPI shows it. */
const API_VERSION = '0.1.0';

export function docsHandlers({ publicUrl, rehearsals }: Pick<HttpDeps, 'publicUrl' | 'rehearsals'>) {
  const html = (reply: FastifyReply, body: string) =>
    reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      })
      .send(body);

  return {
    openapi: async () => openApi({ serverUrl: publicUrl(), version: API_VERSION }),
    docs: async (_request: FastifyRequest, reply: FastifyReply) => html(reply, callsPage(publicUrl())),
    docsErrors: async (_request: FastifyRequest, reply: FastifyReply) => html(reply, errorsPage(rehearsals)),
  };
}

function callsPage(url: string): string {
  const rows: readonly RouteRow[] = ROUTES;
  const groups = [...Map.groupBy(rows, (row) => row.group)];
  return page({
    title: 'Calls',
    path: '/docs',
    lead: 'One API in front of many generators of images, video and audio.',
    contents: groups.map(([title, members]) => ({
      title,
      links: members.map((row) => ({ href: `#${row.id}`, label: `${method(row)} ${text(row.path)}` })),
    })),
    body: [
      `<p>Send your key with every call that needs one. JSON in, JSON out; every answer carries <code>X-Request-Id</code>, which
support will ask for. What a model takes is in <a href="#getModel">its own schema</a>.</p>
<pre>curl ${text(url)}/v1/images/generations \\
  -H 'Authorization: Bearer &lt;api key&gt;' \\
  -H 'Content-Type: application/json' -H 'Prefer: wait=30' \\
  -d '{"model": "studio-image-1", "prompt": "a heron in the morning fog"}'</pre>`,
      ...groups.map(([title, members]) => `<h2>${text(title)}</h2>${members.map(callArticle).join('')}`),
    ].join('\n'),
  });
}

const NEEDS: Record<RouteRow['auth'], string> = {
  key: 'Needs an API key.',
  signature: 'Needs no key: the link is signed.',
  none: 'Needs no key.',
};

function callArticle(row: RouteRow): string {
  return `<article id="${row.id}">
<h3>${method(row)} <a href="#${row.id}"><code>${text(row.path)}</code></a></h3>
<p>${prose(row.summary)}</p>
<p class="meta">${NEEDS[row.auth]}</p>
${fieldTable('Query', row.query)}${fieldTable('Headers', row.headers)}${fieldTable('Body', row.body)}
<h4>Answer</h4><p><code>${text(row.answer.type)}</code> ${prose(row.answer.description)}</p>
${fieldTable('Fields of the answer', row.answer.schema)}
<p class="meta">Refusals: ${refusals(row)}</p>
</article>`;
}

function refusals({ errors, failure }: RouteRow): string {
  if (failure) return Object.values(failure.statuses).map(prose).join(' ');
  return errors.map((code) => `<a href="/docs/errors#${code}"><code>${code}</code></a>`).join(', ');
}

function method(row: RouteRow): string {
  return `<span class="method ${row.method}">${row.method}</span>`;
}

function fieldTable(title: string, schema: RouteRow['body']): string {
  const rows = fieldsOf(schema).map(({ name, required, type, description }) => [
    `<code>${text(name)}</code>`,
    prose(required ? `${type}, required` : type),
    prose(description),
  ]);
  return rows.length === 0 ? '' : `<h4>${title}</h4>${table(['Name', 'Type', 'Meaning'], rows)}`;
}

function errorsPage(rehearsals: readonly Rehearsal[]): string {
  const entries = dictionary();
  const scopes = [
    { title: 'How a task can fail', scope: 'task' },
    { title: 'How a request can be refused', scope: 'request' },
  ] as const;
  const members = (scope: DictionaryEntry['scope']) => entries.filter((entry) => entry.scope === scope);
  return page({
    title: 'Errors',
    path: '/docs/errors',
    lead: 'Every failure is one of these codes: what happened, whether the same request can succeed later, and what to change.',
    contents: scopes.map(({ title, scope }) => ({
      title,
      links: members(scope).map(({ code }) => ({ href: `#${code}`, label: text(code) })),
    })),
    body: scopes
      .map(
        ({ title, scope }) =>
          `<h2>${title}</h2>${members(scope)
            .map((entry) => errorArticle(entry, rehearsals))
            .join('')}`,
      )
      .join(''),
  });
}

function errorArticle(entry: DictionaryEntry, rehearsals: readonly Rehearsal[]): string {
  const { retry } = entry;
  const again = retry.retryable
    ? `The same request may succeed later${retry.after_seconds === null ? '' : ` (after ${retry.after_seconds} s)`}.`
    : 'The same request will fail again.';
  const words = rehearsals.filter(({ ends_in }) => ends_in !== 'completed' && ends_in.code === entry.code);
  return `<article id="${entry.code}">
<h3><a href="#${entry.code}"><code>${entry.code}</code></a></h3>
<p>${prose(entry.description)}</p>
<p class="meta">HTTP ${entry.http_status} &middot; <span class="${entry.category}">${entry.category} error</span> &middot; ${again} Action: <code>${retry.action}</code></p>
<h4>Causes</h4>${bullets(entry.causes)}
<h4>What to do</h4>${bullets(entry.solutions)}
${section(
  'Sub-types',
  ['Name', 'Meaning', 'Example'],
  entry.subtypes.map((one) => [
    `<code>${text(one.subtype)}</code>`,
    prose(one.description),
    prose(one.example),
  ]),
)}
${section(
  'Rehearse it',
  ['In a prompt', 'What the studio does'],
  words.map((one) => [`<code>${text(one.words)}</code>`, prose(one.description)]),
)}
</article>`;
}

function section(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `<h4>${title}</h4>${table(heads, rows)}`;
}
