/** Acts as a browser for the console's stack: sends requests by host name, and signs in on Cognito's page. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Account } from '../account.ts';

export interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends an unsigned request to the emulator, for a host that the emulator serves. */
export async function sendRequest(
  account: Account,
  host: string,
  path: string,
  options: Request = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const outgoing = request(new URL(path, account.endpointUrl), {
    method,
    ca: account.authority,
    // The emulator presents the same certificate for every host, so the host name is not verified.
    servername: '',
    headers: { ...headers, host },
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of incoming.setEncoding('utf8')) text += part;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text };
}

export interface SignIn {
  readonly clientId: string;
  /** The origin of the console, to which Cognito redirects the browser. */
  readonly origin: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Signs in as the pages do, with PKCE. The authorisation code is useless without the verifier, which only this browser
 * knows.
 *
 * @returns the ID token
 */
export async function signIn(account: Account, { clientId, origin, username, password }: SignIn): Promise<string> {
  const { host } = new URL(account.endpointUrl);
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = `${origin}/sign-in/return`;
  const state = randomBytes(8).toString('hex');
  const parameters = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const form = (fields: URLSearchParams): Request => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: fields.toString(),
  });
  const page = await sendRequest(account, host, `/oauth2/authorize?${parameters}`);
  assert.equal(page.status, 200, page.text);

  const filledForm = new URLSearchParams([...parameters, ['username', username], ['password', password]]);
  const returned = await sendRequest(account, host, '/login', form(filledForm));
  const back = new URL(returned.headers.location ?? 'missing:', origin);
  assert.equal(`${back.origin}${back.pathname}`, redirectUri, returned.text);
  assert.equal(back.searchParams.get('state'), state);

  const exchange = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri };
  const code = back.searchParams.get('code') ?? '';
  const withoutVerifier = await sendRequest(
    account,
    host,
    '/oauth2/token',
    form(new URLSearchParams({ ...exchange, code })),
  );
  assert.equal(withoutVerifier.status, 400, 'Cognito accepted an authorisation code without its PKCE verifier');
  const secondCode = new URL(
    (await sendRequest(account, host, '/login', form(filledForm))).headers.location ?? 'missing:',
    origin,
  ).searchParams.get('code');
  const tokens = await sendRequest(
    account,
    host,
    '/oauth2/token',
    form(new URLSearchParams({ ...exchange, code: secondCode ?? '', code_verifier: verifier })),
  );
  assert.equal(tokens.status, 200, tokens.text);
  return (JSON.parse(tokens.text) as { id_token: string }).id_token;
}
