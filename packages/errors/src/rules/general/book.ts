/** The general book of phrases. The order of the lists is the order of trust among words that are equally telling. */
import { PhraseBook } from '../../phrases.ts';
import { SUPPORT_CODES } from '../google.ts';
import { CHINESE } from './chinese.ts';
import { CONTENT } from './content.ts';
import { LIMITS } from './limits.ts';
import { MEDIA } from './media.ts';
import { PARAMETERS } from './parameters.ts';
import { SERVICE } from './service.ts';

/** The rows about blocked content alone, for the sub-type of a block. */
export const POLICY_BOOK = new PhraseBook(
  [...SUPPORT_CODES, ...CONTENT, ...CHINESE].filter((row) =>
    row.means.startsWith('content_policy_violation'),
  ),
);

const [accountPunished, ...content] = CONTENT;

export const GENERAL_BOOK = new PhraseBook([
  ...(accountPunished === undefined ? [] : [accountPunished]),
  ...LIMITS.filter((row) => row.means === 'quota_exceeded/account_quota'),
  // Resellers pass Google's sentences on.
  ...SUPPORT_CODES,
  ...content,
  ...MEDIA,
  ...PARAMETERS,
  ...LIMITS.filter((row) => row.means !== 'quota_exceeded/account_quota'),
  ...SERVICE,
  ...CHINESE,
]);
