"""An upload's rows added up, so that the report views need not: by month and category, by account and day, and so on.

Which summaries a feed has stands in its contract. A summary holds, for each group, the sum and number of the rows that
are not `shadowed`. It stands for its upload as long as the mark in `upload_summaries` has the upload's `updated_at`;
the views read the rows of an upload whose summary does not stand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pymysql.cursors import Cursor

from centflow_glue.contract import Contract, Summary, SummaryColumn
from centflow_glue.plan import Upload

MIB = 1 << 20
AMOUNT = pa.decimal128(38, 4)
TOTALS = ("amount", "transactions")


@dataclass(frozen=True)
class SummaryLimits:
    """Which summaries are worth their while, and the memory that they may take.

    Attributes:
        least_rows: An upload of fewer good rows has none: its rows are read as quickly.
        rows_per_group: A summary has at most one group for so many rows; with more groups the rows are read instead.
        bytes: The most that the groups of one summary may take while an upload is loaded.
        rows_at_once: Rows gathered before they are added up.
    """

    least_rows: int = 1000
    rows_per_group: int = 4
    bytes: int = 32 * MIB
    rows_at_once: int = 1 << 16

    def is_usable(self, rows: int, groups: int) -> bool:
        """Whether a summary with so many groups is kept for an upload of so many good rows."""
        return rows >= self.least_rows and groups * self.rows_per_group <= rows


SUMMARY_LIMITS = SummaryLimits()


class RunningSummaries:
    """The summaries of an upload while its rows stream by: groups are held, never rows beyond a gathered few."""

    def __init__(self, contract: Contract, limits: SummaryLimits) -> None:
        self._contract = contract
        self._limits = limits
        self._gathered: list[pa.Table] = []
        self._rows_gathered = 0
        self._rows = 0
        self._codes: dict[SummaryColumn, _Codes] = {}
        # None: more groups than there is memory for.
        self._parts: dict[str, list[pa.Table] | None] = {summary.table: [] for summary in contract.summaries}

    def add(self, rows: pa.Table) -> None:
        """Add rows as `validate` gives them."""
        if not self._parts:
            return
        self._rows += rows.num_rows
        self._gathered.append(rows)
        self._rows_gathered += rows.num_rows
        if self._rows_gathered >= self._limits.rows_at_once:
            self._add_up()

    def finish(self) -> dict[str, pa.Table | None]:
        """Each summary by its table: its groups, in the order of the key, or None where the rows are read instead."""
        if self._rows < self._limits.least_rows:
            return {}
        self._add_up()
        return {summary.table: self._finish(summary) for summary in self._contract.summaries}

    def _finish(self, summary: Summary) -> pa.Table | None:
        parts = self._parts[summary.table]
        if not parts:
            return None
        groups = _regroup(parts, summary)
        if not self._limits.is_usable(self._rows, groups.num_rows):
            return None
        keys = {column.name: self._codes[column].decode(groups[column.name]) for column in summary.columns}
        table = pa.table({**keys, **{total: groups[total] for total in TOTALS}})
        return table.sort_by([(name, "ascending") for name in keys])

    def _add_up(self) -> None:
        if not self._gathered:
            return
        rows = pa.concat_tables(self._gathered)
        self._gathered, self._rows_gathered = [], 0
        amounts = rows[self._contract.column(self._contract.amount).name].cast(AMOUNT)
        ones = pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows)
        encoded: dict[SummaryColumn, pa.Array] = {}
        for summary in self._contract.summaries:
            parts = self._parts[summary.table]
            if parts is None:
                continue
            for column in summary.columns:
                if column not in encoded:
                    encoded[column] = self._codes.setdefault(column, _Codes()).encode(self._cells(rows, column))
            keys = {column.name: encoded[column] for column in summary.columns}
            parts.append(_group(pa.table({**keys, "amount": amounts, "transactions": ones}), summary))
            # The first part is what the others were last added up to; it grows as its groups become many.
            is_due = sum(part.num_rows for part in parts[1:]) > max(parts[0].num_rows, self._limits.rows_at_once)
            if is_due or self._bytes(summary, parts) > self._limits.bytes:
                parts[:] = [_regroup(parts, summary)]
                if self._is_hopeless(summary, parts[0]):
                    self._parts[summary.table] = None

    def _is_hopeless(self, summary: Summary, groups: pa.Table) -> bool:
        """Whether there are too many groups to hold, or so many that in the end there will be."""
        if self._bytes(summary, [groups]) > self._limits.bytes // 2:
            return True
        # Of later rows more fall into groups that are there; twice too many seldom become few enough.
        is_late = self._rows >= 4 * self._limits.rows_at_once
        return is_late and groups.num_rows * self._limits.rows_per_group > 2 * self._rows

    def _bytes(self, summary: Summary, parts: Sequence[pa.Table]) -> int:
        values = sum(self._codes[column].nbytes for column in summary.columns)
        return int(values + sum(part.nbytes for part in parts))

    def _cells(self, rows: pa.Table, column: SummaryColumn) -> pa.ChunkedArray:
        cells = rows[self._contract.column(column.header).name]
        return pc.utf8_slice_codeunits(cells, 0, 7) if column.part == "month" else cells


class _Codes:
    """Numbers for the values of a column: rows are grouped by them in about half the time that texts take."""

    def __init__(self) -> None:
        self._values = pa.array([], pa.string())

    @property
    def nbytes(self) -> int:
        return int(self._values.nbytes)

    def encode(self, cells: pa.ChunkedArray) -> pa.Array:
        """The number of each cell's value; new values get new ones."""
        part = cells.combine_chunks().dictionary_encode()
        codes = pc.index_in(part.dictionary, value_set=self._values)
        if codes.null_count:
            self._values = pa.concat_arrays([self._values, part.dictionary.filter(codes.is_null())])
            codes = pc.index_in(part.dictionary, value_set=self._values)
        return codes.take(part.indices)

    def decode(self, codes: pa.ChunkedArray) -> pa.ChunkedArray:
        """The values of numbers that `encode` gave."""
        return pc.take(self._values, codes)


def _group(table: pa.Table, summary: Summary) -> pa.Table:
    names = [column.name for column in summary.columns]
    # One thread: the other cores have MySQL and other uploads to work on.
    grouped = table.group_by(names, use_threads=False).aggregate([(total, "sum") for total in TOTALS])
    totals = (grouped["amount_sum"].cast(AMOUNT), grouped["transactions_sum"])
    return pa.table([*(grouped[name] for name in names), *totals], names=[*names, *TOTALS])


def _regroup(parts: Sequence[pa.Table], summary: Summary) -> pa.Table:
    return parts[0] if len(parts) == 1 else _group(pa.concat_tables(parts), summary)


def lacking(upload: Upload | None, contract: Contract | None, limits: SummaryLimits) -> list[Summary]:
    """The summaries that a published upload should have and that do not stand for it.

    Such an upload is from before there was the summary, or a release that knows of none has changed it since.
    """
    if upload is None or contract is None or upload.rows_good < limits.least_rows:
        return []
    return [summary for summary in contract.summaries if summary.table not in upload.summaries]


def mark(cursor: Cursor, upload_id: int, usable: Mapping[str, bool]) -> None:
    """Say that an upload's summaries stand for it as it is now; in the transaction that makes them so."""
    for summary, is_usable in usable.items():
        cursor.execute(
            "INSERT INTO upload_summaries (upload_id, summary, as_of, usable)"
            " SELECT upload_id, %(summary)s, updated_at, %(usable)s FROM uploads WHERE upload_id = %(upload_id)s"
            " ON DUPLICATE KEY UPDATE as_of = VALUES(as_of), usable = VALUES(usable)",
            {"upload_id": upload_id, "summary": summary, "usable": is_usable},
        )


def standing_marks(cursor: Cursor, upload_ids: Iterable[int]) -> list[tuple[int, str, bool]]:
    """The marks that are of these uploads as they are now: upload, summary, and whether it is usable."""
    cursor.execute(
        "SELECT m.upload_id, m.summary, m.usable FROM upload_summaries AS m"
        " JOIN uploads AS u ON u.upload_id = m.upload_id AND u.updated_at = m.as_of WHERE m.upload_id IN %s",
        (tuple(upload_ids),),
    )
    return [(upload_id, summary, bool(usable)) for upload_id, summary, usable in cursor.fetchall()]


def follow_changes(cursor: Cursor, contract: Contract, marks: Sequence[tuple[int, str, bool]]) -> None:
    """Take rows off the summaries, or add them, by what `shadow_changes` says of uploads whose summaries stood."""
    for summary in contract.summaries:
        upload_ids = tuple(upload_id for upload_id, name, usable in marks if usable and name == summary.table)
        if not upload_ids:
            continue
        names = ", ".join(f"`{column.name}`" for column in summary.columns)
        amount = f"r.`{contract.column(contract.amount).name}`"
        cursor.execute(
            f"""
            INSERT INTO `{summary.table}` (upload_id, {names}, amount, transactions)
            SELECT * FROM (
              SELECT c.upload_id, {_selected(summary, contract)},
                     SUM(IF(c.is_shadowed, -{amount}, {amount})) AS amount,
                     SUM(IF(c.is_shadowed, -1, 1)) AS transactions
              FROM shadow_changes AS c
                STRAIGHT_JOIN `{contract.table}` AS r ON r.upload_id = c.upload_id AND r.row_no = c.row_no
              WHERE c.upload_id IN %s GROUP BY c.upload_id, {_groups(summary, contract)}
            ) AS changed
            ON DUPLICATE KEY UPDATE `{summary.table}`.amount = `{summary.table}`.amount + changed.amount,
              `{summary.table}`.transactions = `{summary.table}`.transactions + changed.transactions
            """,
            (upload_ids,),
        )


def add_up(
    cursor: Cursor, contract: Contract, upload_id: int, summaries: Iterable[Summary], limits: SummaryLimits
) -> None:
    """Make summaries of a published upload from its rows, within one transaction that its readers see the end of."""
    cursor.execute(
        "SELECT rows_published + rows_duplicate FROM uploads WHERE upload_id = %s",
        (upload_id,),
    )
    ((rows,),) = cursor.fetchall()
    amount = f"SUM(r.`{contract.column(contract.amount).name}`)"
    for summary in summaries:
        names = ", ".join(f"`{column.name}`" for column in summary.columns)
        clear = f"DELETE FROM `{summary.table}` WHERE upload_id = %s"
        cursor.execute(clear, (upload_id,))
        groups = cursor.execute(
            f"INSERT INTO `{summary.table}` (upload_id, {names}, amount, transactions)"
            f" SELECT r.upload_id, {_selected(summary, contract)}, {amount}, COUNT(*)"
            f" FROM `{contract.table}` AS r WHERE r.upload_id = %s AND NOT r.shadowed"
            f" GROUP BY r.upload_id, {_groups(summary, contract)}",
            (upload_id,),
        )
        usable = limits.is_usable(rows, groups)
        if not usable:
            cursor.execute(clear, (upload_id,))
        mark(cursor, upload_id, {summary.table: usable})


def _selected(summary: Summary, contract: Contract) -> str:
    return ", ".join(f"{_expression(column, contract)} AS `{column.name}`" for column in summary.columns)


def _groups(summary: Summary, contract: Contract) -> str:
    # Not by the names of what is selected: MySQL would take those of the rows' own columns, and so their collation.
    return ", ".join(_expression(column, contract) for column in summary.columns)


def _expression(column: SummaryColumn, contract: Contract) -> str:
    """What a row is added up by, as the job tells groups apart: by the bytes of a cell, '' where it has no value."""
    source = contract.column(column.header)
    cell = f"r.`{source.name}`"
    if column.part == "month":
        return f"LEFT({cell}, 7)"
    if source.type != "string":
        return cell
    return f"COALESCE({cell}, '') COLLATE utf8mb4_0900_bin"
