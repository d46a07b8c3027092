/**
 * The owner of the test files that `doctor` sends through the local flow and then removes. No person has this owner, so
 * pages that list owners or all uploads omit it.
 */
export const PROBE_OWNER = 'centflow-doctor';
