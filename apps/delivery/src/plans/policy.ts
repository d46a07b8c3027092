/** Refuses plans that break the plan policy. The error lists each violation with the reason of its rule. */
import { type Judgement, rules, type Violation } from '../review/index.ts';

/** Thrown if a plan breaks the plan policy. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

export interface JudgedStack {
  readonly stack: string;
  readonly judgement: Judgement;
}

/** @throws {PolicyError} a plan breaks a rule without an exemption. */
export function refuseViolations(judged: readonly JudgedStack[]): void {
  const refused = judged.filter(({ judgement }) => judgement.violations.length > 0);
  if (refused.length === 0) return;
  const lines = refused.flatMap(({ stack, judgement }) => judgement.violations.map((one) => `  ${lineOf(stack, one)}`));
  throw new PolicyError(
    `The plan policy refuses these changes:\n${lines.join('\n')}\n` +
      'Nothing was applied. Change the code, or, if the change is intended, add an exemption for each line to infra/exemptions.json in the pull request (docs/delivery.md).',
  );
}

export function lineOf(stack: string, { rule, address, what }: Violation): string {
  return `${stack}: ${address} ${what}. Rule ${rule}: ${rules[rule]}`;
}
