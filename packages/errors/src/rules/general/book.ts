/** The general book of phrases. The order of the lists is the order of trust among words that are equally telling. */
import { PhraseBook } from '../../phrases.ts';
import { SUPPORT_CODES } from '../google.ts';
import { CHINESE } from './chinese.ts';
import { CONTENT } from './content.ts';
import { EAST_ASIAN } from './east-asian.ts';
import { HOMONYMS } from './homonyms.ts';
import { LIMITS } from './limits.ts';
import { MEDIA } from './media.ts';
import { PARAMETERS } from './parameters.ts';
import { SERVICE } from './service.ts';
import { TOPICS } from './topics.ts';

/** The rows about blocked content alone, for the sub-type of a block. */
export const POLICY_BOOK = new PhraseBook(
  [...SUPPORT_CODES, ...CONTENT, ...CHINESE, ...EAST_ASIAN].filter((row) =>
    row.means.startsWith('content_policy_violation'),
  ),
);

const [accountPunished, ...content] = CONTENT;
/** The first row says that the money is gone, which is the cause of whatever else is said. */
const MONEY_GONE = LIMITS.slice(0, 1);
const LIMITS_LEFT = LIMITS.slice(1);

export const GENERAL_BOOK = new PhraseBook([
  ...HOMONYMS,
  ...(accountPunished === undefined ? [] : [accountPunished]),
  ...MONEY_GONE,
  // Resellers pass Google's sentences on.
  ...SUPPORT_CODES,
  ...content,
  ...TOPICS,
  ...MEDIA,
  ...PARAMETERS,
  ...LIMITS_LEFT,
  ...SERVICE,
  ...CHINESE,
  ...EAST_ASIAN,
]);
