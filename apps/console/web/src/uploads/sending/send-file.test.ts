import { expect, test } from 'vitest';
import { ConnectionLostError, type PutBlob, StorageError } from './put-blob.ts';
import { OverwriteError, type SendApi, type Sending, sendFile, splitIntoParts } from './send-file.ts';
import type { SendStore, UnfinishedSend } from './send-store.ts';

const partBytes = 10;
const abc = new Blob(['abcdefghijklmnopqrstuvwxyz']);

/** A fake of S3 and the API, with objects and the parts of incomplete uploads. */
class Storage {
  readonly objects = new Map<string, { versionId: string; text: string }>();
  readonly parts = new Map<string, Map<number, string>>();
  readonly asked: string[] = [];
  /** The errors that the next PUT requests throw, in order. Null lets a request succeed. */
  readonly faults: (Error | null)[] = [];
  /** The number of PUT requests that arrive but whose response is lost. */
  answerLost = 0;
  #versions = 0;

  readonly api: SendApi = {
    start: async ({ name, bytes }) => {
      this.asked.push('start');
      const objectKey = `raw/expenses/owner=ada/${name}`;
      if (bytes <= partBytes) return { kind: 'put', objectKey, url: objectKey, headers: {} };
      const multipartId = `multipart-${this.parts.size + 1}`;
      this.parts.set(multipartId, new Map());
      return { kind: 'multipart', objectKey, multipartId, partBytes, parts: Math.ceil(bytes / partBytes) };
    },
    sign: async ({ multipartId }, { partNumber }) => ({ url: `${multipartId}#${partNumber}`, headers: {} }),
    parts: async ({ multipartId }) => {
      const parts = this.parts.get(multipartId);
      return parts === undefined
        ? null
        : [...parts].map(([partNumber, text]) => ({ partNumber, etag: `etag-${text}`, bytes: text.length }));
    },
    complete: async ({ objectKey, multipartId }, parts) => {
      const held = this.parts.get(multipartId);
      const text = parts.map(({ partNumber }) => held?.get(partNumber)).join('');
      this.parts.delete(multipartId);
      return { versionId: this.#write(objectKey, text) };
    },
    newest: async (objectKey) => {
      const object = this.objects.get(objectKey);
      return object === undefined ? null : { versionId: object.versionId, bytes: object.text.length };
    },
    abort: async ({ multipartId }) => void this.parts.delete(multipartId),
  };

  readonly put: PutBlob = async ({ url, body, signal, onProgress }) => {
    signal.throwIfAborted();
    const fault = this.faults.shift();
    if (fault instanceof Error) throw fault;
    const text = await body.text();
    this.asked.push(`put ${text}`);
    onProgress(text.length);
    const [multipartId = '', partNumber] = url.split('#');
    if (partNumber !== undefined) {
      this.parts.get(multipartId)?.set(Number(partNumber), text);
      return { etag: `etag-${text}`, versionId: null };
    }
    if (this.objects.has(url)) throw new StorageError(412, 'PreconditionFailed');
    const versionId = this.#write(url, text);
    if (this.answerLost-- > 0) throw new ConnectionLostError();
    return { etag: 'etag', versionId };
  };

  #write(objectKey: string, text: string): string {
    const versionId = `version-${++this.#versions}`;
    this.objects.set(objectKey, { versionId, text });
    return versionId;
  }
}

function createMemoryStore(): SendStore {
  const sends = new Map<string, UnfinishedSend>();
  return {
    list: async (owner) => [...sends.values()].filter((send) => send.owner === owner),
    find: async (owner, feed, identity) =>
      [...sends.values()].find((send) => send.owner === owner && send.feed === feed && send.identity === identity),
    save: async (send) => void sends.set(send.multipartId, send),
    delete: async ({ multipartId }) => void sends.delete(multipartId),
  };
}

function sending(storage: Storage, file: Blob, more: Partial<Sending> = {}): Sending {
  return {
    owner: 'ada',
    file,
    request: { feed: 'expenses', name: 'may.csv', bytes: file.size, contentType: 'text/csv' },
    api: storage.api,
    put: storage.put,
    store: createMemoryStore(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    retryAfter: 1,
    ...more,
  };
}

const key = 'raw/expenses/owner=ada/may.csv';

test('sendFile sends a small file in one request', async () => {
  const storage = new Storage();
  expect(await sendFile(sending(storage, new Blob(['abc'])))).toEqual({
    objectKey: key,
    versionId: 'version-1',
    resumedBytes: 0,
  });
  expect(storage.objects.get(key)?.text).toBe('abc');
});

test('sendFile sends a large file in parts that S3 joins to the original file', async () => {
  const storage = new Storage();
  await sendFile(sending(storage, abc));
  expect(storage.objects.get(key)?.text).toBe('abcdefghijklmnopqrstuvwxyz');
});

test('sendFile retries after a lost connection and reports that it is waiting', async () => {
  const storage = new Storage();
  storage.faults.push(new ConnectionLostError(), null, new ConnectionLostError(), new StorageError(503, 'SlowDown'));
  const reports: boolean[] = [];
  await sendFile(sending(storage, abc, { onWaiting: (waiting) => reports.push(waiting) }));
  expect(storage.objects.get(key)?.text).toBe('abcdefghijklmnopqrstuvwxyz');
  expect(reports).toContain(true);
  expect(reports.at(-1)).toBe(false);
});

test('sendFile does not retry if the storage refuses the file', async () => {
  const storage = new Storage();
  storage.faults.push(new StorageError(400, 'EntityTooLarge'));
  await expect(sendFile(sending(storage, new Blob(['abc'])))).rejects.toThrow('did not accept');
  expect(storage.asked).toEqual(['start']);
});

test('sendFile renews an expired signature', async () => {
  const storage = new Storage();
  storage.faults.push(new StorageError(403, 'AccessDenied'));
  await sendFile(sending(storage, new Blob(['abc'])));
  expect(storage.asked).toEqual(['start', 'start', 'put abc']);
});

test('sendFile resumes a paused file and sends only the missing parts', async () => {
  const storage = new Storage();
  const store = createMemoryStore();
  const pause = new AbortController();
  const onProgress = (sent: number) => {
    if (sent >= partBytes) pause.abort();
  };
  await expect(sendFile(sending(storage, abc, { store, signal: pause.signal, onProgress }))).rejects.toThrow();
  const before = [...(storage.parts.get('multipart-1')?.values() ?? [])];
  expect(before.length).toBeGreaterThan(0);

  storage.asked.length = 0;
  const { resumedBytes } = await sendFile(sending(storage, abc, { store }));
  expect(resumedBytes).toBe(before.join('').length);
  expect(storage.asked).not.toContain('start');
  for (const text of before) expect(storage.asked).not.toContain(`put ${text}`);
  expect(storage.objects.get(key)?.text).toBe('abcdefghijklmnopqrstuvwxyz');
  expect(await store.list('ada')).toEqual([]);
});

test('sendFile does not resume with another file of the same name and size', async () => {
  const storage = new Storage();
  const store = createMemoryStore();
  storage.faults.push(new StorageError(400, 'BadDigest'));
  await expect(sendFile(sending(storage, abc, { store }))).rejects.toThrow();
  const other = new Blob(['ABCDEFGHIJKLMNOPQRSTUVWXYZ']);
  expect(await sendFile(sending(storage, other, { store }))).toMatchObject({ resumedBytes: 0 });
  expect(storage.objects.get(key)?.text).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
});

test('sendFile sends deleted parts again', async () => {
  const storage = new Storage();
  const store = createMemoryStore();
  storage.faults.push(null, new StorageError(400, 'BadDigest'));
  await expect(sendFile(sending(storage, abc, { store }))).rejects.toThrow();
  storage.parts.clear();
  await sendFile(sending(storage, abc, { store }));
  expect(storage.objects.get(key)?.text).toBe('abcdefghijklmnopqrstuvwxyz');
});

test('sendFile succeeds if the file arrived but the response was lost', async () => {
  const storage = new Storage();
  storage.answerLost = 1;
  expect(await sendFile(sending(storage, new Blob(['abc'])))).toMatchObject({ versionId: 'version-1' });
});

test('sendFile does not overwrite a file that somebody else sent in the meantime', async () => {
  const storage = new Storage();
  storage.objects.set(key, { versionId: 'theirs', text: 'xyz' });
  await expect(sendFile(sending(storage, new Blob(['abc'])))).rejects.toThrow(OverwriteError);
  expect(storage.objects.get(key)?.text).toBe('xyz');
});

test('splitIntoParts returns parts of equal size, except the last part', () => {
  expect(splitIntoParts(26, 10)).toEqual([10, 10, 6]);
  expect(splitIntoParts(20, 10)).toEqual([10, 10]);
});
