/**
 * Sign-in with an OIDC provider: authorisation code with PKCE. Loaded only where the environment has one.
 *
 * A page that must not be lost signs in through a second window, which hands the token over by a BroadcastChannel: unlike
 * `window.opener` that also works where the provider's pages cut the windows' ties (Cross-Origin-Opener-Policy).
 */
import { OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import { type Credentials, session } from './session.ts';

export interface Provider {
  readonly authority: string;
  readonly clientId: string;
}

/** Absent: the window closes when it has signed in. */
interface ReturnTo {
  readonly address?: string;
}

const HANDED_OVER_BY = 'centflow-sign-in';

function clientOf({ authority, clientId }: Provider): OidcClient {
  return new OidcClient({
    authority,
    client_id: clientId,
    redirect_uri: new URL('/sign-in/return', location.origin).href,
    response_type: 'code',
    scope: 'openid profile email',
    // The window that comes back is not always the one that left; what is kept is the verifier of one sign-in.
    stateStore: new WebStorageStateStore({ store: localStorage }),
  });
}

async function addressOfProvider(provider: Provider, returnTo: ReturnTo): Promise<string> {
  const { url } = await clientOf(provider).createSigninRequest({ state: returnTo, request_type: 'si:r' });
  return url;
}

/** Leaves the page for the provider's. */
export async function signInByRedirect(provider: Provider): Promise<void> {
  location.assign(await addressOfProvider(provider, { address: location.pathname + location.search }));
}

/**
 * The page stays; ends when the other window has signed in.
 *
 * @throws Error where the browser lets no window open
 */
export async function signInInWindow(provider: Provider): Promise<void> {
  const other = window.open('about:blank', '_blank', 'popup,width=520,height=720');
  if (!other)
    throw new Error(
      'The browser blocked the sign-in window. Allow windows for this address, then press “Sign in” again.',
    );
  const handedOver = nextCredentials();
  other.location.href = await addressOfProvider(provider, {});
  session.signIn(await handedOver);
}

function nextCredentials(): Promise<Credentials> {
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
export async function finishSignIn(provider: Provider): Promise<string | undefined> {
  const response = await clientOf(provider).processSigninResponse(location.href);
  if (!response.id_token || !response.expires_at) throw new Error('The sign-in brought no identity. Sign in again.');
  const credentials: Credentials = {
    token: response.id_token,
    expiresAt: new Date(response.expires_at * 1000).toISOString(),
  };
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

/** Ends the provider's own session too, or the next “Sign in” would ask nobody anything. */
export async function signOutOfProvider(provider: Provider): Promise<void> {
  const home = new URL('/', location.origin).href;
  const { url } = await clientOf(provider).createSignoutRequest({
    client_id: provider.clientId,
    post_logout_redirect_uri: home,
    // Cognito's own name for it.
    extraQueryParams: { logout_uri: home },
  });
  location.assign(url);
}
