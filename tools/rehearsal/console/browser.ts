/** A browser, as far as the console's stack is concerned: requests by name, and a sign-in by Cognito's own page. */
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

/** Asks the emulator in the name of a host that it answers for. Signed by nobody. */
export async function ask(account: Account, host: string, path: string, asked: Request = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = asked;
  const outgoing = request(new URL(path, account.endpointUrl), {
    method,
    ca: account.authority,
    // The certificate is the emulator's, whatever host it stands for.
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
  /** Of the console: where Cognito sends the browser back to. */
  readonly origin: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Signs in as the pages do it: by a code that is worth nothing without the proof that only this browser has (PKCE).
 *
 * @returns the ID token
 */
export async function signIn(account: Account, { clientId, origin, username, password }: SignIn): Promise<string> {
  const { host } = new URL(account.endpointUrl);
  const proof = randomBytes(32).toString('base64url');
  const redirectUri = `${origin}/sign-in/return`;
  const state = randomBytes(8).toString('hex');
  const wanted = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state,
    code_challenge: createHash('sha256').update(proof).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const form = (fields: URLSearchParams): Request => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: fields.toString(),
  });
  const page = await ask(account, host, `/oauth2/authorize?${wanted}`);
  assert.equal(page.status, 200, page.text);

  const typed = new URLSearchParams([...wanted, ['username', username], ['password', password]]);
  const returned = await ask(account, host, '/login', form(typed));
  const back = new URL(returned.headers.location ?? 'missing:', origin);
  assert.equal(`${back.origin}${back.pathname}`, redirectUri, returned.text);
  assert.equal(back.searchParams.get('state'), state);

  const exchange = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri };
  const code = back.searchParams.get('code') ?? '';
  const withoutProof = await ask(account, host, '/oauth2/token', form(new URLSearchParams({ ...exchange, code })));
  assert.equal(withoutProof.status, 400, 'a code that somebody has taken is worth nothing');
  const again = new URL(
    (await ask(account, host, '/login', form(typed))).headers.location ?? 'missing:',
    origin,
  ).searchParams.get('code');
  const tokens = await ask(
    account,
    host,
    '/oauth2/token',
    form(new URLSearchParams({ ...exchange, code: again ?? '', code_verifier: proof })),
  );
  assert.equal(tokens.status, 200, tokens.text);
  return (JSON.parse(tokens.text) as { id_token: string }).id_token;
}
