/**
 * The expected results of the canary's steps. Each function returns the difference from the actual result, or undefined
 * if there is none.
 */
import type { CanaryFile, CashFlowMonth } from './canary-plan.ts';
import type { Observation, ObservedUpload } from './observer.ts';

/** A difference between the expected and the actual result. */
export interface Difference {
  readonly expected: string;
  readonly seen: string;
  /** Whether the result is final, so that waiting is useless. */
  readonly final: boolean;
}

/** A version of an uploaded object. */
export interface PutFile {
  readonly objectKey: string;
  readonly versionId: string;
  readonly file: CanaryFile;
}

/** The final states in which an upload has no visible rows. */
const GONE: readonly string[] = ['superseded', 'retired', 'rejected'];

/** Expects that this version is published, with all its rows and their sum. */
export function checkPublished(put: PutFile, { uploads }: Observation): Difference | undefined {
  const expected = `${put.objectKey} (version ${put.versionId}) published with ${put.file.rows} rows of ${put.file.amount}`;
  const upload = find(uploads, put);
  if (upload === undefined) return { expected, seen: 'the views do not contain the upload', final: false };
  const { state, rows_read, rows_published, rows_duplicate, rows_quarantined, amount_read, amount_published } = upload;
  const { rows, amount } = put.file;
  const isRight =
    rows_read === rows && rows_published === rows && amount_read === amount && amount_published === amount;
  if (state === 'published' && isRight) return undefined;
  const seen = `it is ${state}${upload.reason === null ? '' : ` (${upload.reason})`}: ${rows_read} rows of ${amount_read} read, ${rows_published} of ${amount_published} published, ${rows_duplicate} duplicate, ${rows_quarantined} quarantined`;
  // State and counts change in one transaction, so a wrong count is final. A failed upload is not final, because the
  // next job run retries it.
  return { expected, seen, final: state === 'published' || state === 'rejected' };
}

/** Expects that the version no longer has visible rows. */
export function checkRemoved(put: PutFile, { uploads }: Observation): Difference | undefined {
  const state = find(uploads, put)?.state;
  if (state === undefined || GONE.includes(state)) return undefined;
  return {
    expected: `${put.objectKey} (version ${put.versionId}) superseded or retired`,
    seen: `it is ${state}`,
    final: false,
  };
}

/** Expects exactly these rows in the owner's monthly cash flow. */
export function checkCashFlow(wanted: readonly CashFlowMonth[], { cashFlow }: Observation): Difference | undefined {
  const [expected, seen] = [wanted, cashFlow].map((months) => months.map(renderMonth).sort().join(' · '));
  if (expected === seen) return undefined;
  return { expected: `v_monthly_cash_flow: ${expected}`, seen: seen || 'no row', final: false };
}

/** Expects that no view contains a row of the owner. */
export function checkNoRows({ rows }: Observation): Difference | undefined {
  const left = Object.entries(rows).filter(([, count]) => count > 0);
  if (left.length === 0) return undefined;
  return {
    expected: 'no view contains a row of the canary',
    seen: left.map(([view, count]) => `${count} in ${view}`).join(', '),
    final: false,
  };
}

function find(uploads: readonly ObservedUpload[], { objectKey, versionId }: PutFile): ObservedUpload | undefined {
  return uploads.find((upload) => upload.object_key === objectKey && upload.version_id === versionId);
}

function renderMonth({ month, currency, income, expense, net, savings_rate }: CashFlowMonth): string {
  return `${month} ${currency} income ${income} expense ${expense} net ${net} savings rate ${savings_rate ?? 'none'}`;
}
