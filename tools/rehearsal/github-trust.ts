/**
 * The roles that `bootstrap` made for GitHub's workflows, asked for with tokens as GitHub gives them.
 *
 * The emulator compares what a token says with a role's trust; it does not check who signed it.
 */
import assert from 'node:assert/strict';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Environment, type GithubRepository, githubEnvironmentOf, githubRoleOf } from '@centflow/infra';
import { clientConfiguration } from '@centflow/local-stack/clients';
import type { Account } from './account.ts';

/**
 * A workflow takes a role in the GitHub environment that is for it; not in another one, least of all a pull request's plan the
 * role that applies; and not outside of any, nor in another repository, nor in one that has taken over the name.
 */
export async function rolesTrustOneEnvironment(account: Account, environment: Environment): Promise<void> {
  const { repository } = environment;
  // Nobody yet: the token alone speaks for the workflow.
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
        // The same names, after somebody else registered them.
        subjectOf({ ...repository, ownerId: repository.ownerId + 1 }, context),
        subjectOf({ ...repository, id: repository.id + 1 }, context),
        // The subject of a repository without immutable subjects.
        `repo:${repository.name}:${context}`,
      ];
      const take = (sub: string, aud = 'sts.amazonaws.com') =>
        sts.send(
          new AssumeRoleWithWebIdentityCommand({
            RoleArn: githubRoleOf(environment, may),
            RoleSessionName: 'GitHubActions',
            WebIdentityToken: tokenOf({ sub, aud }),
          }),
        );
      const { Credentials } = await take(subject);
      assert.ok(Credentials?.SessionToken);
      for (const stranger of strangers) await assert.rejects(take(stranger), /Not authorized/, stranger);
      await assert.rejects(take(subject, 'https://github.com/someone'), /Not authorized/);
    }
  } finally {
    sts.destroy();
  }
}

/**
 * A subject as GitHub writes it, `repo:OWNER@OWNER-ID/REPO@REPO-ID:<context>`:
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
