/**
 * The checks of checkov that fail on purpose, each with the reason.
 *
 * They stand here and not beside the resources because checkov reads no suppressions from Terraform's JSON. A test fails on a
 * failed check without an entry, and on an entry that no failed check needs.
 */
export interface Suppression {
  /** checkov's id of the check. */
  readonly check: string;
  /** Which resources, as `<stack>/<type>.<name>`. */
  readonly resources: readonly RegExp[];
  readonly reason: string;
}

export const suppressions: readonly Suppression[] = [];
