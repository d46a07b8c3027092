import type { Contract } from '@centflow/schema/contract';

/**
 * Returns the feed whose required columns are all in the header. If several feeds match, returns the feed that has the
 * most of the header's columns.
 */
export function findFeedByHeader(header: readonly string[], contracts: readonly Contract[]): string | null {
  const names = new Set(header.map((name) => name.trim().toLowerCase()));
  const fitting = contracts
    .filter(({ centflow }) => centflow.columns.every((column) => !column.requiredHeader || names.has(column.header)))
    .map(({ name, centflow }) => ({ name, known: centflow.columns.filter(({ header }) => names.has(header)).length }))
    .sort((a, b) => b.known - a.known);
  return fitting[0]?.name ?? null;
}
