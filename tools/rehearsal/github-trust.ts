/**
 * Checks who may assume the roles that `bootstrap` created for GitHub's workflows, with tokens like GitHub's.
 *
 * The emulator compares the claims of a token with the trust policy of a role. It does not check the signature.
 */
import assert from 'node:assert/strict';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Environment, type GithubRepository, githubEnvironmentOf, githubRoleOf } from '@centflow/infra';
import { clientConfiguration } from '@centflow/local-stack/clients';
import type { Account } from './account.ts';

/**
 * Checks that a workflow can assume a role only in the GitHub environment of that role.
 *
 * The workflow must not get the role in another environment, without an environment, or in another repository, even if
 * that repository was registered later under the same name. For example, a pull request's plan must not get the role
 * that applies.
 */
export async function rolesTrustOneEnvironment(account: Account, environment: Environment): Promise<void> {
  const { repository } = environment;
  // The workflow has no AWS credentials yet. Only its token identifies it.
  const nobody = { accessKeyId: 'nobody', secretAccessKey: 'nobody' };
  const sts = new STSClient(clientConfiguration(account.endpointUrl, nobody, account.authority));
  try {
    for (const [may, other] of [
      ['plan', 'apply'],
      ['apply', 'plan'],
    ] as const) {
      const context = `environment:${githubEnvironmentOf(environment, may)}`;
      const subject = subjectOf(repository, context);
      const strangers = [
        subjectOf(repository, `environment:${githubEnvironmentOf(environment, other)}`),
        `${subject}-2`,
        subjectOf(repository, 'ref:refs/heads/main'),
        subjectOf(repository, 'pull_request'),
        subjectOf({ name: 'someone/else', ownerId: 1, id: 2 }, context),
        // Subjects of repositories that were registered later under the same name.
        subjectOf({ ...repository, ownerId: repository.ownerId + 1 }, context),
        subjectOf({ ...repository, id: repository.id + 1 }, context),
        // The format of subjects in a repository without immutable subjects.
        `repo:${repository.name}:${context}`,
      ];
      const assumeRole = (sub: string, aud = 'sts.amazonaws.com') =>
        sts.send(
          new AssumeRoleWithWebIdentityCommand({
            RoleArn: githubRoleOf(environment, may),
            RoleSessionName: 'GitHubActions',
            WebIdentityToken: tokenOf({ sub, aud }),
          }),
        );
      const { Credentials } = await assumeRole(subject);
      assert.ok(Credentials?.SessionToken);
      for (const stranger of strangers) await assert.rejects(assumeRole(stranger), /Not authorized/, stranger);
      await assert.rejects(assumeRole(subject, 'https://github.com/someone'), /Not authorized/);
    }
  } finally {
    sts.destroy();
  }
}

/**
 * Returns a subject in GitHub's format, `repo:OWNER@OWNER-ID/REPO@REPO-ID:<context>`:
 * https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
function subjectOf({ name, ownerId, id }: GithubRepository, context: string): string {
  return `repo:${name.replace('/', `@${ownerId}/`)}@${id}:${context}`;
}

function tokenOf(claims: { readonly sub: string; readonly aud: string }): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const issuer = { iss: 'https://token.actions.githubusercontent.com' };
  return [encode({ alg: 'none' }), encode({ ...issuer, ...claims }), ''].join('.');
}
