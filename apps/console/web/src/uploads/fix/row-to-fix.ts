/** A quarantined row while somebody edits it. */
import { type CellProblem, checkRow, parseRow } from '@centflow/preview';
import type { Contract } from '@centflow/schema/contract';
import type { EditedRow, FixDraft } from '../drafts.ts';

/** A quarantined row as the API and the preview tell it. */
export interface ProblemRow {
  /** As a spreadsheet shows it. */
  readonly rowNo: number;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  readonly rawText: string;
}

/** The header of a file and the feed that it should be. */
export interface FileShape {
  readonly header: readonly string[];
  readonly contract: Contract;
}

export interface RowToFix {
  readonly bad: ProblemRow;
  readonly cells: readonly string[];
  /** As it stands in the file, or as it was typed. */
  readonly text: string;
  readonly edited: boolean;
  /** Empty where the row is good by now. */
  readonly problems: readonly CellProblem[];
}

/** The row as it stands, with what was typed over it. */
export function buildRowToFix(bad: ProblemRow, draft: FixDraft, { header, contract }: FileShape): RowToFix {
  const typed = draft[bad.rowNo];
  const cells = typed?.cells ?? parseRow(bad.rawText);
  return {
    bad,
    cells,
    text: typed?.text ?? bad.rawText,
    edited: typed !== undefined,
    problems: checkRow(cells, header, contract),
  };
}

/** Whether the file has as many cells in it as the header has columns: otherwise nobody knows which cell is which. */
export function hasEveryCell(bad: ProblemRow, { header }: FileShape): boolean {
  return parseRow(bad.rawText).length === header.length;
}

/** So much of a row is kept: of a longer one the end is missing. */
const keptAtMost = 4096;

/** Whether only the beginning of the row is known: writing that back would lose the rest. */
export function isTruncated({ rawText }: ProblemRow): boolean {
  return rawText.length >= keptAtMost;
}

/** A whole row typed as text. */
export function editText(text: string): EditedRow {
  return { cells: parseRow(text), text };
}

/** Rows that were edited and have nothing wrong any more. */
export function collectFixes(
  rows: readonly ProblemRow[],
  draft: FixDraft,
  shape: FileShape,
): { rowNo: number; cells: readonly string[] }[] {
  return rows
    .filter((bad) => draft[bad.rowNo] !== undefined && !isTruncated(bad))
    .map((bad) => buildRowToFix(bad, draft, shape))
    .filter(({ problems }) => problems.length === 0)
    .map(({ bad, cells }) => ({ rowNo: bad.rowNo, cells }));
}

/** The draft without an edit, or with it. */
export function setEditedRow(draft: FixDraft, rowNo: number, edited: EditedRow | null): FixDraft {
  const { [rowNo]: _, ...others } = draft;
  return edited === null ? others : { ...others, [rowNo]: edited };
}

/** One cell changed. */
export function editCell(cells: readonly string[], at: number, value: string): EditedRow {
  return { cells: cells.map((cell, index) => (index === at ? value : cell)) };
}
