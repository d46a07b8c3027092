/**
 * Signs in with an OIDC provider, by authorisation code with PKCE. This module loads only in environments with a
 * provider.
 *
 * A page that must keep its state signs in through a second window, which passes the token over a BroadcastChannel.
 * Unlike `window.opener`, this works even if the provider's pages set Cross-Origin-Opener-Policy.
 */
import type { OidcClient } from 'oidc-client-ts';
import { connect, getCredentials } from './oidc-client.ts';
import type { Credentials } from './session.ts';
import { session } from './this-tab.ts';

/** The page to show after the sign-in. A second window has no such page, because it closes after the sign-in. */
interface ReturnTo {
  readonly address?: string;
}

const SIGN_IN_AGAIN = '/sign-in/again';
const HANDED_OVER_BY = 'centflow-sign-in';
/** Navigates to the provider's sign-in page. */
export async function signInByRedirect(): Promise<void> {
  const returnTo: ReturnTo = { address: location.pathname + location.search };
  const { url } = await (await connect()).createSigninRequest({ state: returnTo });
  location.assign(url);
}

/**
 * Signs in through a second window and keeps this page. Resolves when the second window has signed in.
 *
 * The provider may remember another person and sign that person in without a form. This page would refuse the other
 * person every time. The second window therefore first signs out at the provider. `prompt=login` alone is not enough,
 * because Cognito's classic pages ignore it
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html).
 *
 * @throws Error if the browser blocks the window
 */
export async function signInInWindow(): Promise<void> {
  const other = window.open('about:blank', '_blank', 'popup,width=520,height=720');
  if (!other)
    throw new Error(
      'Your browser blocked the sign-in window. Allow pop-ups for this site, then press “Sign in” again.',
    );
  const handedOver = waitForCredentials();
  const client = await connect();
  const canSignOut = (await client.metadataService.getEndSessionEndpoint()) !== undefined;
  other.location.href = await (canSignOut ? createSignOutUrl(client, SIGN_IN_AGAIN) : createSecondSignInUrl(client));
  session.signIn(await handedOver);
}

/** Opens the provider's sign-in page in the second window, after the provider has signed out. */
export async function signInAgain(): Promise<void> {
  location.replace(await createSecondSignInUrl(await connect()));
}

/** Returns the address of a sign-in page whose window closes after the sign-in. */
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
 * Completes the sign-in in the window that the provider returned.
 *
 * @returns the address of the page to show, or undefined if this window closes
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

/** Ends the session at the provider too. Otherwise the provider would sign the next person in without a form. */
export async function signOutOfProvider(refreshToken: string | undefined): Promise<void> {
  const client = await connect();
  // A failed revocation does not stop the sign-out, because the refresh token expires later anyway.
  if (refreshToken !== undefined) await client.revokeToken(refreshToken, 'refresh_token').catch(() => undefined);
  location.assign(await createSignOutUrl(client, '/'));
}

/** @param then the page to show after the sign-out; it must be registered with the provider (infra: `logoutUrls`) */
async function createSignOutUrl(client: OidcClient, then: '/' | typeof SIGN_IN_AGAIN): Promise<string> {
  const address = new URL(then, location.origin).href;
  const { url } = await client.createSignoutRequest({
    client_id: client.settings.client_id,
    post_logout_redirect_uri: address,
    // Cognito's name for the parameter: https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
    extraQueryParams: { logout_uri: address },
  });
  return url;
}
