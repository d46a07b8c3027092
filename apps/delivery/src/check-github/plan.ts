/**
 * The features that GitHub offers for a repository. A private repository has fewer if the owner's plan is below
 * Enterprise Cloud.
 */
import type { RepositorySettings } from '../github/settings.ts';

/**
 * The protection that a GitHub plan offers. `all`: branch rules, required reviewers and attestations. `branches`: only
 * branch rules for environments. `none`: GitHub ignores every rule of an environment. `unknown`: GitHub does not show
 * the plan to this token.
 *
 * - https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
 * - https://docs.github.com/en/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations
 */
export type Offer = 'all' | 'branches' | 'none' | 'unknown';

/** The values with which GitHub's APIs name Enterprise Cloud. */
const ENTERPRISE_CLOUD = ['enterprise', 'business_plus'];

export function offerOf({ visibility, plan }: Pick<RepositorySettings, 'visibility' | 'plan'>): Offer {
  // Internal repositories exist only in Enterprise Cloud.
  if (visibility !== 'private') return 'all';
  if (plan === undefined) return 'unknown';
  if (ENTERPRISE_CLOUD.includes(plan)) return 'all';
  return plan === 'free' ? 'none' : 'branches';
}
