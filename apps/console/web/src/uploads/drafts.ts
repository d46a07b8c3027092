/**
 * What a person typed and has not sent, kept in IndexedDB from the first letter: a reload, an expired session or a
 * crash loses nothing.
 */
import { createStore, del, get, set, type UseStore } from 'idb-keyval';

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

/** Drafts of one kind. The owner belongs into the id: two people may share a computer. */
export function drafts<Draft>(kind: string, store: UseStore = createStore('centflow-drafts', 'drafts')): Drafts<Draft> {
  const idOf = (id: string) => `${kind}:${id}`;
  return {
    read: (id) => get<Draft>(idOf(id), store),
    keep: (id, draft) => set(idOf(id), draft, store),
    forget: (id) => del(idOf(id), store),
  };
}

const draftStore = createStore('centflow-drafts', 'drafts');
export const fixDrafts = drafts<FixDraft>('fixes', draftStore);
