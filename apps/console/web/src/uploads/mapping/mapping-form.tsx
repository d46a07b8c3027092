import type { Mapping, MappingProblem } from '@centflow/preview';
import { Fieldset, NumberInput, Radio, SegmentedControl, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import type { MappingLayout } from '../worker/worker.ts';
import { CellField } from './cell-field.tsx';
import classes from './mapping-editor.module.css';
import { fields } from './mapping-fields.ts';

interface Props {
  readonly mapping: Mapping;
  /** The columns of the file. */
  readonly columns: readonly string[];
  readonly problems: readonly MappingProblem[];
  readonly dateOrderChosen: boolean;
  /** Called when the person changes the format of the file, which may change the columns. */
  readonly onLayout: (changes: MappingLayout) => void;
  readonly onMapping: (changes: Partial<Mapping>) => void;
}

const delimiters = [
  { value: ';', label: 'Semicolon ;' },
  { value: ',', label: 'Comma ,' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar |' },
] as const;

const encodings = [
  { value: 'utf-8', label: 'UTF-8' },
  { value: 'windows-1252', label: 'Windows (western)' },
  { value: 'windows-1250', label: 'Windows (central European)' },
  { value: 'iso-8859-15', label: 'Latin 9' },
  { value: 'utf-16le', label: 'UTF-16' },
  { value: 'utf-16be', label: 'UTF-16 (big-endian)' },
] as const;

const dateOrders = [
  { value: 'ymd', label: 'Year, month, day: 2025-05-03' },
  { value: 'dmy', label: 'Day first: 03/05/2025 is 3 May' },
  { value: 'mdy', label: 'Month first: 05/03/2025 is 3 May' },
] as const;

export function MappingForm({ mapping, columns, problems, dateOrderChosen, onLayout, onMapping }: Props) {
  const { money } = mapping;
  const readProblem = (field: string) => problems.find((problem) => problem.field === field)?.message ?? null;
  const columnData = [...new Set(columns.filter((name) => name.trim() !== ''))];

  return (
    <>
      <Fieldset legend="File format" variant="unstyled" classNames={{ legend: classes.legend ?? '' }}>
        <Stack gap="sm">
          <SimpleGrid cols={2} spacing="sm">
            <Select
              label="Columns are separated by"
              allowDeselect={false}
              data={delimiters}
              value={mapping.delimiter}
              error={readProblem('delimiter')}
              onChange={(value) => {
                const delimiter = delimiters.find((known) => known.value === value)?.value;
                if (delimiter !== undefined) onLayout({ delimiter });
              }}
            />
            <NumberInput
              label="Column names are on line"
              min={1}
              max={200}
              allowDecimal={false}
              clampBehavior="strict"
              value={mapping.headerRow}
              error={readProblem('headerRow')}
              onChange={(value) => {
                if (typeof value === 'number' && value >= 1) onLayout({ headerRow: value });
              }}
            />
            <Select
              label="Text encoding"
              allowDeselect={false}
              data={encodings}
              value={mapping.encoding}
              error={readProblem('encoding')}
              onChange={(value) => {
                const encoding = encodings.find((known) => known.value === value)?.value;
                if (encoding !== undefined) onLayout({ encoding });
              }}
            />
            <Select
              label="Number format"
              allowDeselect={false}
              data={[
                { value: ',', label: '1.234,56' },
                { value: '.', label: '1,234.56' },
              ]}
              value={mapping.decimal}
              error={readProblem('decimal')}
              onChange={(value) => onMapping({ decimal: value === ',' ? ',' : '.' })}
            />
          </SimpleGrid>
          <Radio.Group
            label="Date order"
            value={dateOrderChosen ? mapping.dateOrder : ''}
            onChange={(value) => {
              const dateOrder = dateOrders.find((known) => known.value === value)?.value;
              if (dateOrder !== undefined) onMapping({ dateOrder });
            }}
            error={
              dateOrderChosen
                ? readProblem('dateOrder')
                : 'These dates can be read either way, because no day is later than the 12th. Choose how your bank writes them.'
            }
          >
            <Stack gap={6} mt={6} mb={4}>
              {dateOrders.map(({ value, label }) => (
                <Radio key={value} value={value} label={label} size="sm" />
              ))}
            </Stack>
          </Radio.Group>
        </Stack>
      </Fieldset>

      <Fieldset legend="Amount" variant="unstyled" classNames={{ legend: classes.legend ?? '' }}>
        <Stack gap="sm">
          <SegmentedControl
            fullWidth
            aria-label="Amount columns"
            data={[
              { value: 'signed', label: 'One column' },
              { value: 'split', label: 'Separate columns for in and out' },
            ]}
            value={money.kind}
            onChange={(kind) =>
              onMapping({
                money:
                  kind === 'split'
                    ? { kind: 'split', out: '', in: '' }
                    : { kind: 'signed', column: '', spentIs: 'negative' },
              })
            }
          />
          {money.kind === 'signed' ? (
            <SimpleGrid cols={2} spacing="sm">
              <Select
                label="Amount"
                placeholder="Choose a column"
                allowDeselect={false}
                searchable
                data={columnData}
                value={money.column === '' ? null : money.column}
                error={readProblem('money')}
                onChange={(column) => onMapping({ money: { ...money, column: column ?? '' } })}
              />
              <Select
                label="Spending is shown as"
                allowDeselect={false}
                data={[
                  { value: 'negative', label: 'Negative (−12.50)' },
                  { value: 'positive', label: 'Positive (12.50)' },
                ]}
                value={money.spentIs}
                onChange={(value) =>
                  onMapping({ money: { ...money, spentIs: value === 'positive' ? 'positive' : 'negative' } })
                }
              />
            </SimpleGrid>
          ) : (
            <SimpleGrid cols={2} spacing="sm">
              <Select
                label="Money out"
                placeholder="Choose a column"
                searchable
                clearable
                data={columnData}
                value={money.out === '' ? null : money.out}
                error={readProblem('money')}
                onChange={(column) => onMapping({ money: { ...money, out: column ?? '' } })}
              />
              <Select
                label="Money in"
                placeholder="Choose a column"
                searchable
                clearable
                data={columnData}
                value={money.in === '' ? null : money.in}
                onChange={(column) => onMapping({ money: { ...money, in: column ?? '' } })}
              />
            </SimpleGrid>
          )}
          <Text size="xs" c="dimmed">
            Money out goes to Expenses, and money in goes to Income. Your statement becomes two files.
          </Text>
        </Stack>
      </Fieldset>

      <Fieldset legend="Other columns" variant="unstyled" classNames={{ legend: classes.legend ?? '' }}>
        <Stack gap="sm">
          {fields.map((field) => (
            <CellField
              key={field.target}
              field={field}
              columns={columnData}
              value={mapping.cells[field.target] ?? null}
              problem={readProblem(field.target)}
              onValue={(value) => {
                const { [field.target]: _, ...others } = mapping.cells;
                onMapping({ cells: value === null ? others : { ...others, [field.target]: value } });
              }}
            />
          ))}
        </Stack>
      </Fieldset>
    </>
  );
}
