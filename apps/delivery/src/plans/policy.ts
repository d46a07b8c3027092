/** The plan policy, as a refusal: what a plan would break is said with the rule's reason and the exemption it takes. */
import { type Judgement, rules, type Violation } from '../review/index.ts';

/** The plan policy refuses a plan. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

export interface JudgedStack {
  readonly stack: string;
  readonly judgement: Judgement;
}

/** @throws {PolicyError} one of the stacks' plans breaks a rule without an exemption. */
export function refuseViolations(judged: readonly JudgedStack[]): void {
  const refused = judged.filter(({ judgement }) => judgement.violations.length > 0);
  if (refused.length === 0) return;
  const lines = refused.flatMap(({ stack, judgement }) => judgement.violations.map((one) => `  ${lineOf(stack, one)}`));
  throw new PolicyError(
    `The plan policy refuses this:\n${lines.join('\n')}\n` +
      'Nothing was applied. Change the plan; or, where it is meant, let the pull request add an exemption for each line to infra/exemptions.json (docs/delivery.md).',
  );
}

export function lineOf(stack: string, { rule, address, what }: Violation): string {
  return `${stack}: ${address} ${what}. Rule ${rule}: ${rules[rule]}`;
}
