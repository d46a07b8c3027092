/**
 * What a person typed and has not sent, kept in IndexedDB from the first letter until they sign out: a reload, an expired
 * session or a crash loses nothing.
 */
import type { Mapping } from '@centflow/preview';
import { createStore, del, delMany, get, keys, set } from 'idb-keyval';
import { currentOwner } from '../session/current-owner.ts';

/** A row as somebody typed it. */
export interface EditedRow {
  /** In the order of the header. */
  readonly cells: readonly string[];
  /** The whole row as text, where the cells could not be told apart. */
  readonly text?: string;
}

/** Rows that somebody has edited, by row number. */
export type FixDraft = Readonly<Record<number, EditedRow>>;

export interface Drafts<Draft> {
  read(id: string): Promise<Draft | undefined>;
  keep(id: string, draft: Draft): Promise<void>;
  forget(id: string): Promise<void>;
}

const draftStore = createStore('centflow-drafts', 'drafts');

/** Drafts of one kind, each person's apart: two people may share a computer. */
function drafts<Draft>(kind: string): Drafts<Draft> {
  const keyOf = async (id: string) => [await currentOwner(), kind, id];
  return {
    read: async (id) => get<Draft>(await keyOf(id), draftStore),
    keep: async (id, draft) => set(await keyOf(id), draft, draftStore),
    forget: async (id) => del(await keyOf(id), draftStore),
  };
}

export const fixDrafts = drafts<FixDraft>('fixes');
/** Mappings that somebody has begun and not used, by the header of the export. */
export const mappingDrafts = drafts<Mapping>('mapping');

/** Forgets what an owner typed, and what stands there from before drafts had an owner. */
export async function forgetDrafts(owner: string): Promise<void> {
  const all = await keys(draftStore);
  await delMany(
    all.filter((key) => !Array.isArray(key) || key[0] === owner),
    draftStore,
  );
}
