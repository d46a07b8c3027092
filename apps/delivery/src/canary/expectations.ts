/** What the canary wants to see at each step. Each function says how what is seen differs, or nothing where it does not. */
import type { CanaryFile, CashFlowMonth } from './canary-plan.ts';
import type { Observation, ObservedUpload } from './observer.ts';

/** How what is seen differs from what is wanted. */
export interface Difference {
  readonly expected: string;
  readonly seen: string;
  /** Waiting does not help. */
  readonly final: boolean;
}

/** A version of an object that was put. */
export interface PutFile {
  readonly objectKey: string;
  readonly versionId: string;
  readonly file: CanaryFile;
}

/** The states of an upload that shows no rows and will not. */
const GONE: readonly string[] = ['superseded', 'retired', 'rejected'];

/** Exactly this version is published, with all of its rows and their sum. */
export function published(put: PutFile, { uploads }: Observation): Difference | undefined {
  const expected = `${put.objectKey} (version ${put.versionId}) published with ${put.file.rows} rows of ${put.file.amount}`;
  const upload = find(uploads, put);
  if (upload === undefined) return { expected, seen: 'nothing of it', final: false };
  const { state, rows_read, rows_published, rows_duplicate, rows_quarantined, amount_read, amount_published } = upload;
  const { rows, amount } = put.file;
  const isRight =
    rows_read === rows && rows_published === rows && amount_read === amount && amount_published === amount;
  if (state === 'published' && isRight) return undefined;
  const seen = `it is ${state}${upload.reason === null ? '' : ` (${upload.reason})`}: ${rows_read} rows of ${amount_read} read, ${rows_published} of ${amount_published} published, ${rows_duplicate} duplicate, ${rows_quarantined} quarantined`;
  // State and counts change in one transaction. What has failed is tried again by the next run.
  return { expected, seen, final: state === 'published' || state === 'rejected' };
}

/** The version shows no row any more. */
export function gone(put: PutFile, { uploads }: Observation): Difference | undefined {
  const state = find(uploads, put)?.state;
  if (state === undefined || GONE.includes(state)) return undefined;
  return {
    expected: `${put.objectKey} (version ${put.versionId}) superseded or retired`,
    seen: `it is ${state}`,
    final: false,
  };
}

/** The report of the owner's money is these rows and no others. */
export function cashFlowIs(wanted: readonly CashFlowMonth[], { cashFlow }: Observation): Difference | undefined {
  const [expected, seen] = [wanted, cashFlow].map((months) => months.map(renderMonth).sort().join(' · '));
  if (expected === seen) return undefined;
  return { expected: `v_monthly_cash_flow: ${expected}`, seen: seen || 'no row', final: false };
}

/** No view shows a row of the owner. */
export function noTrace({ rows }: Observation): Difference | undefined {
  const left = Object.entries(rows).filter(([, count]) => count > 0);
  if (left.length === 0) return undefined;
  return {
    expected: 'no row of the canary in any view',
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
