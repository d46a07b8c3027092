/** Whether a release may go on to a guarded environment by itself, or people decide. */
import { type EnvironmentName, environmentNames } from '@centflow/infra';
import type { JudgedStack } from '../plans/policy.ts';
import { lineOf } from '../plans/policy.ts';
import type { Evidence } from './evidence.ts';

/** Environments that take a release by itself only on good evidence. */
const guarded: readonly EnvironmentName[] = ['production'];

/** The GitHub environment whose reviewers are asked. */
export const APPROVAL_ENVIRONMENT = 'production-approval';

/** People must agree, and have not. */
export class AssessmentError extends Error {
  override readonly name = 'AssessmentError';
}

export interface Facts {
  readonly environment: EnvironmentName;
  readonly release: { readonly version: string; readonly digest: string };
  /** Of the environment before it on the path. */
  readonly evidence: Evidence | undefined;
  /** Alarms that are raised in the environment itself. */
  readonly alarms: readonly string[];
  readonly judged: readonly JudgedStack[];
}

/** Why people must agree; empty: it may go by itself. */
export function reasonsToAsk({ environment, release, evidence, alarms, judged }: Facts): string[] {
  if (!guarded.includes(environment)) return [];
  const before = environmentNames[environmentNames.indexOf(environment) - 1];
  const exempted = judged.flatMap(({ stack, judgement }) => judgement.exempted.map((one) => lineOf(stack, one)));
  return [
    ...reasonsOfEvidence(evidence, before, release),
    ...(alarms.length > 0 ? [`Alarms are raised in ${environment}: ${alarms.join(', ')}.`] : []),
    ...exempted.map((line) => `An exemption allows what the plan policy refuses: ${line}`),
  ];
}

/** Why people must agree to take an environment back to an earlier release; empty: nobody is asked. */
export function reasonsToAskForRollback(environment: EnvironmentName, version: string): string[] {
  return guarded.includes(environment) ? [`A person takes ${environment} back to ${version}.`] : [];
}

function reasonsOfEvidence(
  evidence: Evidence | undefined,
  before: EnvironmentName | undefined,
  { version, digest }: Facts['release'],
): string[] {
  if (evidence === undefined) return [`Nothing shows how ${version} does in ${before}.`];
  if (evidence.environment !== before || evidence.digest !== digest) {
    return [`The evidence is of ${evidence.version} in ${evidence.environment}, and not of ${version} in ${before}.`];
  }
  return [
    ...(evidence.canary ? [] : [`The canary failed in ${before}.`]),
    ...(evidence.alarms.length > 0 ? [`Alarms are raised in ${before}: ${evidence.alarms.join(', ')}.`] : []),
  ];
}

/** @throws {AssessmentError} there are reasons to ask, and nobody has approved. */
export function refuseWithoutApproval(
  environment: EnvironmentName,
  reasons: readonly string[],
  approvedBy: readonly string[],
): void {
  if (reasons.length === 0 || approvedBy.length > 0) return;
  throw new AssessmentError(
    `${environment} takes this release only with an approval:\n${reasons.map((reason) => `  ${reason}`).join('\n')}\n` +
      `Nobody has approved ${APPROVAL_ENVIRONMENT} in this workflow run. Nothing was applied. Let a reviewer approve it on the run's page, or put right what is named and run it again. Where GitHub cannot ask anybody, an administrator breaks the glass: docs/delivery.md.`,
  );
}
