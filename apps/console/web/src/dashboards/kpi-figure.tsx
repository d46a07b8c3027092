import type { Visual, VisualData } from '@centflow/reports';
import { Text } from '@mantine/core';
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react';
import { formatMonth } from '../shared/dates.ts';
import { calculateChange, sumAmounts } from '../shared/decimals.ts';
import { toNumber } from '../shared/money.ts';
import { formatCount, formatPercent } from '../shared/numbers.ts';
import classes from './dashboards.module.css';
import { formatCell } from './figures.ts';
import { Sparkline } from './sparkline.tsx';

interface Props {
  readonly visual: Extract<Visual, { kind: 'kpi' }>;
  readonly data: VisualData;
}

/** Shows the last month's figure, the change from the month before, a line of the earlier months, and the total. */
export function KpiFigure({ visual, data: { columns, rows, currency } }: Props) {
  const value = columns.find(({ role }) => role === 'value');
  const last = rows.at(-1);
  if (!value || !last) return null;
  if (visual.trend === undefined)
    return <div className={classes.kpiValue}>{formatCell(last[0] ?? null, value, currency)}</div>;
  const before = rows.at(-2);
  const amounts = rows.flatMap(([, amount]) => (amount === null || amount === undefined ? [] : [String(amount)]));
  const addsUp = 'aggregate' in visual.value && rows.length > 1;
  return (
    <>
      <div className={classes.kpiValue}>{formatCell(last[1] ?? null, value, currency)}</div>
      <div className={classes.kpiWhen}>{formatMonth(String(last[0]))}</div>
      <div className={classes.kpiWhen}>
        {before ? <Change before={before} last={last} percent={value.format === 'percent'} /> : '\u00a0'}
      </div>
      <Sparkline points={rows.map(([, amount]) => toNumber(amount ?? null))} />
      {addsUp ? (
        <Text size="sm" c="dimmed" mt={6} className="figures">
          {formatCell(sumAmounts(amounts), value, currency)} in {formatCount(rows.length, 'month')}
        </Text>
      ) : (
        <Text size="sm" mt={6}>
          {'\u00a0'}
        </Text>
      )}
    </>
  );
}

type Row = VisualData['rows'][number];

function Change({ before, last, percent }: { readonly before: Row; readonly last: Row; readonly percent: boolean }) {
  const [from, to] = [before[1], last[1]];
  if (from === null || from === undefined || to === null || to === undefined) return null;
  const change = percent ? Number(to) - Number(from) : calculateChange(String(from), String(to));
  if (change === null) return null;
  const Arrow = change > 0.0005 ? IconArrowUpRight : change < -0.0005 ? IconArrowDownRight : IconArrowRight;
  const size = percent ? `${Math.abs(change * 100).toFixed(1)} points` : formatPercent(Math.abs(change));
  const direction = change > 0.0005 ? 'more' : change < -0.0005 ? 'less' : undefined;
  const month = formatMonth(String(before[0]));
  return (
    <>
      <Arrow size={14} style={{ verticalAlign: '-2px' }} aria-hidden />
      {direction ? ` ${size} ${direction} than ${month}` : ` The same as ${month}`}
    </>
  );
}
