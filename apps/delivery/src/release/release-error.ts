/** Thrown if a release cannot be built, is incomplete, or was changed. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}

/** Thrown if the release does not exist. */
export class UnknownReleaseError extends Error {
  override readonly name = 'UnknownReleaseError';

  constructor(version: string, bucket: string) {
    super(
      `There is no release ${version} in ${bucket}. \`npm run deliver -- history --environment <name>\` lists the deployed releases.`,
    );
  }
}
