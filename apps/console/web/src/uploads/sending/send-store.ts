/**
 * Stores unfinished sends in IndexedDB. A reload, a crash or an empty battery loses only the part that is being sent.
 *
 * The file itself is not stored, so the person must drop the file again to resume.
 */
import { createStore, del, entries, set, type UseStore } from 'idb-keyval';

/** A multipart upload that is not complete yet. */
export interface UnfinishedSend {
  readonly owner: string;
  readonly feed: string;
  readonly name: string;
  readonly bytes: number;
  readonly identity: string;
  readonly objectKey: string;
  readonly multipartId: string;
  readonly partBytes: number;
  /** When the send started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** The storage of unfinished sends. */
export interface SendStore {
  list(owner: string): Promise<UnfinishedSend[]>;
  find(owner: string, feed: string, identity: string): Promise<UnfinishedSend | undefined>;
  save(send: UnfinishedSend): Promise<void>;
  delete(send: Pick<UnfinishedSend, 'multipartId'>): Promise<void>;
}

/** Unfinished sends expire after a week, when the bucket's lifecycle rule deletes the parts. */
const week = 7 * 24 * 3600 * 1000;

export function createSendStore(store: UseStore = createStore('centflow-sends', 'sends')): SendStore {
  const list = async (owner: string) => {
    const sends = await entries<string, UnfinishedSend>(store);
    const old = sends.filter(([, send]) => send.startedAt < Date.now() - week);
    await Promise.all(old.map(([id]) => del(id, store)));
    return sends.map(([, send]) => send).filter((send) => send.owner === owner && send.startedAt >= Date.now() - week);
  };
  return {
    list,
    find: async (owner, feed, identity) =>
      (await list(owner)).find((send) => send.feed === feed && send.identity === identity),
    save: (send) => set(send.multipartId, send, store),
    delete: ({ multipartId }) => del(multipartId, store),
  };
}
