/** A dropped file and the phases that it goes through until it is imported. */
import type { Mapping, Preview } from '@centflow/preview';
import type { Progress } from '../follow/follow.ts';
import type { Feed } from '../shared/feeds.ts';

/** The newest version of a file that already has the name. */
export interface ExistingFile {
  readonly objectKey: string;
  readonly versionId: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** How many usable rows are already visible from other published uploads. They count once. */
export interface Overlap {
  readonly rows: number;
}

/** An error as people read it. */
export interface ErrorText {
  readonly title: string;
  readonly detail: string;
}

/** The phase of a card. */
export type Phase =
  | { readonly kind: 'reading' /** 0 to 1. */; readonly share: number }
  /** The header matches no feed. The person maps the columns or chooses the feed. */
  | {
      readonly kind: 'unknown';
      readonly header: readonly string[];
      /** Why the templates could not be compared with the file; null if they were. */
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

/** What sending the file now would do. */
export interface FileCheck {
  readonly preview: Preview;
  /** Null while the rows are being compared, an error if that failed. */
  readonly overlap: Overlap | ErrorText | null;
  /** The object that already has this name. */
  readonly existing: ExistingFile | null;
  /** Bytes that S3 has from an interrupted send. */
  readonly bytesSent: number;
}

/** The upload whose rows were fixed. */
export interface Basis {
  readonly uploadId: number;
  readonly versionId: string;
  /** Numbers of the fixed rows. Other rows may have edits that are not valid yet. */
  readonly rows: readonly number[];
}

/** The bank's export and its mapping, so that it can be mapped again. */
export interface Origin {
  readonly fileName: string;
  readonly source: Blob;
  readonly mapping: Mapping;
  /** The name of its template; null if it has none. */
  readonly template: string | null;
}

export interface Card {
  readonly id: string;
  /** The bytes to send. */
  readonly source: Blob;
  /** The name of the dropped file. */
  readonly fileName: string;
  /** The name to send it under. */
  readonly name: string;
  readonly feed: Feed | null;
  /** The bank's export that the file was made from. */
  readonly origin: Origin | null;
  /** The person chose to replace the object of the same name. */
  readonly corrects: boolean;
  /** The number of rows fixed before sending. */
  readonly fixed: number;
  /** The version that was fixed on an upload's page. The file may replace only this version. */
  readonly basedOn: Basis | null;
  readonly phase: Phase;
}

/** Returns why a card cannot be sent, or null if it can. */
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

/** Returns whether leaving the page now would lose something. */
export function isUnsent({ phase }: Card): boolean {
  return phase.kind !== 'following';
}

/** Returns the id of the draft with the edited rows of an upload. */
export function getFixDraftId({ uploadId, versionId }: Pick<Basis, 'uploadId' | 'versionId'>): string {
  return `${uploadId}:${versionId}`;
}
