/**
 * The session of a tab.
 *
 * The tokens are in sessionStorage, so the tokens survive a reload and are deleted with the tab. The session renews its
 * token before the token expires. If the renewal fails, the page keeps its state. Requests wait in {@link
 * Session.token} until the same person signs in again, and then use the new token.
 */
export interface Credentials {
  /** The OIDC ID token, sent as `Authorization: Bearer`. */
  readonly token: string;
  /** When the token expires: ISO 8601, UTC. */
  readonly expiresAt: string;
  /**
   * The refresh token for a single renewal, which returns the next refresh token. Absent after a sign-in without a
   * provider.
   */
  readonly refreshToken?: string;
}

/** Requests new credentials. Rejects if the provider refuses the request or does not respond. */
export type Renew = (credentials: Credentials) => Promise<Credentials>;

export type SessionState =
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'signed-in'; readonly credentials: Credentials }
  /** The session has ended, but the page keeps its state. */
  | { readonly kind: 'expired'; readonly credentials: Credentials };

/** Thrown if another person signed in to an expired session. The first person's waiting requests must not be sent. */
export class AnotherPersonError extends Error {
  override readonly name = 'AnotherPersonError';
}

const STORED_AS = 'centflow-session';
/** A token is renewed after this share of its remaining lifetime, so a new token is never renewed immediately. */
const RENEWED_AFTER = 0.8;

export class Session {
  #state: SessionState;
  readonly #storage: Storage;
  readonly #renew: Renew;
  readonly #listeners = new Set<() => void>();
  /** The renewal in progress. */
  #renewal: Promise<void> | undefined;
  #renewalDue: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: Storage, renew: Renew) {
    this.#storage = storage;
    this.#renew = renew;
    this.#state = readStored(storage);
    this.#renewInTime();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SessionState => this.#state;

  /** Starts or continues the session. Throws AnotherPersonError if the expired session belongs to another person. */
  signIn(credentials: Credentials): void {
    if (this.#state.kind === 'expired' && getSubject(this.#state.credentials) !== getSubject(credentials))
      throw new AnotherPersonError('That is a different person. Sign in with the same account, or sign out first.');
    this.#set({ kind: 'signed-in', credentials });
  }

  signOut(): void {
    this.#set({ kind: 'signed-out' });
  }

  /** Renews a token that the API refused. If the renewal fails, the session expires. */
  async renewOrExpire(token: string): Promise<void> {
    if (this.#state.kind === 'signed-in' && this.#state.credentials.token === token)
      await this.#renewed(this.#state.credentials);
    this.expire(token);
  }

  /**
   * Expires the session if the API refused the session's current token. A token that has been replaced has no effect.
   */
  expire(token: string): void {
    if (this.#state.kind === 'signed-in' && this.#state.credentials.token === token)
      this.#set({ kind: 'expired', credentials: this.#state.credentials });
  }

  /**
   * Returns the token to send. If the session has expired, waits for the next sign-in.
   *
   * @throws DOMException `AbortError` if the signal aborts or nobody is signed in
   */
  async token(signal?: AbortSignal | null): Promise<string> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#state.kind === 'signed-in') return this.#state.credentials.token;
      if (this.#state.kind === 'signed-out')
        throw new DOMException('Nobody is signed in. Sign in, then try again.', 'AbortError');
      await this.#changed(signal);
    }
  }

  #renewInTime(): void {
    clearTimeout(this.#renewalDue);
    if (this.#state.kind !== 'signed-in') return;
    const { credentials } = this.#state;
    const remaining = Date.parse(credentials.expiresAt) - Date.now();
    this.#renewalDue = setTimeout(() => void this.#renewed(credentials), remaining * RENEWED_AFTER);
  }

  /** Runs only one renewal at a time, because a provider treats a refresh token that is used twice as stolen. */
  #renewed(credentials: Credentials): Promise<void> {
    if (credentials.refreshToken === undefined) return Promise.resolve();
    this.#renewal ??= this.#renew(credentials)
      .then(
        (renewed) => this.#replace(credentials, renewed),
        // A failure here is harmless, because the token is still valid. When the API refuses the token, the session
        // tries to renew it once more.
        () => undefined,
      )
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }

  /** Replaces the credentials, unless the person has signed out in the meantime. */
  #replace(old: Credentials, credentials: Credentials): void {
    if (this.#state.kind === 'signed-in' && this.#state.credentials === old)
      this.#set({ kind: 'signed-in', credentials });
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
    this.#renewInTime();
    if (state.kind === 'signed-out') this.#storage.removeItem(STORED_AS);
    else this.#storage.setItem(STORED_AS, JSON.stringify(state.credentials));
    for (const listener of [...this.#listeners]) listener();
  }
}

function readStored(storage: Storage): SessionState {
  try {
    const credentials: unknown = JSON.parse(storage.getItem(STORED_AS) ?? 'null');
    if (isCredentials(credentials)) return { kind: 'signed-in', credentials };
  } catch {
    // The stored value is not a session, so nobody is signed in.
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
    typeof value.expiresAt === 'string' &&
    (!('refreshToken' in value) || typeof value.refreshToken === 'string')
  );
}

/** Returns the subject of the token, for comparison only. The API verifies the token. */
export function getSubject({ token }: Credentials): string | undefined {
  const payload = token.split('.')[1];
  if (!payload) return undefined;
  const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
  if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined;
  return String(claims.sub);
}
