/**
 * Sends one PUT request to a presigned URL and reports progress.
 *
 * Uses `XMLHttpRequest`, because `fetch` does not report upload progress.
 */

/** The response of S3 to a PUT. The bucket's CORS rule exposes the ETag and the version id. */
export interface PutAnswer {
  readonly etag: string;
  /** The version id; null for a part. */
  readonly versionId: string | null;
}

export interface PutRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly signal: AbortSignal;
  /** Called with the number of bytes sent so far. */
  readonly onProgress: (sent: number) => void;
}

export type PutBlob = (request: PutRequest) => Promise<PutAnswer>;

/** Thrown if S3 did not respond, for example because the network failed. A retry can help. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  constructor() {
    super('The connection was lost while sending. The part already sent is saved. Try again.');
  }
}

/** Thrown if S3 refused the request. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly status: number;
  /** The error code of S3, such as `NoSuchUpload`; null if the response contains no code. */
  readonly code: string | null;

  constructor(status: number, code: string | null) {
    super(`The storage did not accept the file (${status}${code === null ? '' : `, ${code}`}). Send it again.`);
    this.status = status;
    this.code = code;
  }

  /** Whether the object has changed since the URL was signed. */
  get conflict(): boolean {
    return this.status === 412 || this.status === 409;
  }

  /** Whether a retry with a new URL can help, for example after an expired signature or while S3 is busy. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 403 || this.status === 408;
  }
}

/**
 * Sends a blob to a presigned URL.
 *
 * @throws {ConnectionLostError} if S3 does not respond, or if no byte is sent for a minute
 * @throws {StorageError} if S3 refuses the request
 * @throws the signal's reason if it aborts
 */
export const putBlob: PutBlob = ({ url, headers, body, signal, onProgress }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) {
      // Skips these headers, because browsers set them and do not let pages set them.
      if (!/^(content-length|host)$/i.test(name)) request.setRequestHeader(name, value);
    }

    // Aborts a stalled request. Otherwise a connection that hangs without closing would block the file forever.
    let stallTimer: ReturnType<typeof setTimeout>;
    const restartStallTimer = () => {
      clearTimeout(stallTimer);
      stallTimer = setTimeout(() => request.abort(), 60_000);
    };
    restartStallTimer();

    const abort = () => request.abort();
    signal.addEventListener('abort', abort, { once: true });
    request.upload.onprogress = (event) => {
      restartStallTimer();
      onProgress(event.loaded);
    };
    request.onloadend = () => {
      clearTimeout(stallTimer);
      signal.removeEventListener('abort', abort);
      if (signal.aborted) return reject(signal.reason);
      if (request.status === 0) return reject(new ConnectionLostError());
      if (request.status >= 300) return reject(new StorageError(request.status, parseErrorCode(request.responseText)));
      onProgress(body.size);
      resolve({
        etag: request.getResponseHeader('etag') ?? '',
        versionId: request.getResponseHeader('x-amz-version-id'),
      });
    };
    request.send(body);
  });

function parseErrorCode(xml: string): string | null {
  return /<Code>([A-Za-z]+)<\/Code>/.exec(xml)?.[1] ?? null;
}
