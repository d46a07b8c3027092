/** Writes the report on one environment's plans for the reviewers of a pull request: Markdown without secrets. */
import type { EnvironmentName } from '@centflow/infra';
import type { Plan } from '@centflow/terraform';
import { code, newCosts, planSummary } from '../review/index.ts';
import type { JudgedStack } from './policy.ts';
import { lineOf } from './policy.ts';

export interface ReportedStack extends JudgedStack {
  readonly plan: Plan;
  /** The SHA-256 of the stored plan, or undefined if the plan was not stored. */
  readonly sha256: string | undefined;
}

export interface Unplanned {
  readonly stack: string;
  readonly problem: string;
}

/**
 * @param unplanned stacks that need outputs of a stack that is not applied yet
 * @param pullRequest the pull request that would need the exemptions
 */
export function reportOf(
  environment: EnvironmentName,
  stacks: readonly ReportedStack[],
  unplanned: readonly Unplanned[],
  pullRequest?: number,
): string {
  const violations = stacks.flatMap(({ stack, judgement }) => judgement.violations.map((one) => lineOf(stack, one)));
  const exempted = stacks.flatMap(({ stack, judgement }) =>
    judgement.exempted.map((one) => `${lineOf(stack, one)} Exempted: ${one.reason}`),
  );
  const unused = stacks.flatMap(({ stack, judgement }) =>
    judgement.unused.map(({ rule, address }) => `${stack}: ${rule}, ${address}`),
  );
  const stored = stacks.flatMap(({ stack, sha256 }) =>
    sha256 === undefined ? [] : [`${code(stack)} ${code(sha256)}`],
  );
  return [
    `## ${environment}`,
    ...listed('**Refused by the plan policy**', violations),
    ...exemptionsFor(stacks, pullRequest),
    ...listed('**Allowed by an exemption of this pull request**', exempted),
    ...listed('**Unused exemptions: remove them**', unused),
    ...listed(
      '**Not planned: put it into a separate pull request, after the stack on which it depends**',
      unplanned.map(({ stack, problem }) => `${stack}: ${problem}`),
    ),
    planSummary(stacks).trim(),
    ...costsOf(stacks),
    ...(stored.length === 0 ? [] : [`<sub>SHA-256 of the plans: ${stored.join(', ')}</sub>`]),
  ]
    .join('\n\n')
    .concat('\n');
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}\n\n${lines.map((line) => `- ${code(line)}`).join('\n')}`];
}

/** Returns the exemptions that would allow the violations. */
function exemptionsFor(stacks: readonly ReportedStack[], pullRequest: number | undefined): string[] {
  const needed = stacks.flatMap(({ stack, judgement }) =>
    judgement.violations.map(({ rule, address }) => ({ pullRequest, stack, rule, address, reason: '…' })),
  );
  if (needed.length === 0 || pullRequest === undefined) return [];
  const lines = [...new Set(needed.map((exemption) => JSON.stringify(exemption)))].join(',\n');
  return [
    `<details><summary>Intended? Add this to <code>infra/exemptions.json</code>, with reasons</summary>\n\n\`\`\`json\n${lines}\n\`\`\`\n\n</details>`,
  ];
}

function costsOf(stacks: readonly ReportedStack[]): string[] {
  const all = stacks.map(({ plan }) => newCosts(plan));
  const items = all.flatMap((costs) => costs.of);
  const byUse = [...new Set(all.flatMap((costs) => costs.byUse))].sort();
  if (items.length === 0 && byUse.length === 0) return [];
  const usd = all.reduce((sum, costs) => sum + costs.usd, 0);
  const known =
    items.length === 0
      ? ''
      : `${signed(usd)} USD a month: ${items.map(({ address, usd }) => `${code(address)} ${signed(usd)}`).join(', ')}. `;
  const unknown = byUse.length === 0 ? '' : `Paid by use: ${byUse.map(code).join(', ')}.`;
  return [`Costs (list prices, infra/src/prices.ts): ${known}${unknown}`.trim()];
}

function signed(usd: number): string {
  return `${usd < 0 ? '−' : '+'}${Math.abs(usd).toFixed(2)}`;
}
