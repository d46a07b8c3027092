/** The result of a check of one setting on GitHub. */
export interface Check {
  /** A sentence that is true if the check passes. */
  readonly proves: string;
  /** `limited` means that the GitHub plan does not offer the setting and the delivery works without it. */
  readonly result: 'passed' | 'limited' | 'failed';
  /** The current setting and the remedy. */
  readonly problem?: string;
}

/** @param problem the current setting and the remedy, for a failed check */
export function check(proves: string, passes: boolean, problem: string): Check {
  return passes ? { proves, result: 'passed' } : { proves, result: 'failed', problem };
}
