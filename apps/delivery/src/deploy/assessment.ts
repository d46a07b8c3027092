/** Decides whether a release is deployed to a guarded environment automatically or needs an approval. */
import { type EnvironmentName, environmentNames } from '@centflow/infra';
import type { JudgedStack } from '../plans/policy.ts';
import { lineOf } from '../plans/policy.ts';
import type { Evidence } from './evidence.ts';

/** The environments that require good evidence for an automatic deployment. */
const guarded: readonly EnvironmentName[] = ['production'];

/** The GitHub environment whose reviewers give the approval. */
export const APPROVAL_ENVIRONMENT = 'production-approval';

/** Thrown if a required approval is missing. */
export class AssessmentError extends Error {
  override readonly name = 'AssessmentError';
}

export interface Facts {
  readonly environment: EnvironmentName;
  readonly release: { readonly version: string; readonly digest: string };
  /** The evidence from the previous environment. */
  readonly evidence: Evidence | undefined;
  /** Alarms that are raised in the target environment. */
  readonly alarms: readonly string[];
  readonly judged: readonly JudgedStack[];
}

/** Returns the reasons why an approval is needed. Empty if the release may be deployed automatically. */
export function reasonsToAsk({ environment, release, evidence, alarms, judged }: Facts): string[] {
  if (!guarded.includes(environment)) return [];
  const before = environmentNames[environmentNames.indexOf(environment) - 1];
  const exempted = judged.flatMap(({ stack, judgement }) => judgement.exempted.map((one) => lineOf(stack, one)));
  return [
    ...reasonsOfEvidence(evidence, before, release),
    ...(alarms.length > 0 ? [`Alarms are raised in ${environment}: ${alarms.join(', ')}.`] : []),
    ...exempted.map((line) => `An exemption allows a change that the plan policy would refuse: ${line}`),
  ];
}

/** Returns the reasons why a rollback needs an approval. Empty if it needs none. */
export function reasonsToAskForRollback(environment: EnvironmentName, version: string): string[] {
  return guarded.includes(environment) ? [`This is a manual rollback of ${environment} to ${version}.`] : [];
}

function reasonsOfEvidence(
  evidence: Evidence | undefined,
  before: EnvironmentName | undefined,
  { version, digest }: Facts['release'],
): string[] {
  if (evidence === undefined) return [`There is no evidence that ${version} works in ${before}.`];
  if (evidence.environment !== before || evidence.digest !== digest) {
    return [`The evidence is for ${evidence.version} in ${evidence.environment}, not for ${version} in ${before}.`];
  }
  return [
    ...(evidence.canary ? [] : [`The canary failed in ${before}.`]),
    ...(evidence.alarms.length > 0 ? [`Alarms are raised in ${before}: ${evidence.alarms.join(', ')}.`] : []),
  ];
}

/** @throws {AssessmentError} the release needs an approval, but nobody has approved it. */
export function refuseWithoutApproval(
  environment: EnvironmentName,
  reasons: readonly string[],
  approvedBy: readonly string[],
): void {
  if (reasons.length === 0 || approvedBy.length > 0) return;
  throw new AssessmentError(
    `This release needs an approval for ${environment}:\n${reasons.map((reason) => `  ${reason}`).join('\n')}\n` +
      `Nobody has approved ${APPROVAL_ENVIRONMENT} in this workflow run. Nothing was applied. Let a reviewer approve the deployment on the page of the workflow run. Or fix the listed problems and start the workflow again. If nobody can approve on GitHub, an administrator can use --break-glass (docs/delivery.md).`,
  );
}
