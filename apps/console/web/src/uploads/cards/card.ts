/** One file on its way from the drop to the database, and the steps that it takes. */
import type { Mapping, Preview } from '@centflow/preview';
import type { Progress } from '../follow/follow.ts';
import type { Feed } from '../shared/feeds.ts';

/** A newest version that already has the name. */
export interface ExistingFile {
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
export interface ErrorText {
  readonly title: string;
  readonly detail: string;
}

/** Where a card stands. */
export type Phase =
  | { readonly kind: 'reading' /** 0 to 1. */; readonly share: number }
  /** Its header is no feed's: it is a bank's export to be mapped, or the person says which feed it should have been. */
  | {
      readonly kind: 'unknown';
      readonly header: readonly string[];
      /** Why the templates could not be compared with it; null if they were. */
      readonly templatesError: ErrorText | null;
    }
  | { readonly kind: 'ready'; readonly check: FileCheck }
  | { readonly kind: 'sending'; readonly sent: number; readonly waiting: boolean; readonly check: FileCheck }
  | { readonly kind: 'paused'; readonly sent: number; readonly check: FileCheck }
  /** It was not sent; the check is there where it can be tried again. */
  | { readonly kind: 'stopped'; readonly errorText: ErrorText; readonly check: FileCheck | null }
  | {
      readonly kind: 'following';
      readonly objectKey: string;
      readonly versionId: string;
      /** ISO 8601. */
      readonly sentAt: string;
      readonly progress: Progress;
      readonly offline: boolean;
    };

/** What would become of a file if it were sent now. */
export interface FileCheck {
  readonly preview: Preview;
  /** Rows that other published uploads hold already; null while it is asked, a errorText where it could not be. */
  readonly overlap: Overlap | ErrorText | null;
  /** The object that has this name by now. */
  readonly existing: ExistingFile | null;
  /** Bytes that S3 holds from a send that was cut off. */
  readonly bytesSent: number;
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
export function findObstacle(card: Card): string | null {
  const { phase } = card;
  if (phase.kind !== 'ready') return 'This file is not ready to send.';
  const { preview, existing } = phase.check;
  if (card.basedOn !== null && existing?.versionId !== card.basedOn.versionId) {
    return 'Another version of this file was sent or undone while you fixed this one. Open the newest upload and make your changes there.';
  }
  if (preview.rejected !== undefined) return preview.rejected.reason;
  if (existing !== null && !card.corrects)
    return 'You’ve already sent a file with this name. Replace it, or keep both.';
  return null;
}

/** Whether leaving the page now would lose something. */
export function isUnsent({ phase }: Card): boolean {
  return phase.kind !== 'following';
}

/** Under which the edits of an upload's rows are kept. */
export function getFixDraftId({ uploadId, versionId }: Pick<Basis, 'uploadId' | 'versionId'>): string {
  return `${uploadId}:${versionId}`;
}
