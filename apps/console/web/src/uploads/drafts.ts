/**
 * Stores typed drafts in IndexedDB until the person sends them or signs out. Drafts survive a reload, an expired
 * session and a crash.
 */
import type { Mapping } from '@centflow/preview';
import { createStore, del, delMany, get, keys, set } from 'idb-keyval';
import { getCurrentOwner } from '../session/current-owner.ts';

/** An edited row. */
export interface EditedRow {
  /** The row's cells in the order of the header. */
  readonly cells: readonly string[];
  /** The whole row as text, if the number of cells does not match the header. */
  readonly text?: string;
}

/** Edited rows by row number. */
export type FixDraft = Readonly<Record<number, EditedRow>>;

export interface Drafts<Draft> {
  read(id: string): Promise<Draft | undefined>;
  save(id: string, draft: Draft): Promise<void>;
  delete(id: string): Promise<void>;
}

const draftStore = createStore('centflow-drafts', 'drafts');

/** Returns the drafts of one kind. Each owner has separate drafts, because two people may share a computer. */
function createDrafts<Draft>(kind: string): Drafts<Draft> {
  const getKey = async (id: string) => [await getCurrentOwner(), kind, id];
  return {
    read: async (id) => get<Draft>(await getKey(id), draftStore),
    save: async (id, draft) => set(await getKey(id), draft, draftStore),
    delete: async (id) => del(await getKey(id), draftStore),
  };
}

export const fixDrafts = createDrafts<FixDraft>('fixes');
/** Drafts of unfinished mappings, by the header of the export. */
export const mappingDrafts = createDrafts<Mapping>('mapping');

/** Deletes an owner's drafts. Also deletes drafts of earlier releases, because these drafts do not name their owner. */
export async function forgetDrafts(owner: string): Promise<void> {
  const all = await keys(draftStore);
  await delMany(
    all.filter((key) => !Array.isArray(key) || key[0] === owner),
    draftStore,
  );
}
