"""One version of an object → rows of its feed's table, invisible until they are published, in one pass.

The rows stream as CSV through a pipe into MySQL's LOAD DATA LOCAL: no row passes between the JVM and Python, none is
held beyond its block, and nothing is staged (measured in docs/adr).
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
from centflow_glue.load.quarantine_file import REJECTED_ROWS_KEPT, Quarantine
from centflow_glue.load.running_summaries import RunningSummaries
from centflow_glue.load.tally import Tally
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.fingerprint import fingerprints
from centflow_glue.rows.quarantine import QuarantinedRow
from centflow_glue.rows.read import CsvReader, read_in_blocks
from centflow_glue.rows.validate import validate

# An upload of which more than this share of rows is bad is no CSV of its feed, but a mistake.
QUARANTINE_LIMIT = 0.5


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
            f"{tally.quarantined:,} of {tally.read:,} rows break the contract, more than half: mend them and upload "
            f"the file again. The first is row {first.row_no}: {first.message}"[:1000],
            first.row_no,
            first.column,
        )
        self.tally = tally


def _load(connection: GuardedConnection, reader: CsvReader, upload_id: int, summaries: RunningSummaries) -> Tally:
    contract = reader.contract
    with Quarantine(upload_id) as quarantine:
        producer = Producer(reader, upload_id, quarantine, summaries)
        load_data_infile(connection, _rows_statement(contract), producer.write_rows, producer.tally)
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
            self.tally.notes.append("The file has a header and no rows.")

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


def _store_quarantine(connection: GuardedConnection, quarantine: Quarantine, whole: bool) -> None:
    if not quarantine.count:
        return
    expected = Tally(good=quarantine.count if whole else min(quarantine.count, REJECTED_ROWS_KEPT))
    statement = (
        f"LOAD DATA LOCAL INFILE '{{pipe}}' INTO TABLE quarantined_rows {LOAD_OPTIONS}"
        " (upload_id, row_no, @column_name, code, message, raw_text) SET column_name = NULLIF(@column_name, '')"
    )
    load_data_infile(connection, statement, lambda out: quarantine.copy(out, whole), expected)


def _store_summaries(
    connection: GuardedConnection, summaries: dict[str, pa.Table | None], upload_id: int
) -> dict[str, bool]:
    for table, groups in summaries.items():
        if groups is None:
            continue
        numbered = groups.add_column(0, "upload_id", pa.repeat(pa.scalar(upload_id), groups.num_rows))
        columns = ", ".join(f"`{name}`" for name in numbered.column_names)
        load_data_infile(
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
