/** A release cannot be made, is not whole, or is not what it was. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}

/** There is no release of that version. */
export class UnknownReleaseError extends Error {
  override readonly name = 'UnknownReleaseError';

  constructor(version: string, bucket: string) {
    super(
      `There is no release ${version} in ${bucket}. \`npm run deliver -- history --environment <name>\` lists those that there are.`,
    );
  }
}
