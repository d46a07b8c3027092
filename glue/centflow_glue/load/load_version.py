"""Loads one version of an object into its feed's table, in one pass. The rows stay invisible until published.

The rows stream as CSV through a pipe into MySQL's LOAD DATA LOCAL. No row passes between the JVM and Python. No row
stays in memory longer than its block. There is no staging table (docs/adr/0002-rows-become-visible-by-a-state-flip.md).
"""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from centflow_glue.contract import Contract
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.limits import SUMMARY_LIMITS, ReadLimits, SummaryLimits
from centflow_glue.load.local_infile import CSV_OPTIONS, LOAD_OPTIONS, load_data_infile
from centflow_glue.load.quarantine_files import REJECTED_ROWS_KEPT, QuarantineFiles
from centflow_glue.load.running_summaries import RunningSummaries
from centflow_glue.load.tally import Tally
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.fingerprint import compute_fingerprints
from centflow_glue.rows.quarantine import QuarantinedRow
from centflow_glue.rows.read import CsvReader, read_in_blocks
from centflow_glue.rows.validate import validate

# The maximum share of bad rows. An upload with a larger share is probably not a CSV of its feed.
QUARANTINE_LIMIT = 0.5


def load_version(
    connection: GuardedConnection,
    open_stream: Callable[[], IO[bytes]],
    contract: Contract,
    upload_id: int,
    compressed: bool,
    limits: ReadLimits,
    summary_limits: SummaryLimits = SUMMARY_LIMITS,
) -> Tally:
    """Loads the rows, the summaries and the quarantined rows of one version, and commits them.

    Args:
        connection: A connection to MySQL without an open transaction.
        open_stream: Opens the object's bytes. The load calls `open_stream` again if a record exceeds the smaller block.
        contract: The feed's contract.
        upload_id: The row of `uploads` that the rows belong to. The upload must have no stored rows.
        compressed: Whether the object is gzip.
        limits: How large the object may be.
        summary_limits: The limits that decide which summaries are stored.

    Raises:
        UploadRejectedError: The upload as a whole is not acceptable. None of its rows is stored, except the first 1,000
            quarantined ones. If rows were read, the error's `tally` holds their counts.
        LoadMismatchError: The rows that MySQL stored differ from the rows that the job sent.
    """
    return read_in_blocks(
        lambda block_bytes: CsvReader(open_stream(), contract, compressed, limits, block_bytes),
        lambda reader: _stream_rows(connection, reader, upload_id, RunningSummaries(contract, summary_limits)),
    )


class TooManyBadRowsError(UploadRejectedError):
    """Too many rows of the upload are bad.

    Attributes:
        tally: The counts and sums of the upload's rows.
    """

    def __init__(self, tally: Tally, first: QuarantinedRow) -> None:
        super().__init__(
            "too_many_bad_rows",
            f"{tally.quarantined:,} of {tally.read:,} rows have problems, too many to import. Fix them and upload "
            f"the file again. The first problem is in row {first.row_no}: {first.message}"[:1000],
            first.row_no,
            first.column,
        )
        self.tally = tally


def _stream_rows(
    connection: GuardedConnection, reader: CsvReader, upload_id: int, summaries: RunningSummaries
) -> Tally:
    contract = reader.contract
    with QuarantineFiles(upload_id) as quarantine:
        writer = RowWriter(reader, upload_id, quarantine, summaries)
        load_data_infile(connection, _format_rows_statement(contract), writer.write_rows)
        tally = writer.tally
        rejection = find_too_many_bad_rows(tally, quarantine)
        if rejection is not None:
            connection.rollback()
            _store_quarantine(connection, quarantine, REJECTED_ROWS_KEPT)
            connection.commit()
            raise rejection
        _store_quarantine(connection, quarantine)
    tally.summaries = _store_summaries(connection, summaries.finish(), upload_id)
    connection.commit()
    return tally


def find_too_many_bad_rows(tally: Tally, quarantine: QuarantineFiles) -> TooManyBadRowsError | None:
    """Returns why the upload is rejected, if too many of its rows are bad."""
    first = quarantine.first
    if first is None or tally.quarantined <= tally.read * QUARANTINE_LIMIT:
        return None
    return TooManyBadRowsError(tally, first)


class RowWriter:
    """Reads one upload, writes its good rows as CSV, puts the bad rows into files, and counts good and bad rows."""

    def __init__(
        self, reader: CsvReader, upload_id: int, quarantine: QuarantineFiles, summaries: RunningSummaries
    ) -> None:
        self.tally = Tally()
        if reader.header.ignored:
            self.tally.notes.append(f"Ignored columns: {', '.join(reader.header.ignored)}.")
        self._reader = reader
        self._upload_id = upload_id
        self._quarantine = quarantine
        self._summaries = summaries

    def write_rows(self, out: IO[bytes]) -> int:
        """Reads the upload to its end. Returns the number of good rows."""
        contract = self._reader.contract
        with closing(self._reader.batches(self._quarantine.ragged.write)) as batches:
            for batch in batches:
                checked = validate(batch, self._reader.header, contract)
                self._quarantine.faulty.write(checked.quarantined)
                if checked.rows.num_rows:
                    self._count(checked.rows)
                    self._summaries.add(checked.rows)
                    self._write(checked.rows, out)
        self.tally.quarantined = self._quarantine.count
        self.tally.amount_quarantined = self._quarantine.amount
        if self.tally.read == 0:
            self.tally.notes.append("The file has a header but no rows.")
        return self.tally.good

    def _write(self, rows: pa.Table, out: IO[bytes]) -> None:
        """Writes good rows with their upload id and fingerprint."""
        upload_ids = pa.repeat(pa.scalar(self._upload_id), rows.num_rows)
        fingerprints = compute_fingerprints(rows, self._reader.contract)
        stored = rows.add_column(0, "upload_id", upload_ids).append_column("fingerprint", fingerprints)
        pa_csv.write_csv(stored, out, CSV_OPTIONS)

    def _count(self, rows: pa.Table) -> None:
        tally, contract = self.tally, self._reader.contract
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


def _store_quarantine(connection: GuardedConnection, quarantine: QuarantineFiles, limit: int | None = None) -> None:
    """Stores the quarantined rows, up to the limit if one is given."""
    if not quarantine.count:
        return
    statement = (
        f"LOAD DATA LOCAL INFILE '{{pipe}}' INTO TABLE quarantined_rows {LOAD_OPTIONS}"
        " (upload_id, row_no, @column_name, code, message, raw_text) SET column_name = NULLIF(@column_name, '')"
    )
    load_data_infile(connection, statement, lambda out: quarantine.write_csv(out, limit))


def _store_summaries(
    connection: GuardedConnection, summaries: dict[str, pa.Table | None], upload_id: int
) -> dict[str, bool]:
    """Stores the groups of each summary. Returns for each summary's table whether the summary is usable."""
    for table, groups in summaries.items():
        if groups is None:
            continue
        numbered = groups.add_column(0, "upload_id", pa.repeat(pa.scalar(upload_id), groups.num_rows))
        columns = ", ".join(f"`{name}`" for name in numbered.column_names)
        load_data_infile(
            connection,
            f"LOAD DATA LOCAL INFILE '{{pipe}}' INTO TABLE `{table}` {LOAD_OPTIONS} ({columns})",
            partial(_write_table, numbered),
        )
    return {table: groups is not None for table, groups in summaries.items()}


def _write_table(table: pa.Table, out: IO[bytes]) -> int:
    pa_csv.write_csv(table, out, CSV_OPTIONS)
    return int(table.num_rows)


def _format_rows_statement(contract: Contract) -> str:
    """Returns LOAD DATA for the feed's table. All names are from the contract, never from a file or a key."""
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
