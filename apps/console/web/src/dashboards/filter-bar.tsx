import type { FilterName } from '@centflow/reports';
import { Select } from '@mantine/core';
import { useState } from 'react';
import { formatMonthLong } from '../shared/dates.ts';
import type { Chosen } from './chosen.ts';
import classes from './dashboards.module.css';
import { findPeriod, getPeriodMonths, listMonths, type Months, type PeriodName, periodTitles } from './period.ts';
import type { Choices } from './use-visual.ts';

interface Props {
  readonly filters: readonly FilterName[];
  readonly choices: Choices;
  readonly chosen: Chosen;
  readonly onChoose: (next: Chosen) => void;
}

/** Shows the filters of a dashboard. The page's address stores each choice. */
export function FilterBar({ filters, choices, chosen, onChoose }: Props) {
  const { currencies, categories, accounts } = choices;
  const set = (name: 'currency' | 'category' | 'account', value: string | null) => {
    const { [name]: _before, ...others } = chosen;
    onChoose(value === null ? others : { ...others, [name]: value });
  };
  return (
    <search className={classes.filters} aria-label="Filters">
      {filters.includes('period') ? (
        <Period months={getAvailableMonths(choices, filters)} chosen={chosen} onChoose={onChoose} />
      ) : null}
      {filters.includes('currency') && currencies.length > 1 ? (
        <Select
          className={classes.filter ?? ''}
          label="Currency"
          allowDeselect={false}
          data={[...currencies]}
          value={chosen.currency ?? null}
          onChange={(value) => set('currency', value)}
        />
      ) : null}
      {filters.includes('category') ? (
        <Select
          className={classes.filter ?? ''}
          label="Category"
          placeholder="All categories"
          clearable
          searchable
          data={[...new Set(categories)]}
          value={chosen.category ?? null}
          onChange={(value) => set('category', value)}
        />
      ) : null}
      {filters.includes('account') ? (
        <Select
          className={classes.filter ?? ''}
          label="Account"
          placeholder="All accounts"
          clearable
          searchable
          data={[...new Set(accounts)]}
          value={chosen.account ?? null}
          onChange={(value) => set('account', value)}
        />
      ) : null}
    </search>
  );
}

/**
 * Returns the months to choose from. Dashboards about uploads always include the current month, because files can
 * arrive until today.
 */
function getAvailableMonths({ firstMonth, lastMonth }: Choices, filters: readonly FilterName[]): Months {
  const now = new Date().toISOString().slice(0, 7);
  const last = filters.includes('currency') ? (lastMonth ?? now) : now;
  return { first: firstMonth ?? last, last };
}

const laterOf = (one: string, other: string) => (one.localeCompare(other) > 0 ? one : other);
const earlierOf = (one: string, other: string) => (one.localeCompare(other) < 0 ? one : other);

interface PeriodProps {
  readonly months: Months;
  readonly chosen: Chosen;
  readonly onChoose: (next: Chosen) => void;
}

function Period({ months, chosen, onChoose }: PeriodProps) {
  const hasNoMonths = chosen.from === undefined && chosen.to === undefined;
  const current = hasNoMonths ? 'all' : findPeriod(chosen, months);
  const [isCustom, setCustom] = useState(current === 'custom');
  const period: PeriodName = isCustom ? 'custom' : current;
  const data = listMonths(months).map((value) => ({ value, label: formatMonthLong(value) }));
  const from = chosen.from ?? months.first;
  const to = chosen.to ?? months.last;
  return (
    <>
      <Select
        className={classes.filter ?? ''}
        label="Period"
        allowDeselect={false}
        data={Object.entries(periodTitles).map(([value, label]) => ({ value, label }))}
        value={period}
        onChange={(value) => {
          const name = value as PeriodName;
          setCustom(name === 'custom');
          onChoose({ ...chosen, ...(name === 'custom' ? { from, to } : getPeriodMonths(name, months)) });
        }}
      />
      {period === 'custom' ? (
        <>
          <Select
            className={classes.filter ?? ''}
            label="From"
            searchable
            allowDeselect={false}
            data={data}
            value={from}
            onChange={(value) => value && onChoose({ ...chosen, from: value, to: laterOf(value, to) })}
          />
          <Select
            className={classes.filter ?? ''}
            label="To"
            searchable
            allowDeselect={false}
            data={data}
            value={to}
            onChange={(value) => value && onChoose({ ...chosen, to: value, from: earlierOf(value, from) })}
          />
        </>
      ) : null}
    </>
  );
}
