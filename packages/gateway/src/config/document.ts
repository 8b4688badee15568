/** From YAML text to plain data that still knows where each value stands, with `${ENV_NAME}` filled in. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar } from 'yaml';
import { pathOfPointer, pointerTo } from '../catalog/pointer.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { ConfigProblem } from './problem.ts';
import { explainSyntax } from './syntax.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigDocument {
  /** Null where the text is not YAML, or not a map: then there are problems, and nothing else worth checking. */
  readonly value: JsonObject | null;
  readonly problems: readonly ConfigProblem[];
  /** The line of a value, or of the nearest thing around it that the file has. */
  lineOf(pointer: string): number | null;
  /** True where a problem was already reported, so that a value put in its place is not complained about again. */
  isBroken(pointer: string): boolean;
  /** A scalar as it is written in the file: `${FAL_KEY}`, not what the variable holds. Null where it is no scalar. */
  writtenAt(pointer: string): string | null;
}

/** Deeper nesting than this is a mistake, and would cost the stack. */
const MAX_DEPTH = 40;

export function readDocument(text: string, env: Environment): ConfigDocument {
  const counter = new LineCounter();
  const problems: ConfigProblem[] = [];
  const lines = new Map<string, number>();
  const written = new Map<string, string>();
  const broken = new Set<string>();
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const report = (line: number | null, pointer: string, message: string, remedy: string): null => {
    problems.push({ line, path: pathOfPointer(pointer), message, remedy });
    broken.add(pointer);
    return null;
  };

  const lineOf = (pointer: string): number | null => {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const line = lines.get(at);
      if (line !== undefined || at === '') return line ?? null;
    }
  };
  const result = (value: JsonObject | null): ConfigDocument => ({
    value,
    problems,
    lineOf,
    isBroken: (pointer) => broken.has(pointer),
    writtenAt: (pointer) => written.get(pointer) ?? null,
  });

  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, {
      lineCounter: counter,
      prettyErrors: false,
      uniqueKeys: true,
      logLevel: 'error',
    });
  } catch {
    report(
      null,
      '',
      'The file cannot be read as YAML.',
      'It may be nested too deeply; keep to the form in sluice.config.example.yaml.',
    );
    return result(null);
  }
  const sourceLines = text.split('\n');
  const faultyLines = new Set<string>();
  for (const fault of [...document.errors, ...document.warnings]) {
    const line = lineAt(fault.pos[0]);
    const { message, remedy } = explainSyntax(fault.code, sourceLines[line - 1] ?? '');
    // One slip makes the parser stumble several times on its line.
    if (!faultyLines.has(`${line} ${message}`)) report(line, '', message, remedy);
    faultyLines.add(`${line} ${message}`);
  }
  // A key given twice leaves the rest of the file readable; after any other syntax error the tree is guesswork.
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return result(null);

  const read = (node: unknown, pointer: string, depth: number): JsonValue => {
    if (depth > MAX_DEPTH) {
      return report(
        lineOf(pointer),
        pointer,
        'This is nested too deeply.',
        `Keep to at most ${MAX_DEPTH} levels.`,
      );
    }
    if (isAlias(node)) {
      const { message, remedy } = explainSyntax('BAD_ALIAS', '');
      return report(lineOf(pointer), pointer, message, remedy);
    }
    if (isMap(node)) return readMap(node.items, pointer, depth);
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const at = pointerTo(pointer, index);
        note(at, item);
        return read(item, at, depth + 1);
      });
    }
    return isScalar(node) ? readScalar(node, pointer) : null;
  };

  const note = (pointer: string, node: unknown) => {
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
    if (Array.isArray(range) && typeof range[0] === 'number') lines.set(pointer, lineAt(range[0]));
  };

  const readMap = (items: readonly { key: unknown; value: unknown }[], pointer: string, depth: number) => {
    const entries: [string, JsonValue][] = [];
    for (const { key, value } of items) {
      if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
        const { message, remedy } = explainSyntax('NON_STRING_KEY', '');
        report(lineOf(pointer), pointer, message, remedy);
        continue;
      }
      const at = pointerTo(pointer, String(key.value));
      note(at, key);
      const held = read(value, at, depth + 1);
      // `log:` with nothing after it is how people leave a section out.
      if (held !== null || broken.has(at) || isMeantNull(at, value)) entries.push([String(key.value), held]);
    }
    return Object.fromEntries(entries);
  };

  const readScalar = (node: Scalar, pointer: string): JsonValue => {
    const { value } = node;
    if (typeof value === 'string') {
      if (!value.includes('${')) {
        written.set(pointer, JSON.stringify(value));
        return value;
      }
      written.set(pointer, value);
      const filled = fillIn(value, env, (message, remedy) =>
        report(lineOf(pointer), pointer, message, remedy),
      );
      return filled !== null && node.type === Scalar.PLAIN ? asYamlReadsIt(filled) : filled;
    }
    written.set(pointer, String(node.source ?? value));
    if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
    return String(value);
  };

  note('', document.contents);
  const value = read(document.contents, '', 0) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    report(
      1,
      '',
      'The file must be a map of sections.',
      'Begin with a line such as `server: { port: 8787 }`.',
    );
    return result(null);
  }
  return result(value);
}

/** In a route's mapping a written `null` says something: leave this out. */
const isMeantNull = (pointer: string, node: unknown): boolean =>
  /\/mapping\/(rename|values)\//.test(pointer) && isScalar(node) && /^(null|~)$/i.test(node.source ?? '');

/** Replaces `${NAME}`; `$${` stays as `${`. Null, after a report, where a variable is missing. */
function fillIn(
  text: string,
  env: Environment,
  report: (message: string, remedy: string) => void,
): string | null {
  let complete = true;
  const filled = text.replace(/\$\$\{|\$\{([^}]*)\}?/g, (whole, name: string | undefined) => {
    if (whole === '$${') return '${';
    if (name === undefined || !whole.endsWith('}') || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      report(
        'A `$` with a brace must hold the name of an environment variable, and the brace must be closed.',
        'Put a name such as FAL_KEY between the braces, or write `$` twice where you mean the characters themselves.',
      );
    } else if (env[name]) return env[name];
    else
      report(
        `The environment variable ${name} is not set or is empty.`,
        `Set ${name} before starting the gateway.`,
      );
    complete = false;
    return '';
  });
  return complete ? filled : null;
}

/** Unquoted, a filled-in number or boolean is one, as if it had been written there; quoted, it stays text. */
function asYamlReadsIt(text: string): JsonValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) ? Number(text) : text;
}
