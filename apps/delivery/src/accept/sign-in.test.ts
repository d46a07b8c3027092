import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, test } from 'vitest';
import { signIn } from './sign-in.ts';
import { totp } from './totp.ts';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('the code of an authenticator app', () => {
  // The last six digits of the codes in https://www.rfc-editor.org/rfc/rfc6238#appendix-B.
  test.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [20000000000, '353130'],
  ])('at Unix time %i is %s, as in RFC 6238', (seconds, code) => {
    expect(totp(SECRET, seconds * 1000)).toBe(code);
  });

  test('refuses a secret that is not base32', () => {
    expect(() => totp('0189')).toThrow(/not valid base32/);
  });
});

/** Returns a fake user pool that accepts every password, then requires these challenges. */
function poolThatAsks(...challenges: string[]) {
  const sent: { command: string; input: Record<string, unknown> }[] = [];
  const next = () => {
    const ChallengeName = challenges.shift();
    return ChallengeName === undefined
      ? { AuthenticationResult: { IdToken: 'token' } }
      : { ChallengeName, Session: `session of ${ChallengeName}`, ChallengeParameters: { USER_ID_FOR_SRP: 'id' } };
  };
  const begin = {
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeParameters: { SALT: 'ab', SRP_B: 'cd', SECRET_BLOCK: '', USER_ID_FOR_SRP: 'id' },
  };
  const answers: Readonly<Record<string, () => object>> = {
    InitiateAuthCommand: () => begin,
    RespondToAuthChallengeCommand: next,
    AssociateSoftwareTokenCommand: () => ({ SecretCode: SECRET, Session: 'associated' }),
    VerifySoftwareTokenCommand: () => ({ Status: 'SUCCESS', Session: 'verified' }),
  };
  const send = async (command: { input: Record<string, unknown> }) => {
    sent.push({ command: command.constructor.name, input: command.input });
    return answers[command.constructor.name]?.();
  };
  return { cognito: Object.assign(new CognitoIdentityProviderClient({ region: 'eu-west-1' }), { send }), sent };
}

function run(pool: ReturnType<typeof poolThatAsks>, totpSecret?: string) {
  const secrets: string[] = [];
  const token = signIn(pool.cognito, {
    poolId: 'eu-west-1_Example12',
    clientId: 'client',
    person: { username: 'ann@example.com', password: 'p', totpSecret },
    onNewSecret: (secret) => secrets.push(secret),
  });
  return { token, secrets };
}

describe('the sign-in', () => {
  test('returns the token after the password if the pool requires no further challenge', async () => {
    expect(await run(poolThatAsks()).token).toBe('token');
  });

  test('answers the challenge with the code of the authenticator app', async () => {
    const pool = poolThatAsks('SOFTWARE_TOKEN_MFA');
    expect(await run(pool, SECRET).token).toBe('token');
    expect(pool.sent.at(-1)?.input).toMatchObject({
      Session: 'session of SOFTWARE_TOKEN_MFA',
      ChallengeResponses: { USERNAME: 'id', SOFTWARE_TOKEN_MFA_CODE: expect.stringMatching(/^\d{6}$/) },
    });
  });

  test('registers an authenticator app if the user has none, and returns the app’s secret', async () => {
    const pool = poolThatAsks('MFA_SETUP');
    const { token, secrets } = run(pool);
    expect(await token).toBe('token');
    expect(secrets).toEqual([SECRET]);
    expect(pool.sent.slice(2).map(({ command, input }) => [command, input.Session])).toEqual([
      ['AssociateSoftwareTokenCommand', 'session of MFA_SETUP'],
      ['VerifySoftwareTokenCommand', 'associated'],
      ['RespondToAuthChallengeCommand', 'verified'],
    ]);
  });

  test.each([
    [
      'NEW_PASSWORD_REQUIRED',
      /the password is temporary\. Run `aws cognito-idp admin-set-user-password .* --permanent/,
    ],
    ['SOFTWARE_TOKEN_MFA', /set CENTFLOW_ACCEPT_TOTP_SECRET/],
    ['SMS_MFA', /create another user/],
  ])('reports what to do if Cognito requires %s', async (challenge, message) => {
    await expect(run(poolThatAsks(challenge)).token).rejects.toThrow(message);
  });
});
