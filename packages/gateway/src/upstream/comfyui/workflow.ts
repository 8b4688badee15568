/**
 * Workflow templates: a graph in ComfyUI's API format (Workflow > Export (API)) with placeholders where a task's values go.
 *
 * `"{{seed}}"` alone becomes the value itself, a number for a number; within a longer text it becomes its text.
 * `{{steps=20}}` has a default (JSON, else text), `{{negative_prompt=}}` an empty one; `{{image_urls[1]}}` is the second of a list.
 * Values go into the parsed graph in one pass, so nothing that a client writes can be read as a placeholder or as JSON.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../json.ts';
import { isGraph } from './wire.ts';

export interface Placeholder {
  /** As written: `prompt`, `image_urls[1]`. */
  readonly path: string;
  /** `prompt`, `image_urls`. */
  readonly root: string;
  readonly index: number | null;
  /** What stands for it where the task has no such value; undefined where it must have one. */
  readonly fallback: JsonValue | undefined;
}

export interface Workflow {
  readonly name: string;
  readonly graph: JsonObject;
  readonly placeholders: readonly Placeholder[];
}

export type FilledWorkflow =
  | { readonly kind: 'filled'; readonly graph: JsonObject }
  /** The first placeholder that has neither a value nor a default. */
  | { readonly kind: 'missing'; readonly path: string };

const PLACEHOLDER = /\{\{\s*([a-z_]\w*)(?:\[(\d{1,2})\])?\s*(?:=([^{}]*))?\}\}/gi;
/** Anything that looks like one, to find the ones that are not written right. */
const LOOKS_LIKE_ONE = /\{\{[^{}]*\}\}/g;

/**
 * Every `<name>.json` of the folder. Raises one Error that lists all templates that cannot be used, each with what is wrong: a
 * gateway with a broken template does not start.
 */
export function readWorkflows(folder: string): ReadonlyMap<string, Workflow> {
  const workflows = new Map<string, Workflow>();
  const problems: string[] = [];
  for (const file of templateFiles(folder)) {
    const name = file.slice(0, -'.json'.length);
    const parsed = parseWorkflow(name, readFileSync(join(folder, file), 'utf8'));
    if (typeof parsed === 'string') problems.push(`${file}: ${parsed}`);
    else workflows.set(name, parsed);
  }
  if (workflows.size === 0 && problems.length === 0) problems.push('it holds no <name>.json');
  if (problems.length > 0)
    throw new Error(`The workflow folder ${folder} cannot be used:\n${problems.join('\n')}`);
  return workflows;
}

function templateFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort();
  } catch (cause) {
    throw new Error(`The workflow folder ${folder} cannot be read. Create it, or correct \`workflows\`.`, {
      cause,
    });
  }
}

/** The workflow, or what is wrong with the text. */
export function parseWorkflow(name: string, text: string): Workflow | string {
  const graph = parseJson(text);
  if (graph === undefined) return 'it is not JSON.';
  if (!isGraph(graph)) {
    const editor = typeof graph === 'object' && graph !== null && 'nodes' in graph && 'links' in graph;
    return editor
      ? 'it is in the editor’s format; export it again with Workflow > Export (API).'
      : 'it is no graph of nodes with `class_type` and `inputs`; export it with Workflow > Export (API).';
  }
  const placeholders = new Map<string, Placeholder>();
  const broken: string[] = [];
  eachText(graph, (held) => {
    for (const [whole] of held.matchAll(LOOKS_LIKE_ONE))
      if (whole.replace(PLACEHOLDER, '') !== '') broken.push(whole);
    for (const found of held.matchAll(PLACEHOLDER)) {
      const one = placeholderOf(found);
      const known = placeholders.get(one.path);
      if (known?.fallback === undefined) placeholders.set(one.path, one);
    }
  });
  if (broken.length > 0)
    return `${broken.join(', ')} is no placeholder; write {{name}}, {{name=default}} or {{name[0]}}.`;
  return { name, graph, placeholders: [...placeholders.values()] };
}

export function fillWorkflow(workflow: Workflow, values: JsonObject): FilledWorkflow {
  const resolved = new Map<string, JsonValue>();
  for (const { path, root, index, fallback } of workflow.placeholders) {
    const value = valueAt(values, root, index) ?? fallback;
    if (value === undefined) return { kind: 'missing', path };
    resolved.set(path, value);
  }
  return { kind: 'filled', graph: filledObject(workflow.graph, resolved) };
}

function filledObject(held: JsonObject, resolved: ReadonlyMap<string, JsonValue>): JsonObject {
  return Object.fromEntries(Object.entries(held).map(([key, value]) => [key, filled(value, resolved)]));
}

function filled(held: JsonValue, resolved: ReadonlyMap<string, JsonValue>): JsonValue {
  if (Array.isArray(held)) return held.map((item) => filled(item, resolved));
  if (typeof held === 'object' && held !== null) return filledObject(held, resolved);
  if (typeof held !== 'string') return held;
  const [first] = held.matchAll(PLACEHOLDER);
  if (first && first[0] === held) return resolved.get(placeholderOf(first).path) ?? held;
  return held.replace(PLACEHOLDER, (...found) => {
    const value = resolved.get(pathOf(String(found[1]), found[2]));
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  });
}

/** Null and a place beyond a list count as no value. */
function valueAt(values: JsonObject, root: string, index: number | null): JsonValue | undefined {
  const value = Object.hasOwn(values, root) ? values[root] : undefined;
  const found = index === null ? value : Array.isArray(value) ? value[index] : undefined;
  return found ?? undefined;
}

function placeholderOf([, root = '', index, fallback]: RegExpExecArray): Placeholder {
  return {
    path: pathOf(root, index),
    root,
    index: index === undefined ? null : Number(index),
    fallback: fallback === undefined ? undefined : (parseJson(fallback) ?? fallback),
  };
}

const pathOf = (root: string, index: string | undefined) =>
  index === undefined ? root : `${root}[${Number(index)}]`;

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function eachText(held: JsonValue, visit: (text: string) => void): void {
  if (typeof held === 'string') visit(held);
  else if (typeof held === 'object' && held !== null)
    for (const value of Object.values(held)) eachText(value, visit);
}
