/**
 * Sends under way, kept in IndexedDB: a reload, a crash or an empty battery costs only the part that was on its way.
 *
 * The file itself is not kept (a page may not read it again without being handed it): the person drops it once more.
 */
import { createStore, del, entries, set, type UseStore } from 'idb-keyval';

/** A multipart upload that S3 holds and nobody has completed. */
export interface KeptSend {
  readonly owner: string;
  readonly feed: string;
  readonly name: string;
  readonly bytes: number;
  readonly identity: string;
  readonly objectKey: string;
  readonly multipartId: string;
  readonly partBytes: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Where kept sends stand. */
export interface KeptSends {
  list(owner: string): Promise<KeptSend[]>;
  find(owner: string, feed: string, identity: string): Promise<KeptSend | undefined>;
  keep(send: KeptSend): Promise<void>;
  forget(send: Pick<KeptSend, 'multipartId'>): Promise<void>;
}

/** After a week the bucket's lifecycle rule has thrown the parts away. */
const week = 7 * 24 * 3600 * 1000;

export function keptSends(store: UseStore = createStore('centflow-sends', 'sends')): KeptSends {
  const list = async (owner: string) => {
    const kept = await entries<string, KeptSend>(store);
    const old = kept.filter(([, send]) => send.startedAt < Date.now() - week);
    await Promise.all(old.map(([id]) => del(id, store)));
    return kept.map(([, send]) => send).filter((send) => send.owner === owner && send.startedAt >= Date.now() - week);
  };
  return {
    list,
    find: async (owner, feed, identity) =>
      (await list(owner)).find((send) => send.feed === feed && send.identity === identity),
    keep: (send) => set(send.multipartId, send, store),
    forget: ({ multipartId }) => del(multipartId, store),
  };
}
