/** Returns the person who is signed in, and the sign-in configuration. */
import type { Handlers } from './context.ts';
import { OBJECT_BYTES_AT_MOST } from './contract/sends.ts';
import type { SignIn } from './contract/session.ts';

export interface SessionParts {
  readonly environment: string;
  readonly signIn: SignIn;
}

export function sessionHandlers({ environment, signIn }: SessionParts): Pick<Handlers, 'getConfig' | 'getSession'> {
  return {
    async getConfig(context) {
      return context.json({ environment, signIn }, 200);
    },

    async getSession(context) {
      const { owner, name, operator, expires } = context.get('identity');
      const expiresAt = new Date(expires * 1000).toISOString();
      return context.json({ owner, name, operator, expiresAt, limits: { objectBytes: OBJECT_BYTES_AT_MOST } }, 200);
    },
  };
}
