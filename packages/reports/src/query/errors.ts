/** A reader asks for something that a visual cannot be asked. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}
