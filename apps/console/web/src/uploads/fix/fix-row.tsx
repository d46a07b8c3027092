import { parseRow } from '@centflow/preview';
import { Button, Group, Text, Textarea, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconPencil } from '@tabler/icons-react';
import { memo, useId, useState } from 'react';
import { formatCount, formatInteger } from '../../shared/numbers.ts';
import type { EditedRow } from '../drafts.ts';
import classes from './fix-rows.module.css';
import { editCell, editText, type FileShape, hasEveryCell, isTruncated, type RowToFix } from './row-to-fix.ts';

/** Returns the name of a column for people: `transaction_id` becomes `Transaction ID`. */
function formatColumnTitle(name: string, at: number): string {
  const words = name.trim().replaceAll('_', ' ').replace(/\bid$/i, 'ID');
  return words === '' ? `Column ${at + 1}` : words.charAt(0).toUpperCase() + words.slice(1);
}

interface Props {
  readonly row: RowToFix;
  readonly shape: FileShape;
  /** null: what was typed is taken back. */
  readonly onEdit: (rowNo: number, edited: EditedRow | null) => void;
}

/** One row: what is wrong with it, and the cells to type over. */
export const FixRow = memo(function FixRow({ row, shape, onEdit }: Props) {
  const { bad, cells, text, edited, problems } = row;
  const [openAll, setOpenAll] = useState(false);
  const messageId = useId();
  const whole = hasEveryCell(bad, shape);
  const good = problems.length === 0;
  const wrong = new Set([bad.column?.toLowerCase(), ...problems.map(({ column }) => column?.toLowerCase())]);
  const shown = shape.header
    .map((name, at) => ({ name, at }))
    .filter(
      ({ name, at }) =>
        openAll || wrong.has(name.trim().toLowerCase()) || (edited && parseRow(bad.rawText)[at] !== cells[at]),
    );
  const others = shape.header.length - shown.length;
  const message = (problems.find(({ column }) => column === null) ?? problems[0] ?? bad).message;
  /** Beside the cell; what stands beside the row already is not said twice. */
  const errorOf = (name: string) => {
    const problem = problems.find(({ column }) => column?.toLowerCase() === name.trim().toLowerCase());
    return problem === undefined ? null : problem.message === message ? true : problem.message;
  };

  return (
    <fieldset className={classes.row} data-good={good && edited} data-whole={whole}>
      <legend className={classes.legend}>Row {formatInteger(bad.rowNo)}</legend>
      <div className={classes.what}>
        <Text size="sm" className={classes.message} id={messageId}>
          <b aria-hidden>Row {formatInteger(bad.rowNo)}</b>
          {good && edited ? 'Fixed' : message}
        </Text>
        {whole ? (
          <Text size="xs" c="dimmed" className={classes.context}>
            {cells.filter((cell) => cell !== '').join(' · ')}
          </Text>
        ) : null}
        <Group gap={4} mt={4} ml={-8}>
          {whole && !isTruncated(bad) && (others > 0 || openAll) ? (
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconPencil size={14} aria-hidden />}
              aria-label={`${openAll ? 'Show only problems' : 'Show all cells'} of row ${bad.rowNo}`}
              onClick={() => setOpenAll(!openAll)}
            >
              {openAll ? 'Show only problems' : 'Show all cells'}
            </Button>
          ) : null}
          {edited ? (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconArrowBackUp size={14} aria-hidden />}
              aria-label={`Reset row ${bad.rowNo}`}
              onClick={() => onEdit(bad.rowNo, null)}
            >
              Reset
            </Button>
          ) : null}
        </Group>
      </div>
      {isTruncated(bad) ? (
        <Text size="sm" c="dimmed">
          This row is too long to fix here. Fix it in your file, then send the file again with the same name.
        </Text>
      ) : whole ? (
        <div className={classes.cells}>
          {shown.map(({ name, at }) => (
            <TextInput
              key={`${name}-${at}`}
              size="sm"
              label={formatColumnTitle(name, at)}
              aria-label={`${formatColumnTitle(name, at)}, row ${bad.rowNo}`}
              value={cells[at] ?? ''}
              error={errorOf(name)}
              onChange={({ currentTarget }) => onEdit(bad.rowNo, editCell(cells, at, currentTarget.value))}
              spellCheck={false}
              autoComplete="off"
              {...(errorOf(name) === true ? { 'aria-describedby': messageId } : {})}
            />
          ))}
        </div>
      ) : (
        <Textarea
          size="sm"
          label={`This row has ${formatCount(cells.length, 'cell')}, but there are ${formatCount(shape.header.length, 'column name')}`}
          description="Put quotes around a text with a comma in it, as in &quot;Smith, Jones&quot;."
          aria-label={`Text of row ${bad.rowNo}`}
          value={text}
          error={edited && !good ? problems.map(({ message }) => message).join(' ') : null}
          onChange={({ currentTarget }) => onEdit(bad.rowNo, editText(currentTarget.value))}
          autosize
          spellCheck={false}
          classNames={{ input: classes.raw ?? '' }}
        />
      )}
    </fieldset>
  );
});
