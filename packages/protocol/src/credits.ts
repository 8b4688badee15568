/** What is left to spend (contract.md 7). */
import Type, { type Static } from 'typebox';
import { oneOf } from './schema.ts';

export const CreditsSchema = Type.Object(
  {
    success: Type.Boolean(),
    message: oneOf(['']),
    data: Type.Object({
      token: Type.Object(
        {
          remaining_credits: Type.Number({ description: 'What a request with this key can spend now.' }),
          unlimited_credits: Type.Boolean({
            description: 'True: the key has no budget of its own, only the account counts.',
          }),
          used_credits: Type.Number(),
        },
        { description: 'The key of this request.' },
      ),
      user: Type.Object(
        { remaining_credits: Type.Number(), used_credits: Type.Number() },
        { description: 'The account. Credits reserved for unfinished tasks are in neither number.' },
      ),
    }),
  },
  { $id: 'Credits' },
);
export type CreditsView = Static<typeof CreditsSchema>;
