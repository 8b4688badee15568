/** A video cannot be looked at. The message is for the operator: our words, and nothing of the file. */
export class CannotLook extends Error {
  override readonly name = 'CannotLook';
}
