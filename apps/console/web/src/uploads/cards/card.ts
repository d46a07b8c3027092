/** One file on its way from the drop to the database, and the steps that it takes. */
import type { Mapping, Preview } from '@centflow/preview';
import type { Progress } from '../follow/follow.ts';
import type { Feed } from '../shared/feeds.ts';

/** A newest version that already has the name. */
export interface Taken {
  readonly objectKey: string;
  readonly versionId: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** Good rows that other published uploads show already: they count once. */
export interface Overlap {
  readonly rows: number;
}

/** What a person is told of what went wrong. */
export interface Trouble {
  readonly title: string;
  readonly detail: string;
}

/** Where a card stands. */
export type Phase =
  | { readonly at: 'reading' /** 0 to 1. */; readonly share: number }
  /** Its header is no feed's: it is a bank's export to be mapped, or the person says which feed it should have been. */
  | {
      readonly at: 'unknown';
      readonly header: readonly string[];
      /** Why the templates could not be compared with it; null if they were. */
      readonly templatesTrouble: Trouble | null;
    }
  | { readonly at: 'ready'; readonly look: Look }
  | { readonly at: 'sending'; readonly sent: number; readonly waiting: boolean; readonly look: Look }
  | { readonly at: 'paused'; readonly sent: number; readonly look: Look }
  /** It was not sent; the look is there where it can be tried again. */
  | { readonly at: 'stopped'; readonly trouble: Trouble; readonly look: Look | null }
  | {
      readonly at: 'following';
      readonly objectKey: string;
      readonly versionId: string;
      /** ISO 8601. */
      readonly sentAt: string;
      readonly progress: Progress;
      readonly offline: boolean;
    };

/** What would become of a file if it were sent now. */
export interface Look {
  readonly preview: Preview;
  /** Rows that other published uploads hold already; null while it is asked, a trouble where it could not be. */
  readonly overlap: Overlap | Trouble | null;
  /** The object that has this name by now. */
  readonly taken: Taken | null;
  /** Bytes that S3 holds from a send that was cut off. */
  readonly held: number;
}

/** The upload whose rows were fixed. */
export interface Basis {
  readonly uploadId: number;
  readonly versionId: string;
  /** The rows that were fixed; others may have been edited and be wrong still. */
  readonly rows: readonly number[];
}

/** What a file was mapped from: enough to map it again in another way. */
export interface Origin {
  readonly fileName: string;
  readonly source: Blob;
  readonly mapping: Mapping;
  /** The template's name, where it is kept as one. */
  readonly template: string | null;
}

export interface Card {
  readonly id: string;
  /** The bytes as they would be sent. */
  readonly source: Blob;
  /** As it was dropped. */
  readonly fileName: string;
  /** As it will be called. */
  readonly name: string;
  readonly feed: Feed | null;
  /** The bank's export that it was made from. */
  readonly origin: Origin | null;
  /** The person says that it corrects the object of the same name. */
  readonly corrects: boolean;
  /** Rows that were fixed before sending. */
  readonly fixed: number;
  /** The version that it was made from, on the page of an upload: no other may be replaced. */
  readonly basedOn: Basis | null;
  readonly phase: Phase;
}

/** What keeps a card from being sent; null where nothing does. */
export function obstacle(card: Card): string | null {
  const { phase } = card;
  if (phase.at !== 'ready') return 'This file is not ready to send.';
  const { preview, taken } = phase.look;
  if (card.basedOn !== null && taken?.versionId !== card.basedOn.versionId) {
    return 'Another version of this file was sent or undone while you fixed this one. Open the newest upload and make your changes there.';
  }
  if (preview.rejected !== undefined) return preview.rejected.reason;
  if (taken !== null && !card.corrects) return 'You’ve already sent a file with this name. Replace it, or keep both.';
  return null;
}

/** Whether leaving the page now would lose something. */
export function isUnsent({ phase }: Card): boolean {
  return phase.at !== 'following';
}

/** Under which the edits of an upload's rows are kept. */
export function fixDraftId({ uploadId, versionId }: Pick<Basis, 'uploadId' | 'versionId'>): string {
  return `${uploadId}:${versionId}`;
}
