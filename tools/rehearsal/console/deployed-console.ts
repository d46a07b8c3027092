/** Accesses the deployed console: its addresses, and users who can sign in. */
import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientConfiguration } from '@centflow/local-stack/clients';
import type { Account } from '../account.ts';
import { type Answer, type Request, sendRequest, signIn } from './browser.ts';

/** An answer of the API. The body is not typed, because each check must verify it. */
export interface ApiAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface DeployedConsole {
  readonly account: Account;
  /** The origin of the console, such as `https://….cloudfront.net`. */
  readonly origin: string;
  /** Requests a page from CloudFront. */
  page(path: string): Promise<Answer>;
  /**
   * Sends a request to the HTTP API, bypassing CloudFront. The emulator's CloudFront would look up the API's address on
   * the internet.
   */
  api(path: string, options?: Request & { readonly token?: string }): Promise<ApiAnswer>;
  /** Creates a user as docs/runbook.md describes, signs in, and returns the ID token. */
  token(person: Person): Promise<string>;
}

export interface Person {
  readonly email: string;
  /** The owner whose data the person may see; undefined for a person who is assigned no owner yet. */
  readonly owner?: string;
  readonly operator?: true;
}

/** @param outputs the Terraform outputs of `console` */
export function deployedConsole(account: Account, outputs: Readonly<Record<string, string>>): DeployedConsole {
  const { console_url: origin = '', console_api_id: apiId = '', user_pool_id: UserPoolId = '' } = outputs;
  const apiHost = `${apiId}.execute-api.localhost`;
  const api: DeployedConsole['api'] = async (path, { token, headers = {}, ...options } = {}) => {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { status, text } = await sendRequest(account, apiHost, path, {
      ...options,
      headers: { ...headers, ...authorization, origin, 'content-type': 'application/json' },
    });
    return { status, json: JSON.parse(text) as ApiAnswer['json'] };
  };
  return {
    account,
    origin,
    api,
    page: (path) => sendRequest(account, new URL(origin).host, path),
    token: async (person) => {
      const { json } = await api('/api/config');
      const { clientId } = json.signIn as { clientId: string };
      const password = `${randomBytes(12).toString('base64url')}aA1!`;
      await createUser(account, UserPoolId, { ...person, password });
      return signIn(account, { clientId, origin, username: person.email, password });
    },
  };
}

/** Creates a user as docs/runbook.md describes, with a permanent password. */
export async function createUser(
  { endpointUrl, environment, authority }: Account,
  UserPoolId: string,
  { email, owner, operator, password }: Person & { readonly password: string },
): Promise<void> {
  const root = { accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'root' };
  const cognito = new CognitoIdentityProviderClient(clientConfiguration(endpointUrl, root, authority));
  const Username = email;
  try {
    const attributes = { email, email_verified: 'true', ...(owner === undefined ? {} : { 'custom:owner': owner }) };
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username,
        UserAttributes,
        MessageAction: 'SUPPRESS',
        // The emulator would generate a password that violates the pool's password policy.
        TemporaryPassword: password,
      }),
    );
    await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: password, Permanent: true }));
    if (operator) {
      await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: 'operators' }));
    }
  } finally {
    cognito.destroy();
  }
}
