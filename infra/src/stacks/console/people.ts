/** Creates the user pool of the console, which defines who may sign in, and which owner's data each person sees. */
import { CognitoUserGroup } from '@cdktf/provider-aws/lib/cognito-user-group/index.js';
import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { Construct } from 'constructs';
import type { ConsoleProps, Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';

/** The group of people who may see the state of the pipeline, and redrive dead letters. */
export const OPERATORS = 'operators';

/** The lifetime of a token. The API accepts a token until it expires, even if the account has been disabled. */
const TOKEN_MINUTES = 15;
/** The time after which people must sign in again. */
const SESSION_HOURS = 12;

/**
 * Returns the origins that the console's pages need for sign-in: the origin of the issuer, and the origin of the
 * password pages.
 */
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
  /** The origin of the console, `https://…`. */
  readonly origin: string;
}

export class People extends Construct {
  readonly poolId: string;
  /** The issuer of the tokens. */
  readonly issuer: string;
  readonly clientId: string;

  constructor(scope: Construct, id: string, { environment, props, origin }: PeopleProps) {
    super(scope, id);
    const { prefix, signInDomain } = namesOf(environment);
    const { protectData } = environment;
    const pool = new CognitoUserPool(this, 'pool', {
      name: prefix,
      // The tier LITE does not support refresh token rotation.
      userPoolTier: 'ESSENTIALS',
      deletionProtection: protectData ? 'ACTIVE' : 'INACTIVE',
      usernameAttributes: ['email'],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ['email'],
      // The old address remains valid until the new one is verified.
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
      // If a second factor is required, Cognito's pages let people set it up. If it is optional, they do not, and the
      // console cannot either. So a second factor is required or off:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
      ...(protectData
        ? { mfaConfiguration: 'ON', softwareTokenMfaConfiguration: { enabled: true } }
        : { mfaConfiguration: 'OFF' }),
      accountRecoverySetting: { recoveryMechanism: [{ name: 'verified_email', priority: 1 }] },
      schema: [
        {
          // The owner whose uploads and figures the person sees. Administrators may change the owner, but the client below may not.
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
      description: 'Operators of Centflow. They see job runs, dead letters, alarms and costs, but no rows.',
    });
    new CognitoUserPoolDomain(this, 'domain', { domain: signInDomain, userPoolId: pool.id });
    // A web page cannot keep a client secret. PKCE makes an intercepted authorization code useless.
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
      // The second URL returns to the sign-in page (apps/console/web/src/session/oidc.ts).
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
