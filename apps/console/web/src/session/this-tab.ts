import { Session } from './session.ts';

/** The session of this tab. The provider's client code is imported at the first renewal, so that the page loads faster. */
export const session = new Session(sessionStorage, async (credentials) =>
  (await import('./oidc-client.ts')).renewCredentials(credentials),
);
