import { Session } from './session.ts';

/** Its provider's code is loaded for the first renewal: no part of the first load, and never where one signs in without. */
export const session = new Session(sessionStorage, async (credentials) =>
  (await import('./oidc.ts')).renewCredentials(credentials),
);
