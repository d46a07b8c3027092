/**
 * Signs in to the user pool with the flow that the console's app client allows: a password by SRP, then an
 * authenticator code.
 */
import {
  AssociateSoftwareTokenCommand,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ACCEPT_OWNER } from '@centflow/infra';
import { SeenError } from './check.ts';
import { SrpSignIn } from './srp.ts';
import { totp } from './totp.ts';

/** A user who can sign in to the console. */
export interface Person {
  readonly username: string;
  readonly password: string;
  /** The authenticator app's secret in base32. Undefined if no app is set up yet or the pool does not require one. */
  readonly totpSecret?: string | undefined;
}

export interface SignInOptions {
  readonly poolId: string;
  readonly clientId: string;
  readonly person: Person;
  /** Receives the secret of an authenticator app that the sign-in has set up. Later sign-ins need this secret. */
  readonly onNewSecret: (secret: string) => void;
}

/** The fields of Cognito's responses that the sign-in uses. */
type Answer = Pick<
  InitiateAuthCommandOutput,
  'ChallengeName' | 'ChallengeParameters' | 'Session' | 'AuthenticationResult'
>;

/**
 * Signs in with a user name, a password and, if the pool requires one, an authenticator code.
 *
 * @returns the ID token
 * @throws {SeenError} Cognito rejects the sign-in, or requires another challenge.
 */
export async function signIn(cognito: CognitoIdentityProviderClient, options: SignInOptions): Promise<string> {
  const known = await provePassword(cognito, options);
  const answer = await proveSecondFactor(cognito, options, known);
  const token = answer.AuthenticationResult?.IdToken;
  if (token === undefined) throw asksForMore(answer, options);
  return token;
}

async function provePassword(cognito: CognitoIdentityProviderClient, options: SignInOptions): Promise<Answer> {
  const { poolId, clientId: ClientId, person } = options;
  const srp = new SrpSignIn();
  const begun = await cognito.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: person.username, SRP_A: srp.clientPublic },
    }),
  );
  const { SALT = '', SRP_B = '', SECRET_BLOCK = '', USER_ID_FOR_SRP = '' } = begun.ChallengeParameters ?? {};
  if (begun.ChallengeName !== 'PASSWORD_VERIFIER') throw asksForMore(begun, options);
  const { timestamp, signature } = srp.prove(
    { poolId, userId: USER_ID_FOR_SRP, salt: SALT, serverPublic: SRP_B, secretBlock: SECRET_BLOCK },
    person.password,
  );
  return await cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'PASSWORD_VERIFIER',
      Session: begun.Session,
      ChallengeResponses: {
        USERNAME: USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
        PASSWORD_CLAIM_SIGNATURE: signature,
        TIMESTAMP: timestamp,
      },
    }),
  );
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html */
async function proveSecondFactor(
  cognito: CognitoIdentityProviderClient,
  { clientId: ClientId, person, onNewSecret }: SignInOptions,
  { ...answer }: Answer,
): Promise<Answer> {
  const USERNAME = answer.ChallengeParameters?.USER_ID_FOR_SRP ?? person.username;
  if (answer.ChallengeName === 'SOFTWARE_TOKEN_MFA' && person.totpSecret !== undefined) {
    return await cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'SOFTWARE_TOKEN_MFA',
        Session: answer.Session,
        ChallengeResponses: { USERNAME, SOFTWARE_TOKEN_MFA_CODE: totp(person.totpSecret) },
      }),
    );
  }
  if (answer.ChallengeName !== 'MFA_SETUP') return answer;
  const { SecretCode = '', Session } = await cognito.send(
    new AssociateSoftwareTokenCommand({ Session: answer.Session }),
  );
  const verified = await cognito.send(new VerifySoftwareTokenCommand({ Session, UserCode: totp(SecretCode) }));
  onNewSecret(SecretCode);
  return await cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'MFA_SETUP',
      Session: verified.Session,
      ChallengeResponses: { USERNAME },
    }),
  );
}

function asksForMore({ ChallengeName }: Answer, { poolId, person: { username } }: SignInOptions): SeenError {
  const whatToDo: Readonly<Record<string, string>> = {
    NEW_PASSWORD_REQUIRED: `the password is temporary. Run \`aws cognito-idp admin-set-user-password --user-pool-id ${poolId} --username ${username} --permanent --password '<password>'\``,
    SOFTWARE_TOKEN_MFA:
      'set CENTFLOW_ACCEPT_TOTP_SECRET to the secret of the authenticator app, or delete the user and create it again',
  };
  const why = whatToDo[ChallengeName ?? ''] ?? 'create another user for accept';
  return new SeenError(`Cognito requires ${ChallengeName ?? 'another step'} from ${username}: ${why}`);
}

/** Returns the commands with which an administrator creates the user. */
export function howToMakePerson(poolId: string): string {
  const at = `--user-pool-id ${poolId} --username <e-mail address>`;
  return [
    `aws cognito-idp admin-create-user ${at} --message-action SUPPRESS --user-attributes Name=email,Value=<e-mail address> Name=email_verified,Value=true Name=custom:owner,Value=${ACCEPT_OWNER}`,
    `aws cognito-idp admin-set-user-password ${at} --permanent --password '<14 characters of all kinds>'`,
    `aws cognito-idp admin-add-user-to-group ${at} --group-name operators`,
  ].join(' && ');
}
