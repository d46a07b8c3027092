/**
 * Sends a file straight to S3: a small one in a single PUT, a large one in parts that survive a dropped connection and a reload.
 *
 * Our own, and not Uppy's: its S3 client creates, lists and completes a multipart upload by presigned calls of its own, where here
 * the API does that (it checks, and writes to the audit log); and it hides the version id of a PUT, by which an upload is followed.
 */
import pRetry from 'p-retry';
import { ApiError, isTransient } from '../../api/problem.ts';
import { identifyFile } from './file-identity.ts';
import type { KeptSend, KeptSends } from './kept-sends.ts';
import { ConnectionLostError, type PutBlob, StorageError } from './put-blob.ts';

/** Parts on their way at once: enough to fill a line, few enough that a cut costs little. */
const partsAtOnce = 3;

/** What the API promises about one send. */
export type StartedSend = { readonly objectKey: string } & (
  | { readonly kind: 'put'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'multipart'; readonly multipartId: string; readonly partBytes: number; readonly parts: number }
);

export interface SendRequest {
  readonly feed: string;
  readonly name: string;
  readonly bytes: number;
  readonly contentType: 'text/csv' | 'application/gzip';
  /** The version that this one corrects: refused where the newest is another. */
  readonly replaces?: { readonly versionId: string };
}

export interface SentPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** The API's side of sending. */
export interface SendApi {
  start(request: SendRequest): Promise<StartedSend>;
  sign(
    send: Pick<KeptSend, 'objectKey' | 'multipartId'>,
    part: { partNumber: number; bytes: number },
  ): Promise<{ url: string; headers: Readonly<Record<string, string>> }>;
  /** Parts that S3 holds already; null where it no longer knows the multipart upload. */
  parts(send: Pick<KeptSend, 'objectKey' | 'multipartId'>): Promise<readonly (SentPart & { bytes: number })[] | null>;
  /** `replaces` as when it was started: what somebody uploaded meanwhile is not overwritten. */
  complete(
    send: Pick<KeptSend, 'objectKey' | 'multipartId'>,
    parts: readonly SentPart[],
    replaces: SendRequest['replaces'],
  ): Promise<{ versionId: string }>;
  /** The newest version of a key; null where there is none, or it is deleted. */
  newest(objectKey: string): Promise<{ versionId: string; bytes: number } | null>;
  abort(send: Pick<KeptSend, 'objectKey' | 'multipartId'>): Promise<void>;
}

export interface Sending {
  readonly owner: string;
  readonly file: Blob;
  readonly request: SendRequest;
  readonly api: SendApi;
  readonly put: PutBlob;
  readonly kept: KeptSends;
  /** Aborting pauses: what S3 holds stays, and sending the same file again goes on from there. */
  readonly signal: AbortSignal;
  readonly onProgress: (sent: number) => void;
  /** The connection is gone and it is being tried again; false when it is back. */
  readonly onWaiting?: (waiting: boolean) => void;
  /** Milliseconds before the first retry. */
  readonly retryAfter?: number;
}

/** What became of it: the version that S3 made. */
export interface Sent {
  readonly objectKey: string;
  readonly versionId: string;
  /** Bytes that S3 already held from before. */
  readonly resumedBytes: number;
}

/** Another version got there first. */
export class OverwriteError extends Error {
  override readonly name = 'OverwriteError';
  constructor() {
    super('Another file with this name was sent in the meantime. Check this file again, then replace it or keep both.');
  }
}

/** Sends one file, going on from an earlier attempt where S3 still holds its parts. */
export async function sendFile(sending: Sending): Promise<Sent> {
  const { owner, file, request, api, kept } = sending;
  const identity = await identifyFile(file, request.name);
  const earlier = await kept.find(owner, request.feed, identity);
  if (earlier !== undefined) {
    const parts = await api.parts(earlier);
    if (parts !== null) return sendParts(sending, earlier, parts);
    await kept.forget(earlier);
  }

  const started = await api.start(request);
  if (started.kind === 'put') return sendWhole(sending, started);
  const { objectKey, multipartId, partBytes } = started;
  const { feed, name, bytes } = request;
  const send = { owner, feed, name, bytes, identity, objectKey, multipartId, partBytes, startedAt: Date.now() };
  await kept.keep(send);
  return sendParts(sending, send, []);
}

/** Throws away what S3 holds of a send. */
export async function discardSend(api: SendApi, kept: KeptSends, send: KeptSend): Promise<void> {
  await api.abort(send);
  await kept.forget(send);
}

async function sendWhole(sending: Sending, first: Extract<StartedSend, { kind: 'put' }>): Promise<Sent> {
  let { url, headers }: { url: string; headers: Readonly<Record<string, string>> } = first;
  let lost = false;
  let ranOut = false;
  const versionId = await retry(sending, async () => {
    // Only then: where just the answer to a PUT was lost, the key exists by now and a new start would be refused for it.
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
 * The version that stands in the way, where it is this very file: it had arrived, and only the answer was lost.
 *
 * @throws {OverwriteError} where it is somebody else's.
 */
async function findOwnVersion({ api, file, request }: Sending, objectKey: string, lost: boolean): Promise<string> {
  const newest = lost ? await api.newest(objectKey) : null;
  if (newest?.bytes !== file.size || newest.versionId === request.replaces?.versionId) throw new OverwriteError();
  return newest.versionId;
}

async function sendParts(
  sending: Sending,
  send: KeptSend,
  held: readonly (SentPart & { bytes: number })[],
): Promise<Sent> {
  const { api, file, kept } = sending;
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
        const onProgress = (moved: number) => {
          sent[number - 1] = moved;
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
    // One part that fails for good stops the others, which would only fail after it.
    broken.abort(error);
    throw error;
  }

  const parts = [...done]
    .map(([partNumber, etag]) => ({ partNumber, etag }))
    .sort((a, b) => a.partNumber - b.partNumber);
  const { versionId } = await retry(sending, () => api.complete(send, parts, sending.request.replaces));
  await kept.forget(send);
  return { objectKey: send.objectKey, versionId, resumedBytes };
}

/** Bytes of each part: all alike but the last. */
export function splitIntoParts(bytes: number, partBytes: number): number[] {
  return Array.from({ length: Math.ceil(bytes / partBytes) }, (_, at) => Math.min(partBytes, bytes - at * partBytes));
}

/** Tries again what a passing trouble stopped, waiting longer each time: about two minutes in all. */
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
  // `fetch` to the API throws a TypeError where there is no connection.
  return error instanceof ConnectionLostError || error instanceof TypeError;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
