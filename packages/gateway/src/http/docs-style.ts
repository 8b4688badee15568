/** The look of the docs pages: one column of text, a list of contents beside it, both schemes of colour, no network. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --line: #dfe3e8; --paper: #fff; --tint: #f5f7f9; --accent: #0b6e69;
  --get: #0b6e69; --post: #8a4b08; --client: #8a4b08; --server: #5b3a94; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa5b1; --line: #2d343b; --paper: #14181b; --tint: #1c2226;
  --accent: #5cc8c0; --get: #5cc8c0; --post: #e5a15c; --client: #e5a15c; --server: #b79cf0; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; }
body { margin: 0; font: 16px/1.6 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--paper); }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 3px; }
.frame { display: grid; grid-template-columns: 17rem minmax(0, 48rem); gap: 3.5rem; max-width: 74rem; margin: 0 auto; padding: 0 1.5rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2.5rem 0; font-size: .875rem; line-height: 1.45; }
nav .brand { font-size: 1.125rem; font-weight: 650; letter-spacing: -.01em; color: var(--ink); text-decoration: none; }
nav .pages { display: flex; gap: 1rem; margin: .5rem 0 1.5rem; }
nav .pages [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
nav h2 { margin: 1.25rem 0 .25rem; font-size: .75rem; font-weight: 600; letter-spacing: .04em; color: var(--soft); }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li a { display: block; padding: .125rem 0; color: var(--ink); text-decoration: none; overflow-wrap: anywhere; }
nav li a:hover { color: var(--accent); }
main { padding: 2.5rem 0 6rem; min-width: 0; }
h1 { margin: 0 0 .5rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.02em; }
.lead { margin: 0 0 1.5rem; font-size: 1.125rem; color: var(--soft); }
main h2 { margin: 3.5rem 0 1rem; padding-bottom: .5rem; border-bottom: 1px solid var(--line); font-size: 1.375rem; letter-spacing: -.01em; }
article { padding: 1.25rem 0; border-bottom: 1px solid var(--line); }
article:last-of-type { border-bottom: 0; }
article h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .625rem; margin: 0 0 .375rem; font-size: 1.0625rem; font-weight: 600; }
article h4 { margin: 1.25rem 0 .375rem; font-size: .875rem; color: var(--soft); font-weight: 600; }
article p { margin: .375rem 0; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .875em; }
p code, li code, td code { padding: .1em .3em; border-radius: 4px; background: var(--tint); overflow-wrap: anywhere; }
pre { margin: .75rem 0; padding: .875rem 1rem; overflow-x: auto; border-radius: 8px; background: var(--tint); line-height: 1.5; }
.method { font: 600 .75rem/1 ui-monospace, Menlo, Consolas, monospace; }
.GET { color: var(--get); } .POST { color: var(--post); }
h3 a { color: inherit; text-decoration: none; } h3 a:hover { text-decoration: underline; }
h3 code { font-size: 1rem; overflow-wrap: anywhere; }
.meta { font-size: .875rem; color: var(--soft); }
.client { color: var(--client); } .server { color: var(--server); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; line-height: 1.5; }
th { padding: .25rem 1rem .25rem 0; text-align: left; font-size: .8125rem; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); }
td { padding: .4375rem 1rem .4375rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
td:first-child { white-space: nowrap; }
ul.plain { margin: .25rem 0; padding-left: 1.125rem; }
:target { background: color-mix(in srgb, var(--accent) 8%, transparent); box-shadow: -1rem 0 0 color-mix(in srgb, var(--accent) 8%, transparent); }
@media (max-width: 56rem) { .frame { grid-template-columns: minmax(0, 1fr); gap: 0; } nav { position: static; max-height: none; padding-bottom: 0; }
  nav .contents { display: none; } main { padding-top: 1rem; } td:first-child { white-space: normal; } }
@media (max-width: 40rem) { table, tbody, tr, td { display: block; } thead { display: none; } td { padding: 0; border: 0; }
  td:empty { display: none; } tr { padding: .5rem 0; border-bottom: 1px solid var(--line); } tr:last-child { border-bottom: 0; } }
@media print { nav { display: none; } .frame { display: block; } }
`;
