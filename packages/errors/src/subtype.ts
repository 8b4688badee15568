/** Sub-types that come from the particulars of an answer rather than from its code. */
import type { Finding } from './finding.ts';
import { POLICY_BOOK } from './rules/general/book.ts';
import type { Signals } from './signals.ts';

/**
 * A sub-type where the finding has none: for a block the words beside it ("Possible reasons: sexual"), for a parameter its name
 * (whatever is wrong with `aspect_ratio` is about dimensions).
 */
export function refineSubtype(finding: Finding, signals: Signals): Finding {
  if (finding.subtype !== null && finding.subtype !== 'general') return finding;
  switch (finding.code) {
    case 'content_policy_violation':
      return { ...finding, subtype: subtypeOfBlock(signals) };
    case 'invalid_parameters':
      return finding.settled === true ? finding : { ...finding, subtype: subtypeOfParams(signals) };
    default:
      return finding;
  }
}

/** A safety flag beside a success, or a category that was filtered. */
export function flagFinding(signals: Signals): Finding {
  return {
    code: 'content_policy_violation',
    subtype: subtypeOfFlags(signals.flags) ?? 'general',
    rule: 'flag/blocked',
    confidence: 0.85,
    alternatives: [],
    final: true,
  };
}

function subtypeOfBlock(signals: Signals): string {
  const flagged = subtypeOfFlags(signals.flags);
  if (flagged !== null) return flagged;
  const byCode = POLICY_BOOK.best(signals.codeWords);
  const byText = POLICY_BOOK.best(signals.sentenceWords);
  const best = byCode === null || (byText !== null && byText.order < byCode.order) ? byText : byCode;
  return best?.subtype ?? 'general';
}

const FLAG_WORDS: readonly (readonly [RegExp, string])[] = [
  [/sexual|nsfw|nud|adult|porn/i, 'adult'],
  [/violen|gore|self_?harm/i, 'violence'],
  [/minor|child/i, 'minor_protection'],
  [/celebrit|public_?figure/i, 'celebrity_likeness'],
  [/copyright|protected_?material|trademark/i, 'third_party_content'],
];

function subtypeOfFlags(flags: readonly string[]): string | null {
  for (const [words, subtype] of FLAG_WORDS) if (flags.some((flag) => words.test(flag))) return subtype;
  return null;
}

const PARAM_NAMES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[._[])(?:aspect_?ratio|ratio|size|image_?size|width|height|resolution)\]?$/i, 'image_dimension'],
  [/(?:^|[._[])(?:duration|duration_?seconds|seconds|n_seconds)\]?$/i, 'video_duration'],
  [/(?:^|[._[])(?:output_?format)\]?$/i, 'unsupported_format'],
];

function subtypeOfParams(signals: Signals): string {
  for (const param of signals.params) {
    for (const [names, subtype] of PARAM_NAMES) if (names.test(param)) return subtype;
  }
  return 'general';
}
