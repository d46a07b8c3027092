/**
 * Sends a file directly to S3. A small file is sent in a single PUT, and a large file in parts. A large file can
 * continue after a lost connection or a reload.
 *
 * Uppy is not suitable: its S3 client creates, lists and completes multipart uploads with presigned calls. Here the API
 * makes these calls, so that it can check them and write the audit log. Uppy also hides the version id of a PUT, which
 * is needed to follow an upload.
 */
import pRetry from 'p-retry';
import { ApiError, isTransient } from '../../api/problem.ts';
import { identifyFile } from './file-identity.ts';
import { ConnectionLostError, type PutBlob, StorageError } from './put-blob.ts';
import type { SendStore, UnfinishedSend } from './send-store.ts';

/**
 * The number of parts that are sent at once. Three parts use the connection fully, and an interruption wastes little.
 */
const partsAtOnce = 3;

/** How to send the file, as the API decided. */
export type StartedSend = { readonly objectKey: string } & (
  | { readonly kind: 'put'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'multipart'; readonly multipartId: string; readonly partBytes: number; readonly parts: number }
);

export interface SendRequest {
  readonly feed: string;
  readonly name: string;
  readonly bytes: number;
  readonly contentType: 'text/csv' | 'application/gzip';
  /** The version to replace. The API refuses the request if another version is the newest. */
  readonly replaces?: { readonly versionId: string };
}

export interface SentPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** The API calls for sending. */
export interface SendApi {
  start(request: SendRequest): Promise<StartedSend>;
  sign(
    send: Pick<UnfinishedSend, 'objectKey' | 'multipartId'>,
    part: { partNumber: number; bytes: number },
  ): Promise<{ url: string; headers: Readonly<Record<string, string>> }>;
  /** Returns the parts that S3 stores, or null if the multipart upload no longer exists. */
  parts(
    send: Pick<UnfinishedSend, 'objectKey' | 'multipartId'>,
  ): Promise<readonly (SentPart & { bytes: number })[] | null>;
  /** `replaces` has the same meaning as in `start`: a file uploaded in the meantime is not overwritten. */
  complete(
    send: Pick<UnfinishedSend, 'objectKey' | 'multipartId'>,
    parts: readonly SentPart[],
    replaces: SendRequest['replaces'],
  ): Promise<{ versionId: string }>;
  /** Returns the newest version of a key, or null if the key has no version or was deleted. */
  newest(objectKey: string): Promise<{ versionId: string; bytes: number } | null>;
  abort(send: Pick<UnfinishedSend, 'objectKey' | 'multipartId'>): Promise<void>;
}

export interface Sending {
  readonly owner: string;
  readonly file: Blob;
  readonly request: SendRequest;
  readonly api: SendApi;
  readonly put: PutBlob;
  readonly store: SendStore;
  /** Aborting this signal pauses the send. S3 keeps the parts, and sending the same file again resumes the send. */
  readonly signal: AbortSignal;
  readonly onProgress: (sent: number) => void;
  /** Called with true while retrying after a lost connection, and with false when the connection is back. */
  readonly onWaiting?: (waiting: boolean) => void;
  /** The milliseconds before the first retry. */
  readonly retryAfter?: number;
}

/** The version that S3 created. */
export interface Sent {
  readonly objectKey: string;
  readonly versionId: string;
  /** The number of bytes that S3 already stored from an earlier attempt. */
  readonly resumedBytes: number;
}

/** Thrown if another version of the file was sent in the meantime. */
export class OverwriteError extends Error {
  override readonly name = 'OverwriteError';
  constructor() {
    super('Another file with this name was sent in the meantime. Check this file again, then replace it or keep both.');
  }
}

/** Sends a file, or resumes an earlier attempt if S3 still stores the parts of that attempt. */
export async function sendFile(sending: Sending): Promise<Sent> {
  const { owner, file, request, api, store } = sending;
  const identity = await identifyFile(file, request.name);
  const earlier = await store.find(owner, request.feed, identity);
  if (earlier !== undefined) {
    const parts = await api.parts(earlier);
    if (parts !== null) return sendParts(sending, earlier, parts);
    await store.delete(earlier);
  }

  const started = await api.start(request);
  if (started.kind === 'put') return sendWhole(sending, started);
  const { objectKey, multipartId, partBytes } = started;
  const { feed, name, bytes } = request;
  const send = { owner, feed, name, bytes, identity, objectKey, multipartId, partBytes, startedAt: Date.now() };
  await store.save(send);
  return sendParts(sending, send, []);
}

/** Deletes the parts that S3 stores. */
export async function discardSend(api: SendApi, store: SendStore, send: UnfinishedSend): Promise<void> {
  await api.abort(send);
  await store.delete(send);
}

async function sendWhole(sending: Sending, first: Extract<StartedSend, { kind: 'put' }>): Promise<Sent> {
  let { url, headers }: { url: string; headers: Readonly<Record<string, string>> } = first;
  let lost = false;
  let ranOut = false;
  const versionId = await retry(sending, async () => {
    // Requests a new URL only after an expired signature. If only the response was lost, the object exists, and the API
    // would refuse a new URL.
    if (ranOut) {
      const renewed = await sending.api.start(sending.request);
      if (renewed.kind === 'put') ({ url, headers } = renewed);
    }
    try {
      const put = { url, headers, body: sending.file, signal: sending.signal, onProgress: sending.onProgress };
      return (await sending.put(put)).versionId;
    } catch (error) {
      if (error instanceof StorageError && error.conflict) return findOwnVersion(sending, first.objectKey, lost);
      lost ||= error instanceof ConnectionLostError;
      ranOut = error instanceof StorageError && error.status === 403;
      throw error;
    }
  });
  if (versionId === null) throw new Error('The storage does not keep versions. Ask an operator to turn on versioning.');
  return { objectKey: first.objectKey, versionId, resumedBytes: 0 };
}

/**
 * Returns the id of the conflicting version if that version is this file and only the response was lost.
 *
 * @throws {OverwriteError} if the version is another file
 */
async function findOwnVersion({ api, file, request }: Sending, objectKey: string, lost: boolean): Promise<string> {
  const newest = lost ? await api.newest(objectKey) : null;
  if (newest?.bytes !== file.size || newest.versionId === request.replaces?.versionId) throw new OverwriteError();
  return newest.versionId;
}

async function sendParts(
  sending: Sending,
  send: UnfinishedSend,
  held: readonly (SentPart & { bytes: number })[],
): Promise<Sent> {
  const { api, file, store } = sending;
  const broken = new AbortController();
  const signal = AbortSignal.any([sending.signal, broken.signal]);
  const sizes = splitIntoParts(file.size, send.partBytes);
  const done = new Map(
    held.filter((part) => sizes[part.partNumber - 1] === part.bytes).map((part) => [part.partNumber, part.etag]),
  );
  const sent = sizes.map((bytes, at) => (done.has(at + 1) ? bytes : 0));
  const resumedBytes = sum(sent);
  sending.onProgress(resumedBytes);

  const missing = sizes.map((_, at) => at + 1).filter((partNumber) => !done.has(partNumber));
  const sendNext = async (): Promise<void> => {
    for (let partNumber = missing.shift(); partNumber !== undefined; partNumber = missing.shift()) {
      const number = partNumber;
      const bytes = sizes[number - 1] ?? 0;
      const from = (number - 1) * send.partBytes;
      const { etag } = await retry({ ...sending, signal }, async () => {
        const signed = await api.sign(send, { partNumber: number, bytes });
        const onProgress = (sentBytes: number) => {
          sent[number - 1] = sentBytes;
          sending.onProgress(sum(sent));
        };
        return sending.put({ ...signed, body: file.slice(from, from + bytes), signal, onProgress });
      });
      done.set(number, etag);
    }
  };
  try {
    await Promise.all(Array.from({ length: partsAtOnce }, sendNext));
  } catch (error) {
    // If a part fails after all retries, stops the other parts, because they would be useless.
    broken.abort(error);
    throw error;
  }

  const parts = [...done]
    .map(([partNumber, etag]) => ({ partNumber, etag }))
    .sort((a, b) => a.partNumber - b.partNumber);
  const { versionId } = await retry(sending, () => api.complete(send, parts, sending.request.replaces));
  await store.delete(send);
  return { objectKey: send.objectKey, versionId, resumedBytes };
}

/** Returns the size of each part in bytes. All parts have the same size except the last part. */
export function splitIntoParts(bytes: number, partBytes: number): number[] {
  return Array.from({ length: Math.ceil(bytes / partBytes) }, (_, at) => Math.min(partBytes, bytes - at * partBytes));
}

/** Retries transient errors with growing pauses, for about two minutes in total. */
async function retry<T>({ signal, onWaiting, retryAfter = 500 }: Sending, once: () => Promise<T>): Promise<T> {
  const answer = await pRetry(once, {
    signal,
    retries: 10,
    minTimeout: retryAfter,
    maxTimeout: retryAfter * 40,
    randomize: true,
    shouldRetry: ({ error }) => isRetryable(error),
    onFailedAttempt: ({ error }) => {
      if (isRetryable(error)) onWaiting?.(true);
    },
  });
  onWaiting?.(false);
  return answer;
}

function isRetryable(error: Error): boolean {
  if (error instanceof StorageError) return error.passing;
  if (error instanceof ApiError) return isTransient(error);
  // `fetch` throws a TypeError if there is no connection.
  return error instanceof ConnectionLostError || error instanceof TypeError;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
