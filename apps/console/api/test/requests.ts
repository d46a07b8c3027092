/** A valid request of an owner for every route. */
import type { Mapping } from '@centflow/preview';
import type { RouteName } from '../contract/api.ts';
import type { Ask } from './call.ts';
import type { Belongings } from './world.ts';

const nothing = 'AAAAAAAAAAAAAAAAAAAAAA==';

/** A mapping of a bank export with a single signed amount column. */
export const mapping: Mapping = {
  version: 1,
  encoding: 'windows-1252',
  delimiter: ';',
  headerRow: 4,
  header: ['Buchungstag', 'Betrag'],
  decimal: ',',
  dateOrder: 'dmy',
  money: { kind: 'signed', column: 'Betrag', spentIs: 'negative' },
  cells: { date: { column: 'Buchungstag' }, currency: { constant: 'EUR' } },
};

/** Returns a valid request for every route. The code does not compile if a route is missing. */
export function requestsOf({ objectKey, versionId, uploadId, owner }: Belongings): Readonly<Record<RouteName, Ask>> {
  const upload = { param: { uploadId: String(uploadId) } };
  const multipart = { objectKey, multipartId: 'none' };
  return {
    getConfig: {},
    getSession: {},
    listLocalOwners: {},
    listLocalParts: {},
    signInLocally: { json: { owner } },
    listUploads: {},
    getUpload: upload,
    getUploadOfVersion: { query: { objectKey, versionId } },
    listQuarantinedRows: upload,
    startSend: { json: { feed: 'expenses', name: 'another.csv', bytes: 10, contentType: 'text/csv' } },
    signParts: { json: { ...multipart, parts: [{ partNumber: 1, bytes: 10 }] } },
    listParts: { query: multipart },
    completeSend: { json: { ...multipart, parts: [{ partNumber: 1, etag: '"a"' }] } },
    abortSend: { query: multipart },
    listObjects: {},
    listVersions: { query: { objectKey } },
    getContent: { query: { objectKey, versionId } },
    removeObject: { json: { objectKey, newestVersionId: 'another' } },
    restoreVersion: { json: { objectKey, versionId, newestVersionId: 'another' } },
    findOverlap: {
      json: {
        ...{ feed: 'expenses', fingerprints: nothing, hasTransactionIds: false },
        ...{ firstDate: '2025-01-01', lastDate: '2025-12-31' },
      },
    },
    listTemplates: {},
    putTemplate: {
      param: { templateId: 'bank' },
      json: { template: { name: 'Bank', mapping } },
      headers: { 'if-none-match': '*' },
    },
    deleteTemplate: { param: { templateId: 'none' }, headers: { 'if-match': '"a"' } },
    getVisual: { param: { visualId: 'spending-by-category' } },
    getChoices: {},
    searchTransactions: {},
    listPipelineUploads: {},
    getLatency: {},
    listJobRuns: {},
    countDeadLetters: {},
    listAlarms: {},
    redrive: { json: {} },
    sweep: { json: {} },
  };
}
