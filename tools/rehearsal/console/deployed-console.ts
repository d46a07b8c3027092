/** The console as Terraform deployed it: its addresses, and people who may sign in. */
import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientConfiguration } from '@centflow/local-stack/clients';
import type { Account } from '../account.ts';
import { type Answer, ask, type Request, signIn } from './browser.ts';

/** What the API says of anything: members are looked up, not believed. */
export interface ApiAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface DeployedConsole {
  readonly account: Account;
  /** `https://….cloudfront.net`. */
  readonly origin: string;
  /** Asks CloudFront for a page. */
  page(path: string): Promise<Answer>;
  /**
   * Asks the HTTP API. Not by CloudFront: the emulator's looks for the API's address on the internet, and does not find that it
   * is itself.
   */
  api(path: string, asked?: Request & { readonly token?: string }): Promise<ApiAnswer>;
  /** Makes an account as docs/runbook.md says it, signs in, and returns the ID token. */
  token(person: Person): Promise<string>;
}

export interface Person {
  readonly email: string;
  /** Whose money it is; left out: nobody's yet. */
  readonly owner?: string;
  readonly operator?: true;
}

/** @param outputs what `console` told */
export function deployedConsole(account: Account, outputs: Readonly<Record<string, string>>): DeployedConsole {
  const { console_url: origin = '', console_api_id: apiId = '', user_pool_id: UserPoolId = '' } = outputs;
  const apiHost = `${apiId}.execute-api.localhost`;
  const api: DeployedConsole['api'] = async (path, { token, headers = {}, ...asked } = {}) => {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { status, text } = await ask(account, apiHost, path, {
      ...asked,
      headers: { ...headers, ...authorization, origin, 'content-type': 'application/json' },
    });
    return { status, json: JSON.parse(text) as ApiAnswer['json'] };
  };
  return {
    account,
    origin,
    api,
    page: (path) => ask(account, new URL(origin).host, path),
    token: async (person) => {
      const { json } = await api('/api/config');
      const { clientId } = json.signIn as { clientId: string };
      const password = `${randomBytes(12).toString('base64url')}aA1!`;
      await makeAccount(account, UserPoolId, { ...person, password });
      return signIn(account, { clientId, origin, username: person.email, password });
    },
  };
}

/** Makes an account as docs/runbook.md says it, with a password that is good at once. */
export async function makeAccount(
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
        // One that the emulator thinks of itself breaks the pool's own rules.
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
