/**
 * Who is signed in, in this tab.
 *
 * The token lives in sessionStorage: it outlives a reload, and goes with the tab. When it expires nothing on the page is
 * lost: requests wait in {@link Session.token} until the same person has signed in again, and are then sent with the new one.
 */
export interface Credentials {
  /** The OIDC ID token, sent as `Authorization: Bearer`. */
  readonly token: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

export type SessionState =
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'signed-in'; readonly credentials: Credentials }
  /** Somebody was signed in until a moment ago; what they did is still on the page. */
  | { readonly kind: 'expired'; readonly credentials: Credentials };

/** Signing in as another person must not send the first one's waiting requests. */
export class AnotherPersonError extends Error {
  override readonly name = 'AnotherPersonError';
}

const STORED_AS = 'centflow-session';

export class Session {
  #state: SessionState;
  readonly #storage: Storage;
  readonly #listeners = new Set<() => void>();

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#state = stored(storage);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SessionState => this.#state;

  /**
   * @throws AnotherPersonError where the session that expired was somebody else's.
   */
  signIn(credentials: Credentials): void {
    if (this.#state.kind === 'expired' && subjectOf(this.#state.credentials) !== subjectOf(credentials))
      throw new AnotherPersonError('That is another person. Sign in as the one whose page this is, or sign out first.');
    this.#set({ kind: 'signed-in', credentials });
  }

  signOut(): void {
    this.#set({ kind: 'signed-out' });
  }

  /** The API refused this token. A token that has been renewed meanwhile is left alone. */
  expire(token: string): void {
    if (this.#state.kind === 'signed-in' && this.#state.credentials.token === token)
      this.#set({ kind: 'expired', credentials: this.#state.credentials });
  }

  /**
   * The token to send; while the session is expired, the one that the next sign-in brings.
   *
   * @throws DOMException `AbortError` when the signal aborts, or nobody is signed in any more.
   */
  async token(signal?: AbortSignal | null): Promise<string> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#state.kind === 'signed-in') return this.#state.credentials.token;
      if (this.#state.kind === 'signed-out') throw new DOMException('Nobody is signed in.', 'AbortError');
      await this.#changed(signal);
    }
  }

  #changed(signal?: AbortSignal | null): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        unsubscribe();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const unsubscribe = this.subscribe(done);
      signal?.addEventListener('abort', done);
    });
  }

  #set(state: SessionState): void {
    this.#state = state;
    if (state.kind === 'signed-out') this.#storage.removeItem(STORED_AS);
    else this.#storage.setItem(STORED_AS, JSON.stringify(state.credentials));
    for (const listener of [...this.#listeners]) listener();
  }
}

function stored(storage: Storage): SessionState {
  try {
    const credentials: unknown = JSON.parse(storage.getItem(STORED_AS) ?? 'null');
    if (isCredentials(credentials)) return { kind: 'signed-in', credentials };
  } catch {
    // Whatever stands there is not ours: nobody is signed in.
  }
  return { kind: 'signed-out' };
}

function isCredentials(value: unknown): value is Credentials {
  return (
    typeof value === 'object' &&
    value !== null &&
    'token' in value &&
    typeof value.token === 'string' &&
    'expiresAt' in value &&
    typeof value.expiresAt === 'string'
  );
}

/** Read for comparison alone; the API verifies the token. */
export function subjectOf({ token }: Credentials): string | undefined {
  const payload = token.split('.')[1];
  if (!payload) return undefined;
  const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
  if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined;
  return String(claims.sub);
}

export const session = new Session(sessionStorage);
