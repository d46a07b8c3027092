import { Session } from './session.ts';

/** The session of this tab. The code for the provider loads with the first renewal instead of with the page. */
export const session = new Session(sessionStorage, async (credentials) =>
  (await import('./oidc-client.ts')).renewCredentials(credentials),
);
