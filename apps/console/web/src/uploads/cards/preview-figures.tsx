import { Alert, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { countMonths, formatDay, formatMonth } from '../../shared/dates.ts';
import { formatMoney } from '../../shared/money.ts';
import { formatCount, formatInteger } from '../../shared/numbers.ts';
import { AccountingBar } from '../shared/accounting-bar.tsx';
import type { FileCheck } from './card.ts';

/** Shows the rows, totals and months that a file would add. */
export function PreviewFigures({ check }: { readonly check: FileCheck }) {
  const { preview, overlap } = check;
  const known = overlap !== null && 'rows' in overlap ? overlap : null;
  const duplicate = known?.rows ?? 0;
  const counts = { good: preview.rowsGood - duplicate, duplicate, quarantined: preview.rowsQuarantined };
  return (
    <Stack gap="sm">
      <AccountingBar counts={counts} />
      <SimpleGrid cols={3} spacing="sm" maw={520}>
        <Figure
          value={formatInteger(counts.good)}
          label={`${known === null ? 'usable' : 'new'} ${counts.good === 1 ? 'row' : 'rows'}`}
          color="var(--positive)"
        />
        <Figure
          value={overlap === null ? '…' : known === null ? '?' : formatInteger(duplicate)}
          label="already there"
        />
        <Figure
          value={formatInteger(counts.quarantined)}
          label="to fix"
          {...(counts.quarantined > 0 ? { color: 'var(--negative)' } : {})}
        />
      </SimpleGrid>
      {duplicate > 0 ? (
        <Text size="sm" c="dimmed">
          You’ve uploaded {duplicate === 1 ? 'this row' : 'these rows'} before. {duplicate === 1 ? 'It' : 'They'} still
          count{duplicate === 1 ? 's' : ''} only once.
        </Text>
      ) : null}
      {overlap !== null && 'detail' in overlap ? (
        <Alert
          variant="light"
          color="gray"
          icon={<IconCloudOff aria-hidden />}
          title="We couldn’t check which rows are already there"
        >
          {overlap.detail} You can still send the file. Rows that are already there still count only once.
        </Alert>
      ) : null}
      {preview.amounts.length > 0 ? (
        <Group gap="xl" className="figures">
          {preview.amounts.map(({ currency, good }) => (
            <div key={currency}>
              <Text size="lg" fw={650} lh={1.2}>
                {formatMoney(good, currency)}
              </Text>
              <Text size="xs" c="dimmed">
                total of the usable rows in {currency}
              </Text>
            </div>
          ))}
        </Group>
      ) : null}
      <Months check={check} />
    </Stack>
  );
}

function Figure({ value, label, color }: { readonly value: string; readonly label: string; readonly color?: string }) {
  return (
    <div>
      <Text fw={700} fz={22} lh={1.15} className="figures" {...(color ? { c: color } : {})}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </div>
  );
}

/** The maximum number of months that are listed. More months are shown as a range. */
const monthsNamed = 12;

function Months({ check }: { readonly check: FileCheck }) {
  const { firstDate, lastDate } = check.preview;
  const months = [...new Set(check.preview.months.map(({ month }) => month))].sort();
  const first = months[0];
  const last = months.at(-1);
  if (first === undefined || last === undefined) return null;
  const span = firstDate && lastDate ? ` (${formatDay(firstDate)} – ${formatDay(lastDate)})` : '';
  return (
    <Text size="sm" c="dimmed">
      {`Covers ${formatCount(months.length, 'month')}: `}
      {months.length <= monthsNamed && months.length === countMonths(first, last)
        ? months.length > 3
          ? `${formatMonth(first)} to ${formatMonth(last)}`
          : months.map((month) => formatMonth(month)).join(', ')
        : months.length <= monthsNamed
          ? months.map((month) => formatMonth(month)).join(', ')
          : `between ${formatMonth(first)} and ${formatMonth(last)}`}
      {span}
    </Text>
  );
}
