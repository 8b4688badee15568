/** The command cannot be carried out as it was given; the message says what to change. Shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
