"""One version of an object → rows of its feed's table, invisible until they are published, in one pass.

The rows stream as CSV through a pipe into MySQL's LOAD DATA LOCAL: no row passes between the JVM and Python, none is
held beyond its block, and nothing is staged (measured in docs/adr).
"""

import fcntl
import heapq
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice
from types import TracebackType
from typing import IO, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from centflow_glue.contract import Contract
from centflow_glue.fingerprint import fingerprints
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.quarantine import (
    BAD_ROWS,
    MESSAGE_MAX,
    RAW_TEXT_MAX,
    QuarantinedRow,
    QuarantinedRows,
    Reason,
    quoted_cell,
)
from centflow_glue.read import MIB, CsvReader, ReadLimits, read_in_blocks
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.summaries import SUMMARY_LIMITS, RunningSummaries, SummaryLimits
from centflow_glue.validate import validate

# An upload of which more than this share of rows is bad is no CSV of its feed, but a mistake.
QUARANTINE_LIMIT = 0.5
# Of a rejected upload, so many bad rows are kept to show what is wrong with it.
REJECTED_ROWS_KEPT = 1000
REMARKS_MAX = 1000
LOAD_OPTIONS = (
    "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"
)

# Rows of two bytes take 32 uncompressed. No threads: ragged rows are written in the only thread that pyarrow has in
# Spark's Python processes, which would wait for itself.
QUARANTINE_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
CSV_OPTIONS = pa_csv.WriteOptions(include_header=False, batch_size=8192)


class LoadMismatchError(Exception):
    """MySQL took other rows than it was given; nothing of the upload is published."""


@dataclass
class Tally:
    """What became of an upload's rows.

    Attributes:
        good: Rows that keep the contract.
        quarantined: Rows that do not.
        amount_good: Sum of the amounts of the good rows.
        amount_quarantined: Sum of the amounts of quarantined rows, where the amount itself can be read.
        first_date: The earliest date among the good rows, ISO 8601.
        last_date: The latest.
        has_transaction_ids: Whether a good row has a transaction id.
        summaries: Which summaries there are of the good rows, and whether each is kept.
        notes: What the uploader may want to know, such as ignored columns.
    """

    good: int = 0
    quarantined: int = 0
    amount_good: Decimal = Decimal(0)
    amount_quarantined: Decimal = Decimal(0)
    first_date: str | None = None
    last_date: str | None = None
    has_transaction_ids: bool = False
    summaries: dict[str, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def remarks(self) -> str | None:
        """The notes as `uploads.notes` holds them; None where there are none."""
        return " ".join(self.notes)[:REMARKS_MAX] or None

    @property
    def read(self) -> int:
        """All rows, good or not."""
        return self.good + self.quarantined


def load_upload(
    connection: GuardedConnection,
    open_stream: Callable[[], IO[bytes]],
    contract: Contract,
    upload_id: int,
    compressed: bool,
    limits: ReadLimits,
    summary_limits: SummaryLimits = SUMMARY_LIMITS,
) -> Tally:
    """Load one upload's rows, their summaries and the quarantined rows, and commit them.

    Args:
        connection: To MySQL, with no transaction open.
        open_stream: Opens the object's bytes; called again when a record needs the larger block.
        contract: Of the feed.
        upload_id: Of the row of `uploads` that the rows belong to; no rows of it may be stored.
        compressed: Whether the object is gzip.
        limits: How large it may be.
        summary_limits: Which summaries are kept.

    Raises:
        UploadRejectedError: The upload as a whole is not acceptable. No row of it is stored; of its quarantined rows
            the first 1,000 are. The error's `tally` holds the counts, where rows were read.
        LoadMismatchError: MySQL did not store what it was given.
    """
    return read_in_blocks(
        lambda block_bytes: CsvReader(open_stream(), contract, compressed, limits, block_bytes),
        lambda reader: _load(connection, reader, upload_id, RunningSummaries(contract, summary_limits)),
    )


class TooManyBadRowsError(UploadRejectedError):
    """More rows are bad than a sound upload has.

    Attributes:
        tally: What became of its rows.
    """

    def __init__(self, tally: Tally, first: QuarantinedRow) -> None:
        super().__init__(
            "too_many_bad_rows",
            f"{tally.quarantined:,} of {tally.read:,} rows have problems, too many to import. Fix them and upload "
            f"the file again. The first is row {first.row_no}: {first.message}"[:1000],
            first.row_no,
            first.column,
        )
        self.tally = tally


def _load(connection: GuardedConnection, reader: CsvReader, upload_id: int, summaries: RunningSummaries) -> Tally:
    contract = reader.contract
    with Quarantine(upload_id) as quarantine:
        producer = Producer(reader, upload_id, quarantine, summaries)
        _load_data(connection, _rows_statement(contract), producer.write_rows, producer.tally)
        tally = producer.tally
        rejection = too_many_bad_rows(tally, quarantine)
        if rejection is not None:
            connection.rollback()
            _store_quarantine(connection, quarantine, whole=False)
            connection.commit()
            raise rejection
        _store_quarantine(connection, quarantine, whole=True)
    tally.summaries = _store_summaries(connection, summaries.finish(), upload_id)
    connection.commit()
    return tally


def too_many_bad_rows(tally: Tally, quarantine: "Quarantine") -> TooManyBadRowsError | None:
    """Return why the upload is rejected, if too many of its rows are bad."""
    first = quarantine.first
    if first is None or tally.quarantined <= tally.read * QUARANTINE_LIMIT:
        return None
    return TooManyBadRowsError(tally, first)


class Producer:
    """Writes the good rows of one upload as CSV, puts the others aside, and counts both."""

    def __init__(
        self, reader: CsvReader, upload_id: int, quarantine: "Quarantine", summaries: RunningSummaries
    ) -> None:
        self.tally = Tally()
        if reader.header.ignored:
            self.tally.notes.append(f"Ignored columns: {', '.join(reader.header.ignored)}.")
        self._reader = reader
        self._upload_id = upload_id
        self._quarantine = quarantine
        self._summaries = summaries

    def write_rows(self, out: IO[bytes]) -> None:
        """Read the upload to its end."""
        contract = self._reader.contract
        with closing(self._reader.batches(self._quarantine.ragged.write)) as batches:
            for batch in batches:
                checked = validate(batch, self._reader.header, contract)
                self._quarantine.faulty.write(checked.quarantined)
                self._count(checked.rows)
                if checked.rows.num_rows:
                    self._summaries.add(checked.rows)
                    rows = checked.rows.add_column(
                        0, "upload_id", pa.repeat(pa.scalar(self._upload_id), checked.rows.num_rows)
                    )
                    pa_csv.write_csv(
                        rows.append_column("fingerprint", fingerprints(checked.rows, contract)), out, CSV_OPTIONS
                    )
        self.tally.quarantined = self._quarantine.count
        self.tally.amount_quarantined = self._quarantine.amount
        if self.tally.read == 0:
            self.tally.notes.append("The file has a header but no rows.")

    def _count(self, rows: pa.Table) -> None:
        tally, contract = self.tally, self._reader.contract
        if not rows.num_rows:
            return
        tally.good += rows.num_rows
        tally.amount_good += pc.sum(rows[contract.column(contract.amount).name].cast(pa.decimal128(38, 4))).as_py()
        period = contract.column(contract.period)
        bounds = pc.min_max(rows[period.name]).as_py()
        day = "-01" if period.type == "yearmonth" else ""
        tally.first_date = min(filter(None, [tally.first_date, bounds["min"] + day]))
        tally.last_date = max(filter(None, [tally.last_date, bounds["max"] + day]))
        if contract.transaction_id is not None and not tally.has_transaction_ids:
            ids = rows[contract.column(contract.transaction_id).name]
            tally.has_transaction_ids = bool(pc.any(pc.greater(pc.binary_length(ids), 0)).as_py())


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


def _store_quarantine(connection: GuardedConnection, quarantine: Quarantine, whole: bool) -> None:
    if not quarantine.count:
        return
    expected = Tally(good=quarantine.count if whole else min(quarantine.count, REJECTED_ROWS_KEPT))
    statement = (
        f"LOAD DATA LOCAL INFILE '{{pipe}}' INTO TABLE quarantined_rows {LOAD_OPTIONS}"
        " (upload_id, row_no, @column_name, code, message, raw_text) SET column_name = NULLIF(@column_name, '')"
    )
    _load_data(connection, statement, lambda out: quarantine.copy(out, whole), expected)


def _store_summaries(
    connection: GuardedConnection, summaries: dict[str, pa.Table | None], upload_id: int
) -> dict[str, bool]:
    for table, groups in summaries.items():
        if groups is None:
            continue
        numbered = groups.add_column(0, "upload_id", pa.repeat(pa.scalar(upload_id), groups.num_rows))
        columns = ", ".join(f"`{name}`" for name in numbered.column_names)
        _load_data(
            connection,
            f"LOAD DATA LOCAL INFILE '{{pipe}}' INTO TABLE `{table}` {LOAD_OPTIONS} ({columns})",
            partial(pa_csv.write_csv, numbered, write_options=CSV_OPTIONS),
            Tally(good=groups.num_rows),
        )
    return {table: groups is not None for table, groups in summaries.items()}


def _rows_statement(contract: Contract) -> str:
    """LOAD DATA for the feed's table. The names come from the committed contract, never from a file or a key."""
    columns = ["upload_id", "row_no"]
    assignments = ["fingerprint = UNHEX(@fingerprint)"]
    for column in contract.columns:
        if column.nullable:
            columns.append(f"@{column.name}")
            assignments.append(f"`{column.name}` = NULLIF(@{column.name}, '')")
        else:
            columns.append(f"`{column.name}`")
    columns.append("@fingerprint")
    return (
        f"LOAD DATA LOCAL INFILE '{{pipe}}' INTO TABLE `{contract.table}` {LOAD_OPTIONS}"
        f" ({', '.join(columns)}) SET {', '.join(assignments)}"
    )


def _load_data(
    connection: GuardedConnection,
    statement: str,
    produce: Callable[[IO[bytes]], None],
    expected: Tally,
) -> None:
    """Run LOAD DATA on what `produce` writes into a pipe, and compare what MySQL stored with `expected.good`.

    LOAD DATA LOCAL makes warnings of bad values and of duplicate keys, so a warning is an error here.
    """
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, MIB)  # 64 KiB make the two threads go in lock-step
    failure: list[BaseException] = []

    def run() -> None:
        try:
            with open(write_end, "wb", buffering=MIB) as out:
                produce(out)
        except BrokenPipeError:
            pass  # MySQL stopped reading; its own error says why
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run, name="centflow-rows", daemon=True)
    thread.start()
    warnings: Sequence[object] = ()
    try:
        pipe = f"/dev/fd/{read_end}"
        with connection.sending(pipe), connection.cursor() as cursor:
            stored = cursor.execute(statement.format(pipe=pipe))
            warning_count = cursor.warning_count
            if warning_count:
                cursor.execute("SHOW WARNINGS LIMIT 3")
                warnings = cursor.fetchall()
    finally:
        os.close(read_end)
        thread.join()
    # Only now: MySQL sees the end of the pipe before `failure` has what ended it.
    if failure:
        connection.rollback()
        raise failure[0]
    if warnings:
        raise LoadMismatchError(f"MySQL warned {warning_count} times while loading: {warnings!r}.")
    if stored != expected.good:
        connection.rollback()
        raise LoadMismatchError(f"MySQL stored {stored} rows of {expected.good}: nothing is published.")
