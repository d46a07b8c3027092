/**
 * One PUT to a presigned URL, with progress.
 *
 * `XMLHttpRequest`, because `fetch` tells nothing of how much of a body has gone out.
 */

/** What S3 answers to a PUT. Both headers reach the page because the bucket's CORS rule exposes them. */
export interface PutAnswer {
  readonly etag: string;
  /** Only for a whole object, never for a part. */
  readonly versionId: string | null;
}

export interface PutRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly signal: AbortSignal;
  /** Bytes of the body that have left. */
  readonly onProgress: (sent: number) => void;
}

export type PutBlob = (request: PutRequest) => Promise<PutAnswer>;

/** Nothing came back: the network dropped, or S3 does not answer. Trying again can help. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  constructor() {
    super('The connection was lost while sending. The part already sent is kept. Try again.');
  }
}

/** S3 answered, and said no. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly status: number;
  /** S3's own code, such as `NoSuchUpload`; null where the answer had none. */
  readonly code: string | null;

  constructor(status: number, code: string | null) {
    super(`The storage did not accept the file (${status}${code === null ? '' : `, ${code}`}). Send it again.`);
    this.status = status;
    this.code = code;
  }

  /** The URL was signed for one state of the object, and it is in another by now. */
  get conflict(): boolean {
    return this.status === 412 || this.status === 409;
  }

  /** A signature that has run out and a busy storage both pass when it is tried again with a fresh URL. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 403 || this.status === 408;
  }
}

/**
 * Sends a blob to a presigned URL.
 *
 * @throws {ConnectionLostError} where no answer came, or none for a minute without a byte moving.
 * @throws {StorageError} where S3 said no.
 * @throws the signal's reason where it was aborted.
 */
export const putBlob: PutBlob = ({ url, headers, body, signal, onProgress }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) {
      // A browser sets these from the body, and refuses to be told.
      if (!/^(content-length|host)$/i.test(name)) request.setRequestHeader(name, value);
    }

    // A connection that hangs without being closed would otherwise stop the file for ever.
    let stalled: ReturnType<typeof setTimeout>;
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), 60_000);
    };
    moved();

    const abort = () => request.abort();
    signal.addEventListener('abort', abort, { once: true });
    request.upload.onprogress = (event) => {
      moved();
      onProgress(event.loaded);
    };
    request.onloadend = () => {
      clearTimeout(stalled);
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
