/** Thrown if the reader's filters do not apply to the visual. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}
