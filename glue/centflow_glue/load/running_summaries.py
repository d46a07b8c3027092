"""Computes the summaries of an upload while its rows are streamed (docs/adr/0016-summaries-of-uploads.md)."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from centflow_glue.contract import Contract, Summary, SummaryColumn
from centflow_glue.limits import SummaryLimits

AMOUNT = pa.decimal128(38, 4)
TOTALS = ("amount", "transactions")


class RunningSummaries:
    """Computes the summaries of one upload. Holds only the groups and up to `rows_at_once` rows in memory."""

    def __init__(self, contract: Contract, limits: SummaryLimits) -> None:
        self._contract = contract
        self._limits = limits
        self._batches: list[pa.Table] = []
        self._batched_rows = 0
        self._rows = 0
        self._codes: dict[SummaryColumn, _ValueCodes] = {}
        # The groups by table; None if there are more groups than fit into memory.
        self._parts: dict[str, list[pa.Table] | None] = {summary.table: [] for summary in contract.summaries}

    def add(self, rows: pa.Table) -> None:
        """Adds rows that `validate` has accepted."""
        if not self._parts:
            return
        self._rows += rows.num_rows
        self._batches.append(rows)
        self._batched_rows += rows.num_rows
        if self._batched_rows >= self._limits.rows_at_once:
            self._group_batches()

    def finish(self) -> dict[str, pa.Table | None]:
        """Returns the sorted groups of each summary, by table; None for a summary that is not worth storing."""
        if self._rows < self._limits.least_rows:
            return {}
        self._group_batches()
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

    def _group_batches(self) -> None:
        if not self._batches:
            return
        rows = pa.concat_tables(self._batches)
        self._batches, self._batched_rows = [], 0
        amounts = rows[self._contract.column(self._contract.amount).name].cast(AMOUNT)
        ones = pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows)
        summaries = [summary for summary in self._contract.summaries if self._parts[summary.table] is not None]
        encoded = self._encode_keys(rows, summaries)
        for summary in summaries:
            keys = {column.name: encoded[column] for column in summary.columns}
            self._add_part(summary, _group(pa.table({**keys, "amount": amounts, "transactions": ones}), summary))

    def _encode_keys(self, rows: pa.Table, summaries: Sequence[Summary]) -> dict[SummaryColumn, pa.Array]:
        """Returns, for each column by which the summaries group, the number of each cell's value."""
        columns = dict.fromkeys(column for summary in summaries for column in summary.columns)
        return {
            column: self._codes.setdefault(column, _ValueCodes()).encode(self._cells(rows, column))
            for column in columns
        }

    def _add_part(self, summary: Summary, part: pa.Table) -> None:
        """Adds groups to a summary. Drops the summary if it has too many groups."""
        parts = self._parts[summary.table]
        assert parts is not None, "the summary was dropped"
        parts.append(part)
        # The first part holds all earlier groups. The later parts are merged into the first part once they contain more
        # groups than the first part.
        is_due = sum(part.num_rows for part in parts[1:]) > max(parts[0].num_rows, self._limits.rows_at_once)
        if is_due or self._bytes(summary, parts) > self._limits.bytes:
            parts[:] = [_regroup(parts, summary)]
            if self._has_too_many_groups(summary, parts[0]):
                self._parts[summary.table] = None

    def _has_too_many_groups(self, summary: Summary, groups: pa.Table) -> bool:
        """Returns whether the groups exceed the memory limit, or the summary is likely to end with too many groups."""
        if self._bytes(summary, [groups]) > self._limits.bytes // 2:
            return True
        # Group growth slows down as rows arrive. A summary at twice the limit rarely ends below the limit, so drop the
        # summary.
        is_late = self._rows >= 4 * self._limits.rows_at_once
        return is_late and groups.num_rows * self._limits.rows_per_group > 2 * self._rows

    def _bytes(self, summary: Summary, parts: Sequence[pa.Table]) -> int:
        values = sum(self._codes[column].nbytes for column in summary.columns)
        return int(values + sum(part.nbytes for part in parts))

    def _cells(self, rows: pa.Table, column: SummaryColumn) -> pa.ChunkedArray:
        cells = rows[self._contract.column(column.header).name]
        return pc.utf8_slice_codeunits(cells, 0, 7) if column.part == "month" else cells


class _ValueCodes:
    """Replaces the values of a column with numbers, because grouping by numbers takes about half the time."""

    def __init__(self) -> None:
        self._values = pa.array([], pa.string())

    @property
    def nbytes(self) -> int:
        return int(self._values.nbytes)

    def encode(self, cells: pa.ChunkedArray) -> pa.Array:
        """Encodes each cell as the index of its value. A value that is seen for the first time gets the next index."""
        part = cells.combine_chunks().dictionary_encode()
        codes = pc.index_in(part.dictionary, value_set=self._values)
        if codes.null_count:
            self._values = pa.concat_arrays([self._values, part.dictionary.filter(codes.is_null())])
            codes = pc.index_in(part.dictionary, value_set=self._values)
        return codes.take(part.indices)

    def decode(self, codes: pa.ChunkedArray) -> pa.ChunkedArray:
        """Returns the values for numbers that `encode` returned."""
        return pc.take(self._values, codes)


def _group(table: pa.Table, summary: Summary) -> pa.Table:
    names = [column.name for column in summary.columns]
    # One thread: the other cores are busy with MySQL and other uploads.
    grouped = table.group_by(names, use_threads=False).aggregate([(total, "sum") for total in TOTALS])
    totals = (grouped["amount_sum"].cast(AMOUNT), grouped["transactions_sum"])
    return pa.table([*(grouped[name] for name in names), *totals], names=[*names, *TOTALS])


def _regroup(parts: Sequence[pa.Table], summary: Summary) -> pa.Table:
    return parts[0] if len(parts) == 1 else _group(pa.concat_tables(parts), summary)
