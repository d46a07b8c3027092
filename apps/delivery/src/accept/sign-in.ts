/** A real sign-in at the user pool, as the console's client allows it. */
import {
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ACCEPT_OWNER } from '@centflow/infra';
import { SeenError } from './check.ts';
import { SrpSignIn } from './srp.ts';

/** A person who may sign in to the console. */
export interface Person {
  readonly username: string;
  readonly password: string;
}

export interface SignInOptions {
  readonly poolId: string;
  readonly clientId: string;
  readonly person: Person;
}

/**
 * Signs in with user name and password.
 *
 * @returns the ID token
 * @throws {SeenError} Cognito refuses them, or asks for more than a password.
 */
export async function signIn(
  cognito: CognitoIdentityProviderClient,
  { poolId, clientId, person }: SignInOptions,
): Promise<string> {
  const srp = new SrpSignIn();
  const begun = await cognito.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: person.username, SRP_A: srp.clientPublic },
    }),
  );
  const { SALT = '', SRP_B = '', SECRET_BLOCK = '', USER_ID_FOR_SRP = '' } = begun.ChallengeParameters ?? {};
  if (begun.ChallengeName !== 'PASSWORD_VERIFIER') throw asksForMore(begun.ChallengeName, poolId, person);
  const { timestamp, signature } = srp.prove(
    { poolId, userId: USER_ID_FOR_SRP, salt: SALT, serverPublic: SRP_B, secretBlock: SECRET_BLOCK },
    person.password,
  );
  const ended = await cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName: 'PASSWORD_VERIFIER',
      ...(begun.Session === undefined ? {} : { Session: begun.Session }),
      ChallengeResponses: {
        USERNAME: USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
        PASSWORD_CLAIM_SIGNATURE: signature,
        TIMESTAMP: timestamp,
      },
    }),
  );
  return idToken(ended.AuthenticationResult) ?? raise(asksForMore(ended.ChallengeName, poolId, person));
}

function idToken(result: AuthenticationResultType | undefined): string | undefined {
  return result?.IdToken;
}

function raise(error: Error): never {
  throw error;
}

function asksForMore(challenge: string | undefined, poolId: string, { username }: Person): SeenError {
  const why =
    challenge === 'NEW_PASSWORD_REQUIRED'
      ? `the password is temporary; run \`aws cognito-idp admin-set-user-password --user-pool-id ${poolId} --username ${username} --permanent --password '<password>'\``
      : 'use a person without a second factor';
  return new SeenError(`Cognito asks ${username} for ${challenge ?? 'something else'}: ${why}`);
}

/** How an administrator makes the person. */
export function howToMakePerson(poolId: string): string {
  const at = `--user-pool-id ${poolId} --username <e-mail address>`;
  return [
    `aws cognito-idp admin-create-user ${at} --message-action SUPPRESS --user-attributes Name=email,Value=<e-mail address> Name=email_verified,Value=true Name=custom:owner,Value=${ACCEPT_OWNER}`,
    `aws cognito-idp admin-set-user-password ${at} --permanent --password '<14 characters of all kinds>'`,
    `aws cognito-idp admin-add-user-to-group ${at} --group-name operators`,
  ].join(' && ');
}
