import type { UploadState } from '../../../../api/contract/uploads.ts';

/** The names of upload states for people. */
export const stateTitles: Readonly<Record<UploadState | 'received', string>> = {
  received: 'Received',
  loading: 'Importing',
  published: 'Imported',
  superseded: 'Replaced',
  retired: 'Undone',
  rejected: 'Refused',
  failed: 'Failed',
};
