"""Quarantined rows on disk until the good rows of their upload are loaded."""

import heapq
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from types import TracebackType
from typing import IO, Self

import numpy as np
import pyarrow as pa

from centflow_glue.rows.quarantine import (
    BAD_ROWS,
    MESSAGE_MAX,
    RAW_TEXT_MAX,
    QuarantinedRow,
    QuarantinedRows,
    Reason,
    quoted_cell,
)

# Rows of two bytes take 32 uncompressed. No threads: ragged rows are written in the only thread that pyarrow has in
# Spark's Python processes, which would wait for itself.
QUARANTINE_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)


# Of a rejected upload, so many bad rows are kept to show what is wrong with it.
REJECTED_ROWS_KEPT = 1000


class Quarantine:
    """Quarantined rows on disk until the good rows are loaded: the connection is busy, and there may be millions.

    pyarrow's thread writes the ragged rows and is ahead of the thread that checks the others. Each kind therefore has a
    separate file, in the order of its rows, and only the first rows of both are merged.

    Args:
        upload_id: Of the upload.

    Attributes:
        ragged: The rows with a wrong number of cells.
        faulty: The rows with a cell that breaks the contract.
    """

    def __init__(self, upload_id: int) -> None:
        self.ragged = _QuarantineFile()
        self.faulty = _QuarantineFile()
        self._upload_id = upload_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ragged.file.close()
        self.faulty.file.close()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.ragged.count + self.faulty.count

    @property
    def amount(self) -> Decimal:
        """The sum of their amounts, as far as these can be read."""
        return self.ragged.amount + self.faulty.amount

    @property
    def first(self) -> QuarantinedRow | None:
        """The first row; None where there is none."""
        rows = [row for row in (self.ragged.first, self.faulty.first) if row is not None]
        return min(rows, key=lambda row: row.row_no, default=None)

    def copy(self, out: IO[bytes], whole: bool) -> None:
        """Write the rows as CSV; unless `whole`, only those kept of a rejected upload, in their order."""
        rows = heapq.merge(self.ragged.rows(), self.faulty.rows(), key=lambda row: row.row_no)
        for row in rows if whole else islice(rows, REJECTED_ROWS_KEPT):
            out.write(self._line(row))

    def _line(self, row: QuarantinedRow) -> bytes:
        cells = (
            str(self._upload_id),
            str(row.row_no),
            row.column or "",
            row.code,
            row.message[:MESSAGE_MAX],
            row.raw_text[:RAW_TEXT_MAX],
        )
        # All quoted: LOAD DATA reads a bare NULL as no value.
        return (",".join(map(quoted_cell, cells)) + "\n").encode()


class _QuarantineFile:
    """Rows of one kind on disk, in the order of their numbers. They get their words when they are read back."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 (`Quarantine` closes it)
        self.first: QuarantinedRow | None = None
        self.count = 0
        self.amount = Decimal(0)
        # The reasons of all rows by column and code: the messages of two batches differ in nothing else.
        self._reasons: dict[tuple[str | None, str], Reason] = {}
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None

    def write(self, rows: QuarantinedRows) -> None:
        """Add rows whose numbers are greater than those of the rows before."""
        if not len(rows):
            return
        if self.first is None:
            self.first = next(iter(rows))
            self._writer = pa.ipc.new_stream(self.file, BAD_ROWS, options=QUARANTINE_OPTIONS)
        assert self._writer is not None, "the rows are being read back"
        self.count += len(rows)
        self.amount += rows.amount
        for reason in rows.reasons:
            self._reasons.setdefault((reason.column, reason.code), reason)
        indices = {key: index for index, key in enumerate(self._reasons)}
        index_of = np.array([indices[reason.column, reason.code] for reason in rows.reasons], np.uint16)
        self._writer.write_batch(
            rows.columns.set_column(
                BAD_ROWS.get_field_index("reason"),
                BAD_ROWS.field("reason"),
                pa.array(index_of[rows.columns["reason"].to_numpy()]),
            )
        )

    def rows(self) -> Iterator[QuarantinedRow]:
        """Return all rows; none can be written from then on."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if not self.count:
            return
        self.file.seek(0)
        reasons = list(self._reasons.values())
        for columns in pa.ipc.open_stream(self.file):
            yield from QuarantinedRows(reasons, columns)
