/** One thing that must be set on GitHub. */
export interface Check {
  /** What holds if the check passes. */
  readonly proves: string;
  /** `limited`: the plan does not offer it, and the delivery works without. */
  readonly result: 'passed' | 'limited' | 'failed';
  /** What is set now, and what to do about it. */
  readonly problem?: string;
}

/** @param problem what is reported unless the check passes */
export function check(proves: string, passes: boolean, problem: string): Check {
  return passes ? { proves, result: 'passed' } : { proves, result: 'failed', problem };
}
