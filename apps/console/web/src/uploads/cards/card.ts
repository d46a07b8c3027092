/** A dropped file, and the phases from the drop to the import. */
import type { Mapping, Preview } from '@centflow/preview';
import type { Progress } from '../follow/follow.ts';
import type { Feed } from '../shared/feeds.ts';

/** The newest version of an existing file with the same name. */
export interface ExistingFile {
  readonly objectKey: string;
  readonly versionId: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** The number of usable rows that other published uploads already contain. Such rows count only once. */
export interface Overlap {
  readonly rows: number;
}

/** An error in words for people. */
export interface ErrorText {
  readonly title: string;
  readonly detail: string;
}

/** The phase of a card. */
export type Phase =
  | { readonly kind: 'reading' /** The share that is done, from 0 to 1. */; readonly share: number }
  /** The header matches no feed. The person maps the columns or chooses the feed. */
  | {
      readonly kind: 'unknown';
      readonly header: readonly string[];
      /** Why the templates could not be compared with the file; null if the comparison succeeded. */
      readonly templatesError: ErrorText | null;
    }
  | { readonly kind: 'ready'; readonly check: FileCheck }
  | { readonly kind: 'sending'; readonly sent: number; readonly waiting: boolean; readonly check: FileCheck }
  | { readonly kind: 'paused'; readonly sent: number; readonly check: FileCheck }
  /** Sending failed. It can be tried again if there is a check. */
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

/** The effect of sending the file now. */
export interface FileCheck {
  readonly preview: Preview;
  /** The overlap with other uploads: null while the rows are being compared, an error if the comparison failed. */
  readonly overlap: Overlap | ErrorText | null;
  /** The object that already has this name. */
  readonly existing: ExistingFile | null;
  /** The number of bytes that S3 already stores from an interrupted send. */
  readonly bytesSent: number;
}

/** The upload whose rows were fixed. */
export interface Basis {
  readonly uploadId: number;
  readonly versionId: string;
  /** Numbers of the fixed rows. Other rows may have edits that are not valid yet. */
  readonly rows: readonly number[];
}

/** The bank's export and its mapping, so that the person can change the mapping. */
export interface Origin {
  readonly fileName: string;
  readonly source: Blob;
  readonly mapping: Mapping;
  /** The name of the mapping's template; null if the mapping has no template. */
  readonly template: string | null;
}

export interface Card {
  readonly id: string;
  /** The bytes to send. */
  readonly source: Blob;
  /** The name of the dropped file. */
  readonly fileName: string;
  /** The name under which to send the file. */
  readonly name: string;
  readonly feed: Feed | null;
  /** The bank's export that the file was made from. */
  readonly origin: Origin | null;
  /** Whether the person chose to replace the object of the same name. */
  readonly corrects: boolean;
  /** The number of rows fixed before sending. */
  readonly fixed: number;
  /** The version whose rows were fixed on an upload's page. The card's file may replace only this version. */
  readonly basedOn: Basis | null;
  readonly phase: Phase;
}

/** Returns why a card cannot be sent, or null if the card can be sent. */
export function findObstacle(card: Card): string | null {
  const { phase } = card;
  if (phase.kind !== 'ready')
    return 'This file is not ready to send. Wait until it has been read, or fix the problem that it shows.';
  const { preview, existing } = phase.check;
  if (card.basedOn !== null && existing?.versionId !== card.basedOn.versionId) {
    return 'Another version of this file was sent or undone while you fixed this one. Open the newest upload and make your changes there.';
  }
  if (preview.rejected !== undefined) return preview.rejected.reason;
  if (existing !== null && !card.corrects)
    return 'You’ve already sent a file with this name. Replace it, or keep both.';
  return null;
}

/** Returns whether leaving the page now would lose data or interrupt a send. */
export function isUnsent({ phase }: Card): boolean {
  return phase.kind !== 'following';
}

/** Returns the id of the draft with the edited rows of an upload. */
export function getFixDraftId({ uploadId, versionId }: Pick<Basis, 'uploadId' | 'versionId'>): string {
  return `${uploadId}:${versionId}`;
}
