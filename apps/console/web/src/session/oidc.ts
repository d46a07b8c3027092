/**
 * Sign-in with an OIDC provider: authorisation code with PKCE. Loaded only where the environment has one.
 *
 * A page that must not be lost signs in through a second window, which hands the token over by a BroadcastChannel: unlike
 * `window.opener` that also works where the provider's pages cut the windows' ties (Cross-Origin-Opener-Policy).
 */
import { OidcClient, type SigninResponse, type UserProfile, WebStorageStateStore } from 'oidc-client-ts';
import { queryClient } from '../api/query-client.ts';
import { configQuery } from './config.ts';
import type { Credentials } from './session.ts';
import { session } from './this-tab.ts';

/** Absent: the window closes when it has signed in. */
interface ReturnTo {
  readonly address?: string;
}

const SIGN_IN_AGAIN = '/sign-in/again';
const HANDED_OVER_BY = 'centflow-sign-in';
const SCOPE = 'openid profile email';
/** Requests of the page wait for a renewal no longer than this. */
const TIMEOUT_SECONDS = 10;

async function connect(): Promise<OidcClient> {
  const { signIn } = await queryClient.fetchQuery(configQuery);
  if (signIn.kind !== 'oidc') throw new Error('Here one signs in without a provider.');
  return new OidcClient({
    authority: signIn.authority,
    client_id: signIn.clientId,
    redirect_uri: new URL('/sign-in/return', location.origin).href,
    response_type: 'code',
    scope: SCOPE,
    requestTimeoutInSeconds: TIMEOUT_SECONDS,
    // The window that comes back is not always the one that left; what is kept is the verifier of one sign-in.
    stateStore: new WebStorageStateStore({ store: localStorage }),
  });
}

/** Leaves the page for the provider's. */
export async function signInByRedirect(): Promise<void> {
  const returnTo: ReturnTo = { address: location.pathname + location.search };
  const { url } = await (await connect()).createSigninRequest({ state: returnTo });
  location.assign(url);
}

/**
 * The page stays; ends when the other window has signed in.
 *
 * The provider may remember somebody else, who would be signed in without a question, and refused, again and again. So the other
 * window signs out at the provider first. `prompt=login` alone is not enough: Cognito's classic pages ignore it
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html).
 *
 * @throws Error where the browser lets no window open
 */
export async function signInInWindow(): Promise<void> {
  const other = window.open('about:blank', '_blank', 'popup,width=520,height=720');
  if (!other)
    throw new Error('The browser blocked the sign-in window. Allow pop-ups for this site, then press “Sign in” again.');
  const handedOver = waitForCredentials();
  const client = await connect();
  const canSignOut = (await client.metadataService.getEndSessionEndpoint()) !== undefined;
  other.location.href = await (canSignOut ? createSignOutUrl(client, SIGN_IN_AGAIN) : createSecondSignInUrl(client));
  session.signIn(await handedOver);
}

/** In the second window, once the provider has forgotten who was signed in: leaves for the provider's sign-in. */
export async function signInAgain(): Promise<void> {
  location.replace(await createSecondSignInUrl(await connect()));
}

/** Where a window signs in that closes afterwards. */
async function createSecondSignInUrl(client: OidcClient): Promise<string> {
  const returnTo: ReturnTo = {};
  return (await client.createSigninRequest({ state: returnTo, prompt: 'login' })).url;
}

function waitForCredentials(): Promise<Credentials> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(HANDED_OVER_BY);
    channel.onmessage = ({ data }: MessageEvent<Credentials>) => {
      channel.close();
      resolve(data);
    };
  });
}

/**
 * In the window that the provider sent back.
 *
 * @returns the address of the page to show, or undefined where this window has done its work
 */
export async function finishSignIn(): Promise<string | undefined> {
  const response = await (await connect()).processSigninResponse(location.href);
  const credentials = getCredentials(response);
  const { address } = (response.userState ?? {}) as ReturnTo;
  if (address !== undefined) {
    session.signIn(credentials);
    return address;
  }
  const channel = new BroadcastChannel(HANDED_OVER_BY);
  channel.postMessage(credentials);
  channel.close();
  window.close();
  return undefined;
}

function getCredentials({ id_token, expires_at, refresh_token }: SigninResponse): Credentials {
  if (!id_token || !expires_at) throw new Error('The sign-in did not complete. Sign in again.');
  return {
    token: id_token,
    expiresAt: new Date(expires_at * 1000).toISOString(),
    ...(refresh_token ? { refreshToken: refresh_token } : {}),
  };
}

/** @throws Error where the provider renews no more, cannot be reached, or means somebody else */
export async function renewCredentials({ token, refreshToken = '' }: Credentials): Promise<Credentials> {
  const response = await (await connect()).useRefreshToken({
    state: {
      refresh_token: refreshToken,
      id_token: token,
      scope: SCOPE,
      session_state: null,
      // Handed through to who reads claims here: nobody.
      profile: {} as UserProfile,
    },
    timeoutInSeconds: TIMEOUT_SECONDS,
  });
  return { refreshToken, ...getCredentials(response) };
}

/** Ends the provider's own session too, or the next “Sign in” would ask nobody anything. */
export async function signOutOfProvider(refreshToken: string | undefined): Promise<void> {
  const client = await connect();
  // One that cannot be revoked now ends by itself; who signs out is not held up.
  if (refreshToken !== undefined) await client.revokeToken(refreshToken, 'refresh_token').catch(() => undefined);
  location.assign(await createSignOutUrl(client, '/'));
}

/** @param then where the provider leads afterwards: an address of the console that it knows (infra: `logoutUrls`) */
async function createSignOutUrl(client: OidcClient, then: '/' | typeof SIGN_IN_AGAIN): Promise<string> {
  const address = new URL(then, location.origin).href;
  const { url } = await client.createSignoutRequest({
    client_id: client.settings.client_id,
    post_logout_redirect_uri: address,
    // Cognito's own name for it: https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
    extraQueryParams: { logout_uri: address },
  });
  return url;
}
