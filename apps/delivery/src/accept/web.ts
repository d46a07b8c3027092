/** Plain HTTP requests, as a browser sends them. The rehearsal has its own implementation for the emulator. */
export interface WebRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebAnswer {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export type Web = (url: string, request?: WebRequest) => Promise<WebAnswer>;

/** The API responds within 29 seconds. */
const TIMEOUT_MS = 60_000;

export const web: Web = async (url, { method = 'GET', headers = {}, body } = {}) => {
  const response = await fetch(url, {
    method,
    // WAF's rules block requests without a User-Agent header.
    headers: { 'user-agent': 'centflow-accept', ...headers },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
};
