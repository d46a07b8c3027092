/** Who may sign in to the console, and whose money each of them sees: Cognito. */
import { CognitoUserGroup } from '@cdktf/provider-aws/lib/cognito-user-group/index.js';
import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { Construct } from 'constructs';
import type { ConsoleProps, Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';

/** Its members see how the flow runs, and redrive it. */
export const OPERATORS = 'operators';

/** The API believes a token so long after it was given, whatever became of its person since. */
const TOKEN_MINUTES = 15;
/** Someone who comes back within it need not sign in again. */
const SESSION_HOURS = 12;

/** Origins that the console's pages ask about sign-in: the issuer's, and that of the pages where people type their password. */
export function signInOrigins(environment: Environment): string[] {
  const { region } = environment;
  return [
    `https://cognito-idp.${region}.amazonaws.com`,
    `https://${namesOf(environment).signInDomain}.auth.${region}.amazoncognito.com`,
  ];
}

export interface PeopleProps {
  readonly environment: Environment;
  readonly props: ConsoleProps;
  /** Of the console, `https://…`. */
  readonly origin: string;
}

export class People extends Construct {
  readonly poolId: string;
  /** Who signs their tokens, as the tokens say it. */
  readonly issuer: string;
  readonly clientId: string;

  constructor(scope: Construct, id: string, { environment, props, origin }: PeopleProps) {
    super(scope, id);
    const { prefix, signInDomain } = namesOf(environment);
    const { protectData } = environment;
    const pool = new CognitoUserPool(this, 'pool', {
      name: prefix,
      // Managed tokens that rotate are not in LITE.
      userPoolTier: 'ESSENTIALS',
      deletionProtection: protectData ? 'ACTIVE' : 'INACTIVE',
      usernameAttributes: ['email'],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ['email'],
      // The old address counts until the new one is shown to be theirs.
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: ['email'] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: props.signUp === 'invited' },
      passwordPolicy: {
        minimumLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 7,
      },
      // Cognito's own pages let people set up a second factor only where all must have one, and the console has no page for it:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
      ...(protectData
        ? { mfaConfiguration: 'ON', softwareTokenMfaConfiguration: { enabled: true } }
        : { mfaConfiguration: 'OFF' }),
      accountRecoverySetting: { recoveryMechanism: [{ name: 'verified_email', priority: 1 }] },
      schema: [
        {
          // Whose uploads and figures they see. Administrators may change it; the client below may not.
          name: 'owner',
          attributeDataType: 'String',
          developerOnlyAttribute: false,
          mutable: true,
          required: false,
          stringAttributeConstraints: { minLength: '1', maxLength: '64' },
        },
      ],
      lifecycle: { preventDestroy: protectData },
    });
    new CognitoUserGroup(this, 'operators', {
      userPoolId: pool.id,
      name: OPERATORS,
      description: 'Run Centflow: they see job runs, dead letters, alarms and costs, and nobody’s rows.',
    });
    new CognitoUserPoolDomain(this, 'domain', { domain: signInDomain, userPoolId: pool.id });
    // A page can keep no secret: the code it is given is worth nothing without its own proof (PKCE).
    const client = new CognitoUserPoolClient(this, 'client', {
      name: `${prefix}-console`,
      userPoolId: pool.id,
      generateSecret: false,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ['code'],
      allowedOauthScopes: ['openid', 'email', 'profile'],
      supportedIdentityProviders: ['COGNITO'],
      explicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
      callbackUrls: [`${origin}/sign-in/return`],
      // The second leads back to the sign-in (apps/console/web/src/session/oidc.ts).
      logoutUrls: [`${origin}/`, `${origin}/sign-in/again`],
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
      refreshTokenRotation: [{ feature: 'ENABLED', retryGracePeriodSeconds: 30 }],
      idTokenValidity: TOKEN_MINUTES,
      accessTokenValidity: TOKEN_MINUTES,
      refreshTokenValidity: SESSION_HOURS,
      tokenValidityUnits: [{ idToken: 'minutes', accessToken: 'minutes', refreshToken: 'hours' }],
      readAttributes: ['custom:owner', 'email', 'email_verified', 'name'],
      writeAttributes: ['email', 'name'],
    });
    this.poolId = pool.id;
    this.issuer = `https://${pool.endpoint}`;
    this.clientId = client.id;
  }
}
