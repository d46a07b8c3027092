import { Progress } from '@mantine/core';
import { formatCount, formatInteger } from '../../shared/numbers.ts';

export interface RowCounts {
  readonly good: number;
  readonly duplicate: number;
  readonly quarantined: number;
}

const shares = [
  { key: 'good', color: 'spruce' },
  { key: 'duplicate', color: 'gray.5' },
  { key: 'quarantined', color: 'orange' },
] as const;

/** Shows the shares of rows as a bar. The figures beside the bar give the same information as text. */
export function AccountingBar({ counts, height = 8 }: { readonly counts: RowCounts; readonly height?: number }) {
  const all = counts.good + counts.duplicate + counts.quarantined;
  return (
    <Progress.Root size={height} radius="xl" role="img" aria-label={describeRows(counts)}>
      {shares.map(({ key, color }) =>
        counts[key] === 0 ? null : (
          // The minimum width keeps a single bad row among a million visible.
          <Progress.Section key={key} value={Math.max((counts[key] / all) * 100, 0.8)} color={color} withAria={false} />
        ),
      )}
    </Progress.Root>
  );
}

/** Describes the bar: `82 usable, 85 duplicates, 3 to fix`. */
export function describeRows({ good, duplicate, quarantined }: RowCounts): string {
  return [
    `${formatInteger(good)} usable`,
    formatCount(duplicate, 'duplicate'),
    `${formatInteger(quarantined)} to fix`,
  ].join(', ');
}
