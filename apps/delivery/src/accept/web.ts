/**
 * Sends HTTP requests to CloudFront, the API and S3 as a browser does. The rehearsal replaces this function for the
 * emulator.
 */
export interface WebRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebAnswer {
  readonly status: number;
  /** The response headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export type Web = (url: string, request?: WebRequest) => Promise<WebAnswer>;

/** The time limit of a request, in milliseconds. The API itself responds within 29 seconds. */
const TIMEOUT_MS = 60_000;

export const web: Web = async (url, { method = 'GET', headers = {}, body } = {}) => {
  const response = await fetch(url, {
    method,
    // The WAF rules block requests without a User-Agent header.
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
