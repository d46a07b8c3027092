/** Builds the state of a quarantined row during editing. */
import { type CellProblem, checkRow, parseRow } from '@centflow/preview';
import type { Contract } from '@centflow/schema/contract';
import type { EditedRow, FixDraft } from '../drafts.ts';

/** A quarantined row from the API or the preview. */
export interface ProblemRow {
  /** The row number that a spreadsheet shows. */
  readonly rowNo: number;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  readonly rawText: string;
}

/** The header of a file, and the contract that the file must meet. */
export interface FileShape {
  readonly header: readonly string[];
  readonly contract: Contract;
}

export interface RowToFix {
  readonly problemRow: ProblemRow;
  readonly cells: readonly string[];
  /** The text from the file, or the edited text. */
  readonly text: string;
  readonly edited: boolean;
  /** The problems of the row; empty if the row is valid. */
  readonly problems: readonly CellProblem[];
}

/** Combines a row of the file with the edits of the row. */
export function buildRowToFix(problemRow: ProblemRow, draft: FixDraft, { header, contract }: FileShape): RowToFix {
  const edit = draft[problemRow.rowNo];
  const cells = edit?.cells ?? parseRow(problemRow.rawText);
  return {
    problemRow,
    cells,
    text: edit?.text ?? problemRow.rawText,
    edited: edit !== undefined,
    problems: checkRow(cells, header, contract),
  };
}

/** Returns whether the row has as many cells as the header. If not, cells cannot be assigned to columns. */
export function hasEveryCell(problemRow: ProblemRow, { header }: FileShape): boolean {
  return parseRow(problemRow.rawText).length === header.length;
}

/** The maximum number of characters that are stored of a row. The end of a longer row is missing. */
const keptAtMost = 4096;

/** Returns whether only the beginning of the row is known. Writing such a row back would lose its end. */
export function isTruncated({ rawText }: ProblemRow): boolean {
  return rawText.length >= keptAtMost;
}

/** Parses a row that was edited as text. */
export function editText(text: string): EditedRow {
  return { cells: parseRow(text), text };
}

/** Returns the edited rows that have become valid. */
export function collectFixes(
  rows: readonly ProblemRow[],
  draft: FixDraft,
  shape: FileShape,
): { rowNo: number; cells: readonly string[] }[] {
  return rows
    .filter((problemRow) => draft[problemRow.rowNo] !== undefined && !isTruncated(problemRow))
    .map((problemRow) => buildRowToFix(problemRow, draft, shape))
    .filter(({ problems }) => problems.length === 0)
    .map(({ problemRow, cells }) => ({ rowNo: problemRow.rowNo, cells }));
}

/** Returns the draft with the row's edit replaced, or removed if the edit is null. */
export function setEditedRow(draft: FixDraft, rowNo: number, edited: EditedRow | null): FixDraft {
  const { [rowNo]: _, ...others } = draft;
  return edited === null ? others : { ...others, [rowNo]: edited };
}

/** Returns the row with one cell changed. */
export function editCell(cells: readonly string[], at: number, value: string): EditedRow {
  return { cells: cells.map((cell, index) => (index === at ? value : cell)) };
}
