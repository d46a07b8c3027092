/** Shows the first rows of a bank's export, and the rows into which the mapping converts them. */

import type { Mapping, MappingSample as Sample, SampleRow } from '@centflow/preview';
import { Stack, Table, Text, Title } from '@mantine/core';
import { formatInteger } from '../../shared/numbers.ts';
import { getTypeTitle } from '../shared/feeds.ts';
import classes from './mapping-sample.module.css';
import { getResultCell, type ResultColumn, resultColumns } from './result-columns.ts';

export function MappingSample({ sample, mapping }: { readonly sample: Sample; readonly mapping: Mapping }) {
  const unreadable = sample.rows.filter(({ problems }) => problems.length > 0).map(({ rowNo }) => formatInteger(rowNo));
  return (
    <>
      <Stack gap={6}>
        <Title order={3} fz="sm">
          Preview
        </Title>
        <Text size="xs" role="status" c={unreadable.length === 0 ? 'dimmed' : 'var(--negative)'}>
          {describeSample(sample.rows.length, unreadable)}
        </Text>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by the keyboard */}
        <section className={classes.area} tabIndex={0} aria-label="Preview of the rows">
          <Table className={classes.table ?? ''} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th ta="right">Row</Table.Th>
                <Table.Th>Type</Table.Th>
                {resultColumns.map(({ label, right }) => (
                  <Table.Th key={label} ta={right ? 'right' : 'left'}>
                    {label}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sample.rows.map((row) => (
                <Table.Tr key={row.rowNo}>
                  <Table.Td ta="right">{formatInteger(row.rowNo)}</Table.Td>
                  <Table.Td>
                    <Text span inherit c={row.feed === 'incomes' ? 'var(--positive)' : 'dimmed'} fw={600}>
                      {getTypeTitle(row.feed)}
                    </Text>
                  </Table.Td>
                  {resultColumns.map((column) => (
                    <ResultCell key={column.label} column={column} row={row} mapping={mapping} />
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      </Stack>
      <Stack gap={6}>
        <Title order={3} fz="sm">
          Your bank’s file
        </Title>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by the keyboard */}
        <section className={classes.area} tabIndex={0} aria-label="Rows of your bank’s file">
          <Table className={classes.table ?? ''} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th ta="right">Row</Table.Th>
                {sample.header.map((name, at) => (
                  <Table.Th key={`${name}-${at}`}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sample.rows.map(({ rowNo, source, problems }) => (
                <Table.Tr key={rowNo}>
                  <Table.Td ta="right">{formatInteger(rowNo)}</Table.Td>
                  {sample.header.map((name, at) => (
                    <Table.Td key={`${name}-${at}`} data-bad={problems.some(({ column }) => column === name)}>
                      {source[at]}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      </Stack>
    </>
  );
}

/** Describes which of the first rows can be read. */
function describeSample(count: number, unreadable: readonly string[]): string {
  if (count === 0) return 'The file has no rows below the column names. Check the line of the column names.';
  if (unreadable.length === 0)
    return count === 1 ? 'The first row can be read.' : `The first ${count} rows can be read.`;
  const rows = unreadable.length === 1 ? `Row ${unreadable[0]}` : `Rows ${unreadable.join(', ')}`;
  return `${rows} can’t be read. If the columns are right, you can fix ${unreadable.length === 1 ? 'it' : 'them'} in the next step.`;
}

interface CellProps {
  readonly column: ResultColumn;
  readonly row: SampleRow;
  readonly mapping: Mapping;
}

function ResultCell({ column, row, mapping }: CellProps) {
  const { text, problem } = getResultCell(column, row, mapping);
  return (
    <Table.Td data-bad={problem !== null} ta={column.right ? 'right' : 'left'}>
      {text}
      {problem === null ? null : (
        <Text size="xs" c="var(--negative)" className={classes.problem}>
          {problem}
        </Text>
      )}
    </Table.Td>
  );
}
