/** Small pieces of HTML. Everything that is not markup goes through {@link text}. */
import { DOCS_STYLE } from './docs-style.ts';

export function text(value: string | number): string {
  return String(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Text in which `backticks` mark code. */
export function prose(value: string): string {
  return text(value).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const head = heads.map((name) => `<th scope="col">${text(name)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

export function bullets(items: readonly string[]): string {
  return `<ul class="plain">${items.map((item) => `<li>${prose(item)}</li>`).join('')}</ul>`;
}

export interface Contents {
  readonly title: string;
  readonly links: readonly { readonly href: string; readonly label: string }[];
}

export function page(options: {
  readonly title: string;
  readonly path: '/docs' | '/docs/errors';
  readonly lead: string;
  readonly contents: readonly Contents[];
  readonly body: string;
}): string {
  const here = (path: string) => (path === options.path ? ' aria-current="page"' : '');
  const contents = options.contents.map(
    ({ title, links }) =>
      `<h2>${text(title)}</h2><ul>${links.map(({ href, label }) => `<li><a href="${text(href)}">${label}</a></li>`).join('')}</ul>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(options.title)} - Sluice</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<div class="frame">
<nav>
<a class="brand" href="/docs">Sluice</a>
<div class="pages"><a href="/docs"${here('/docs')}>Calls</a><a href="/docs/errors"${here('/docs/errors')}>Errors</a><a href="/openapi.json">OpenAPI</a></div>
<div class="contents">${contents.join('')}</div>
</nav>
<main>
<h1>${text(options.title)}</h1>
<p class="lead">${prose(options.lead)}</p>
${options.body}
</main>
</div>
</body>
</html>
`;
}
