import { Loader } from '@mantine/core';
import { IconArrowDownLeft, IconArrowUpRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Transaction } from '../../../api/contract/transactions.ts';
import { getCountryName } from '../dashboards/figures.ts';
import { formatDay } from '../shared/dates.ts';
import { formatMoney, formatSignedMoney } from '../shared/money.ts';
import { formatCount } from '../shared/numbers.ts';
import { usePrinting } from '../shared/printing.ts';
import { getFileName } from '../uploads/shared/amounts.ts';
import classes from './transactions.module.css';

interface Props {
  readonly transactions: readonly Transaction[];
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly onMore: () => void;
}

/**
 * Renders only the rows on the screen, so that a list of 100,000 rows scrolls smoothly. Prints contain all loaded rows.
 */
export function TransactionList({ transactions, hasMore, loadingMore, onMore }: Props) {
  const printing = usePrinting();
  const place = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(place.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: transactions.length,
    estimateSize: () => 66,
    overscan: printing ? transactions.length : 12,
    scrollMargin: top,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && last >= transactions.length - 20) onMore();
  }, [hasMore, loadingMore, last, transactions.length, onMore]);
  return (
    <div className={`panel ${classes.list}`} ref={place}>
      <ul
        className={classes.rows}
        aria-label="Transactions"
        style={{ height: printing ? 'auto' : rows.getTotalSize() }}
      >
        {shown.map(({ index, key, start }) => {
          const transaction = transactions[index];
          return transaction ? (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={classes.row}
              aria-posinset={index + 1}
              aria-setsize={hasMore ? -1 : transactions.length}
              style={printing ? {} : { transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              <Cells transaction={transaction} />
            </li>
          ) : null;
        })}
      </ul>
      <p className={classes.end} role="status">
        {loadingMore ? (
          <Loader size="xs" aria-label="Loading more" />
        ) : hasMore ? (
          '\u00a0'
        ) : (
          formatCount(transactions.length, 'transaction')
        )}
      </p>
    </div>
  );
}

function Cells({ transaction }: { readonly transaction: Transaction }) {
  const { kind, date, counterparty, category, account, amount, currency, description, city, country } = transaction;
  const income = kind === 'income';
  const place = [city, country === null ? null : getCountryName(country)].filter(Boolean).join(', ');
  const Icon = income ? IconArrowDownLeft : IconArrowUpRight;
  return (
    <>
      <div className={classes.kind} data-kind={kind}>
        <Icon size={17} stroke={2} role="img" aria-label={income ? 'Income' : 'Expense'} />
      </div>
      <div className={classes.who}>
        <span className={classes.name}>{counterparty}</span>
        <span className={classes.detail}>{[category, description, place].filter(Boolean).join(' · ')}</span>
      </div>
      <div className={classes.when}>
        <span>{formatDay(date)}</span>
        <span className={classes.detail}>{account}</span>
      </div>
      <div className={classes.source}>
        <Source transaction={transaction} />
      </div>
      <div className={classes.amount} data-kind={kind}>
        {income ? formatSignedMoney(amount, currency) : formatMoney(amount, currency)}
      </div>
    </>
  );
}

/** Links a transaction to its row in the upload. */
function Source({ transaction: { uploadId, rowNo, objectKey } }: { readonly transaction: Transaction }) {
  const name = objectKey.slice(objectKey.lastIndexOf('/') + 1);
  return (
    <Link
      to="/uploads/$uploadId"
      params={{ uploadId: String(uploadId) }}
      search={{ row: rowNo }}
      className={classes.link}
      title={`${getFileName(objectKey)}, row ${rowNo}`}
    >
      <span className={classes.file}>{name}</span>
      <span className={classes.line}>row {rowNo}</span>
    </Link>
  );
}
