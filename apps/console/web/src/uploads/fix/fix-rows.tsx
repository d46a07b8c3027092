/** Lists quarantined rows for editing. Only visible rows are rendered, so that the list can have thousands of rows. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useMemo, useRef } from 'react';
import type { EditedRow, FixDraft } from '../drafts.ts';
import { FixRow } from './fix-row.tsx';
import classes from './fix-rows.module.css';
import { buildRowToFix, type FileShape, type ProblemRow, setEditedRow } from './row-to-fix.ts';

interface Props {
  readonly rows: readonly ProblemRow[];
  readonly shape: FileShape;
  readonly draft: FixDraft;
  readonly onDraft: (change: (draft: FixDraft) => FixDraft) => void;
  /** Called when the last rows become visible, to load more rows. */
  readonly onEnd?: () => void;
}

/** Up to this number, all rows are rendered. Ctrl-F then finds every row, and the list needs no scroll area. */
const renderedAtOnce = 20;

export function FixRows({ rows, shape, draft, onDraft, onEnd }: Props) {
  const onEdit = useCallback(
    (rowNo: number, edited: EditedRow | null) => onDraft((before) => setEditedRow(before, rowNo, edited)),
    [onDraft],
  );
  const toFix = useMemo(() => rows.map((row) => buildRowToFix(row, draft, shape)), [rows, draft, shape]);
  const renderRow = (at: number) => {
    const row = toFix[at];
    return row === undefined ? null : <FixRow row={row} shape={shape} onEdit={onEdit} />;
  };
  if (rows.length <= renderedAtOnce) {
    return (
      <ul className={classes.list} aria-label="Rows to fix">
        {toFix.map(({ problemRow }, at) => (
          <li key={problemRow.rowNo}>{renderRow(at)}</li>
        ))}
      </ul>
    );
  }
  return (
    <ManyRows
      count={rows.length}
      renderRow={renderRow}
      getKey={(at) => rows[at]?.rowNo ?? at}
      {...(onEnd ? { onEnd } : {})}
    />
  );
}

interface ManyProps {
  readonly count: number;
  readonly renderRow: (at: number) => React.ReactNode;
  readonly getKey: (at: number) => number;
  readonly onEnd?: () => void;
}

function ManyRows({ count, renderRow, getKey, onEnd }: ManyProps) {
  const area = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => area.current,
    estimateSize: () => 150,
    getItemKey: getKey,
    overscan: 6,
    onChange: (now) => {
      const last = now.getVirtualItems().at(-1);
      if (last !== undefined && last.index >= count - 3) onEnd?.();
    },
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by the keyboard
    <section ref={area} className={classes.area} tabIndex={0} aria-label="Rows to fix">
      <ul
        className={classes.list}
        style={{ position: 'relative', height: virtual.getTotalSize() }}
        aria-label="Rows to fix"
      >
        {virtual.getVirtualItems().map(({ index, key, start }) => (
          <li
            key={key}
            data-index={index}
            ref={virtual.measureElement}
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${start}px)` }}
          >
            {renderRow(index)}
          </li>
        ))}
      </ul>
    </section>
  );
}
