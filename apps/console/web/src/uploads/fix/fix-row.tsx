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
  /** Called with the edited row, or with null to reset the row. */
  readonly onEdit: (rowNo: number, edited: EditedRow | null) => void;
}

/** Shows the problem of a row, and inputs for the row's cells. */
export const FixRow = memo(function FixRow({ row, shape, onEdit }: Props) {
  const { problemRow, cells, text, edited, problems } = row;
  const [openAll, setOpenAll] = useState(false);
  const messageId = useId();
  const isWhole = hasEveryCell(problemRow, shape);
  const isValid = problems.length === 0;
  const wrongColumns = new Set([
    problemRow.column?.toLowerCase(),
    ...problems.map(({ column }) => column?.toLowerCase()),
  ]);
  const shownColumns = shape.header
    .map((name, index) => ({ name, index }))
    .filter(
      ({ name, index }) =>
        openAll ||
        wrongColumns.has(name.trim().toLowerCase()) ||
        (edited && parseRow(problemRow.rawText)[index] !== cells[index]),
    );
  const hiddenCount = shape.header.length - shownColumns.length;
  const message = (problems.find(({ column }) => column === null) ?? problems[0] ?? problemRow).message;
  /** Returns the text of a cell's problem, or true if the row already shows that text. */
  const errorOf = (name: string) => {
    const problem = problems.find(({ column }) => column?.toLowerCase() === name.trim().toLowerCase());
    return problem === undefined ? null : problem.message === message ? true : problem.message;
  };

  return (
    <fieldset className={classes.row} data-good={isValid && edited} data-whole={isWhole}>
      <legend className={classes.legend}>Row {formatInteger(problemRow.rowNo)}</legend>
      <div className={classes.what}>
        <Text size="sm" className={classes.message} id={messageId}>
          <b aria-hidden>Row {formatInteger(problemRow.rowNo)}</b>
          {isValid && edited ? 'Fixed' : message}
        </Text>
        {isWhole ? (
          <Text size="xs" c="dimmed" className={classes.context}>
            {cells.filter((cell) => cell !== '').join(' · ')}
          </Text>
        ) : null}
        <Group gap={4} mt={4} ml={-8}>
          {isWhole && !isTruncated(problemRow) && (hiddenCount > 0 || openAll) ? (
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconPencil size={14} aria-hidden />}
              aria-label={`${openAll ? 'Show only problems' : 'Show all cells'} of row ${problemRow.rowNo}`}
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
              aria-label={`Reset row ${problemRow.rowNo}`}
              onClick={() => onEdit(problemRow.rowNo, null)}
            >
              Reset
            </Button>
          ) : null}
        </Group>
      </div>
      {isTruncated(problemRow) ? (
        <Text size="sm" c="dimmed">
          This row is too long to fix here. Fix the row in your file, then send the file again with the same name.
        </Text>
      ) : isWhole ? (
        <div className={classes.cells}>
          {shownColumns.map(({ name, index }) => (
            <TextInput
              key={`${name}-${index}`}
              size="sm"
              label={formatColumnTitle(name, index)}
              aria-label={`${formatColumnTitle(name, index)}, row ${problemRow.rowNo}`}
              value={cells[index] ?? ''}
              error={errorOf(name)}
              onChange={({ currentTarget }) => onEdit(problemRow.rowNo, editCell(cells, index, currentTarget.value))}
              spellCheck={false}
              autoComplete="off"
              {...(errorOf(name) === true ? { 'aria-describedby': messageId } : {})}
            />
          ))}
        </div>
      ) : (
        <Textarea
          size="sm"
          label={`This row has ${formatCount(cells.length, 'cell')}, but the file has ${formatCount(shape.header.length, 'column name')}`}
          description="Put quotes around text that contains a comma, such as &quot;Smith, Jones&quot;."
          aria-label={`Text of row ${problemRow.rowNo}`}
          value={text}
          error={edited && !isValid ? problems.map(({ message }) => message).join(' ') : null}
          onChange={({ currentTarget }) => onEdit(problemRow.rowNo, editText(currentTarget.value))}
          autosize
          spellCheck={false}
          classNames={{ input: classes.raw ?? '' }}
        />
      )}
    </fieldset>
  );
});
