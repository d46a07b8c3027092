"""Keeps quarantined rows on disk until the good rows of their upload are loaded."""

import heapq
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
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
    quote_cell,
)

# Without compression, a row of two bytes takes 32 bytes. Threads are off because pyarrow has only one thread in Spark's
# Python processes. That thread writes the ragged rows, so with threads on it would wait for itself.
QUARANTINE_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
# The maximum number of bad rows that are stored for a rejected upload. They show what is wrong with the upload.
REJECTED_ROWS_KEPT = 1000


class QuarantineFiles:
    """The quarantined rows of one upload.

    The rows wait on disk for two reasons: the connection is busy with the good rows, and an upload may have millions of
    bad rows. pyarrow's thread writes the ragged rows and runs ahead of the thread that validates the other rows. Each
    kind therefore has a separate file, sorted by row number. `write_csv` merges the two files.

    Args:
        upload_id: The upload's id.

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

    def __exit__(self, *_: object) -> None:
        self.ragged.file.close()
        self.faulty.file.close()

    @property
    def count(self) -> int:
        """Number of quarantined rows."""
        return self.ragged.count + self.faulty.count

    @property
    def amount(self) -> Decimal:
        """The sum of the readable amounts of the quarantined rows."""
        return self.ragged.amount + self.faulty.amount

    @property
    def first(self) -> QuarantinedRow | None:
        """The row with the lowest number; None without rows."""
        rows = [row for row in (self.ragged.first, self.faulty.first) if row is not None]
        return min(rows, key=lambda row: row.row_no, default=None)

    def write_csv(self, out: IO[bytes], limit: int | None = None) -> int:
        """Writes the rows as CSV, sorted by row number and up to a limit. Returns the number of written rows."""
        rows = heapq.merge(self.ragged.read_rows(), self.faulty.read_rows(), key=lambda row: row.row_no)
        written = 0
        for row in islice(rows, limit):
            out.write(self._format_line(row))
            written += 1
        assert written == (self.count if limit is None else min(self.count, limit)), "rows are missing in the files"
        return written

    def _format_line(self, row: QuarantinedRow) -> bytes:
        cells = (
            str(self._upload_id),
            str(row.row_no),
            row.column or "",
            row.code,
            row.message[:MESSAGE_MAX],
            row.raw_text[:RAW_TEXT_MAX],
        )
        # Every cell is quoted, because LOAD DATA reads an unquoted NULL as a missing value.
        return (",".join(map(quote_cell, cells)) + "\n").encode()


class _QuarantineFile:
    """Quarantined rows of one kind on disk, sorted by row number.

    Their messages are formatted when the rows are read back.
    """

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 (`QuarantineFiles` closes it)
        self.first: QuarantinedRow | None = None
        self.count = 0
        self.amount = Decimal(0)
        # All reasons by column and code. Two batches with the same column and code have the same message.
        self._reasons: dict[tuple[str | None, str], Reason] = {}
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None

    def write(self, rows: QuarantinedRows) -> None:
        """Appends rows. Their numbers must be higher than the numbers of all earlier rows."""
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
        new_indices = np.array([indices[reason.column, reason.code] for reason in rows.reasons], np.uint16)
        self._writer.write_batch(
            rows.columns.set_column(
                BAD_ROWS.get_field_index("reason"),
                BAD_ROWS.field("reason"),
                pa.array(new_indices[rows.columns["reason"].to_numpy()]),
            )
        )

    def read_rows(self) -> Iterator[QuarantinedRow]:
        """Yields all rows. No more rows can be written afterwards."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if not self.count:
            return
        self.file.seek(0)
        reasons = list(self._reasons.values())
        for columns in pa.ipc.open_stream(self.file):
            yield from QuarantinedRows(reasons, columns)
