/**
 * Who is signed in, in a tab.
 *
 * The tokens live in sessionStorage: they outlive a reload, and go with the tab. They are renewed before they expire, where
 * somebody renews them. Where nobody does, nothing on the page is lost: requests wait in {@link Session.token} until the same
 * person has signed in again, and are then sent with the new token.
 */
export interface Credentials {
  /** The OIDC ID token, sent as `Authorization: Bearer`. */
  readonly token: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  /** Good for one renewal, which brings the next. Absent where one signs in without a provider. */
  readonly refreshToken?: string;
}

/** Asks for the credentials that follow these; fails where there are none, or nobody answers. */
export type Renew = (credentials: Credentials) => Promise<Credentials>;

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
/** How much of what is left of a token's life passes before its renewal: one that is new is never due at once. */
const RENEWED_AFTER = 0.8;

export class Session {
  #state: SessionState;
  readonly #storage: Storage;
  readonly #renew: Renew;
  readonly #listeners = new Set<() => void>();
  /** The renewal that is under way. */
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

  /**
   * @throws AnotherPersonError where the session that expired was somebody else's.
   */
  signIn(credentials: Credentials): void {
    if (this.#state.kind === 'expired' && getSubject(this.#state.credentials) !== getSubject(credentials))
      throw new AnotherPersonError('That is a different person. Sign in with the same account, or sign out first.');
    this.#set({ kind: 'signed-in', credentials });
  }

  signOut(): void {
    this.#set({ kind: 'signed-out' });
  }

  /** The API refused this token: it is renewed, or else expires. */
  async renewOrExpire(token: string): Promise<void> {
    if (this.#state.kind === 'signed-in' && this.#state.credentials.token === token)
      await this.#renewed(this.#state.credentials);
    this.expire(token);
  }

  /** The API refused this token for good. One that has been replaced meanwhile is left alone. */
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

  #renewInTime(): void {
    clearTimeout(this.#renewalDue);
    if (this.#state.kind !== 'signed-in') return;
    const { credentials } = this.#state;
    const left = Date.parse(credentials.expiresAt) - Date.now();
    this.#renewalDue = setTimeout(() => void this.#renewed(credentials), left * RENEWED_AFTER);
  }

  /** One at a time: the provider takes a refresh token that comes a second time for stolen. */
  #renewed(credentials: Credentials): Promise<void> {
    if (credentials.refreshToken === undefined) return Promise.resolve();
    this.#renewal ??= this.#renew(credentials)
      .then(
        (renewed) => this.#replace(credentials, renewed),
        // The token is good for a while yet; the API's refusal then asks once more, and after that the person is asked.
        () => undefined,
      )
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }

  /** Whoever signed out meanwhile stays signed out. */
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
    typeof value.expiresAt === 'string' &&
    (!('refreshToken' in value) || typeof value.refreshToken === 'string')
  );
}

/** Read for comparison alone; the API verifies the token. */
export function getSubject({ token }: Credentials): string | undefined {
  const payload = token.split('.')[1];
  if (!payload) return undefined;
  const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
  if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined;
  return String(claims.sub);
}
