import type { ErrorCode } from 'yaml';

interface Explanation {
  readonly message: string;
  readonly remedy: string;
}

const INDENTATION: Explanation = {
  message: 'The indentation or nesting is not right here.',
  remedy:
    'Indent each level by two spaces more than the one around it; one `key: value` a line; quote text that contains `: `.',
};
const UNEXPECTED: Explanation = {
  message: 'Something stands here that YAML does not expect.',
  remedy:
    'Look for a missing quote, comma, colon or bracket just before; quote text that begins with a special character.',
};
const ANCHORS: Explanation = {
  message: 'Anchors and aliases (`&name`, `*name`) are not supported.',
  remedy: 'Write the value out.',
};
const TAGS: Explanation = {
  message: 'Tags (`!name`) are not supported.',
  remedy: 'Remove the tag; quote the value where it is text.',
};

/** YAML's own faults in our words: the parser's messages quote the file, and a file may hold secrets. */
const EXPLANATIONS: Readonly<Record<ErrorCode, Explanation>> = {
  TAB_AS_INDENT: { message: 'A tab is used for indentation.', remedy: 'Indent with spaces.' },
  DUPLICATE_KEY: { message: 'This key is given twice in the same map.', remedy: 'Keep one of the two.' },
  MULTIPLE_DOCS: {
    message: 'The file holds more than one YAML document.',
    remedy: 'Remove the `---` line and what follows it.',
  },
  MISSING_CHAR: {
    message: 'A closing quote, bracket or brace, or a colon, is missing.',
    remedy: 'Close what was opened on this line or shortly before it.',
  },
  BAD_SCALAR_START: {
    message: 'A value begins with a character that YAML reserves (`@` or a backtick).',
    remedy: 'Put the value in quotes.',
  },
  BAD_DQ_ESCAPE: {
    message: 'A backslash sequence in a double-quoted text is not one of YAML.',
    remedy: "Use single quotes ('...'), in which a backslash is only a backslash.",
  },
  KEY_OVER_1024_CHARS: {
    message: 'A key is longer than 1024 characters.',
    remedy: 'A colon may be missing; shorten the key.',
  },
  NON_STRING_KEY: {
    message: 'A key must be plain text.',
    remedy: 'Write `key: value`; lists and maps cannot be keys.',
  },
  RESOURCE_EXHAUSTION: {
    message: 'The file is nested too deeply.',
    remedy: 'Keep to the form in sluice.config.example.yaml.',
  },
  BAD_DIRECTIVE: {
    message: 'A line begins with `%`, which YAML reserves.',
    remedy: 'Remove the line, or quote the text.',
  },
  BAD_INDENT: INDENTATION,
  BLOCK_AS_IMPLICIT_KEY: INDENTATION,
  BLOCK_IN_FLOW: INDENTATION,
  MULTILINE_IMPLICIT_KEY: INDENTATION,
  BAD_COLLECTION_TYPE: INDENTATION,
  UNEXPECTED_TOKEN: UNEXPECTED,
  IMPOSSIBLE: UNEXPECTED,
  BAD_PROP_ORDER: UNEXPECTED,
  BAD_ALIAS: ANCHORS,
  ALIAS_PROPS: ANCHORS,
  MULTIPLE_ANCHORS: ANCHORS,
  MULTIPLE_TAGS: TAGS,
  TAG_RESOLVE_FAILED: TAGS,
};

const UNQUOTED_VARIABLE: Explanation = {
  message: 'A variable stands unquoted between braces or brackets.',
  remedy: 'Put it in double quotes, or write the map over several lines, without braces.',
};

/** `line` is only looked at, never shown. */
export const explainSyntax = (code: ErrorCode, line: string): Explanation =>
  EXPLANATIONS[code] === UNEXPECTED && /[[{,].*[^"']\$\{/.test(line) ? UNQUOTED_VARIABLE : EXPLANATIONS[code];
