import { Button, Collapse, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Choices } from '../dashboards/use-visual.ts';
import type { TransactionSearch } from './search.ts';
import classes from './transactions.module.css';

interface Props {
  readonly search: TransactionSearch;
  readonly choices: Choices | undefined;
  readonly onSearch: (search: TransactionSearch) => void;
}

/** Shows the search box, and a button that opens the other filters. */
export function SearchForm({ search, choices, onSearch }: Props) {
  const { q: _words, ...filters } = search;
  const filterCount = Object.keys(filters).length;
  const [opened, { toggle }] = useDisclosure(filterCount > 0);
  return (
    <search className={`${classes.form} ${filterCount === 0 && !search.q ? 'no-print' : ''}`} aria-label="Transactions">
      <Group gap="sm" wrap="nowrap">
        <Words search={search} onSearch={onSearch} />
        <Button
          variant="default"
          className="no-print"
          leftSection={<IconAdjustmentsHorizontal size={18} aria-hidden />}
          onClick={toggle}
          aria-expanded={opened}
          aria-controls="transaction-filters"
        >
          Filters{filterCount > 0 ? ` (${filterCount})` : ''}
        </Button>
      </Group>
      <Collapse expanded={opened} id="transaction-filters">
        <Filters search={search} choices={choices} onSearch={onSearch} />
      </Collapse>
    </search>
  );
}

/** Searches when the person stops typing. An external change, such as the back button, updates the box. */
function Words({ search, onSearch }: Omit<Props, 'choices'>) {
  const [typed, setTyped] = useState(search.q ?? '');
  const sent = useRef(search.q ?? '');
  const send = useDebouncedCallback((words: string) => {
    sent.current = words.trim();
    onSearch(setField(search, 'q', sent.current));
  }, 250);
  useEffect(() => {
    if ((search.q ?? '') !== sent.current) {
      sent.current = search.q ?? '';
      setTyped(sent.current);
    }
  }, [search.q]);
  return (
    <TextInput
      type="search"
      flex={1}
      aria-label="Search by merchant, description, category or transaction ID"
      placeholder="Merchant, description, category…"
      leftSection={<IconSearch size={18} aria-hidden />}
      maxLength={100}
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        send(value);
      }}
    />
  );
}

function Filters({ search, choices, onSearch }: Props) {
  const set = (name: keyof TransactionSearch, value: string | null) => onSearch(setField(search, name, value ?? ''));
  return (
    <div className={classes.filters}>
      <Select
        label="Kind"
        placeholder="Both"
        clearable
        data={[
          { value: 'expense', label: 'Expenses' },
          { value: 'income', label: 'Income' },
        ]}
        value={search.kind ?? null}
        onChange={(value) => set('kind', value)}
      />
      <Choice
        label="Category"
        all="All"
        data={choices?.categories}
        value={search.category}
        onChoose={(value) => set('category', value)}
      />
      <Choice
        label="Account"
        all="All"
        data={choices?.accounts}
        value={search.account}
        onChoose={(value) => set('account', value)}
      />
      <Choice
        label="Currency"
        all="All"
        data={choices?.currencies}
        value={search.currency}
        onChoose={(value) => set('currency', value)}
      />
      <Day label="From" value={search.from} onDay={(value) => set('from', value)} />
      <Day label="To" value={search.to} onDay={(value) => set('to', value)} />
      <Amount label="Minimum amount" value={search.min} onAmount={(value) => set('min', value)} />
      <Amount label="Maximum amount" value={search.max} onAmount={(value) => set('max', value)} />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly data: readonly string[] | undefined;
  readonly value: string | undefined;
  readonly onChoose: (value: string | null) => void;
}

function Choice({ label, all, data = [], value, onChoose }: ChoiceProps) {
  const options = value === undefined || data.includes(value) ? data : [value, ...data];
  return (
    <Select
      label={label}
      placeholder={all}
      clearable
      searchable
      data={[...options]}
      value={value ?? null}
      onChange={onChoose}
    />
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onDay: (value: string) => void;
}

function Day({ label, value = '', onDay }: DayProps) {
  return (
    <TextInput type="date" label={label} value={value} onChange={({ currentTarget }) => onDay(currentTarget.value)} />
  );
}

interface AmountProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onAmount: (value: string) => void;
}

/** Keeps the text as typed, but replaces a comma by the decimal point that the API expects. */
function Amount({ label, value = '', onAmount }: AmountProps) {
  const [typed, setTyped] = useState(value);
  const amount = typed.trim().replace(',', '.');
  const isInvalid = amount !== '' && !/^-?\d{1,15}(\.\d{1,4})?$/.test(amount);
  useEffect(() => {
    if (value === '') setTyped('');
  }, [value]);
  return (
    <TextInput
      label={label}
      inputMode="decimal"
      placeholder="0.00"
      value={typed}
      error={isInvalid ? 'Enter an amount like 1234.56' : undefined}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={() => isInvalid || onAmount(amount)}
      onKeyDown={({ key }) => key === 'Enter' && !isInvalid && onAmount(amount)}
    />
  );
}

function setField(search: TransactionSearch, name: keyof TransactionSearch, value: string): TransactionSearch {
  const { [name]: _before, ...others } = search;
  return value === '' ? others : { ...others, [name]: value };
}
