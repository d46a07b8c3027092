"""Reads the bytes of an object as batches of cells with row numbers, in one pass and with limited memory."""

import re
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import IO, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from centflow_glue.contract import Contract
from centflow_glue.limits import MIB, MOST_EXPANSION, ReadLimits
from centflow_glue.rejection import UploadRejectedError, spelled_out
from centflow_glue.rows.quarantine import BAD_ROWS, RAW_TEXT_MAX, QuarantinedRows, Reason
from centflow_glue.rows.short_rows import RemovedRows, RowNumbers
from centflow_glue.rows.source import (
    BYTE_ORDER_MARK,
    ESCAPE,
    ESCAPED_ESCAPE,
    ESCAPED_NUL,
    NUL,
    SHOWN_BYTES,
    Source,
    unescape_text,
)

# Rows are parsed one block at a time, and a record must fit into a block. With blocks of 4 MiB, a
# task uses less than 250 MB. An upload with a longer record is read again in larger blocks.
BLOCK_BYTES = 4 * MIB
LARGE_BLOCK_BYTES = 32 * MIB
HEAD_BYTES = 64 << 10
HEADER_SHOWN = 80
# The maximum number of columns. Bank statements have fewer. Each column of a row takes time, even an empty column.
MOST_COLUMNS = 512

# The number of ragged rows that are passed to the handler together.
WAITING_ROWS = 4096
# pyarrow takes 6 µs to report a ragged row. After this number of reported rows, the source removes further ragged rows
# before pyarrow sees them.
REPORTED_ROWS = 1000

SIGNATURES = (
    (b"\xff\xfe", "not_utf8", "The file is UTF-16. Save it again as “CSV UTF-8”."),
    (b"\xfe\xff", "not_utf8", "The file is UTF-16. Save it again as “CSV UTF-8”."),
    (b"PK\x03\x04", "not_csv", "The file is an Excel workbook or a zip archive. Open it and save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "not_csv", "The file is an old Excel workbook. Open it and save the sheet as CSV."),
    (b"%PDF", "not_csv", "The file is a PDF. Export the transactions as CSV."),
    (b"\x1f\x8b", "not_csv", "The file is compressed with gzip. Rename it so that its name ends in .csv.gz."),
)
# Matches a cell and the comma, the line end or the end of the text after it. Text after a closing quote belongs to its
# cell.
CELL = re.compile(r'(?:"((?:[^"]|"")*)("?))?([^,\r\n]*)(,|\r\n|\n|\r|\Z)')

# A message shows the text around a byte that is not UTF-8. Each of these characters ends that text.
NOT_SHOWN = re.compile(rb'[\x00-\x1f\x7f,"]')

Result = TypeVar("Result")
# Receives ragged rows in order. A pyarrow thread calls the function, and the reader's thread makes the last call.
HandleRaggedRows = Callable[[QuarantinedRows], None]


class RecordTooLongError(Exception):
    """A record does not fit into a block."""


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of an upload, without ragged rows.

    Attributes:
        row_numbers: The number of each row, uint32.
        cells: All columns of the file in their order, as strings, including unknown columns.
    """

    row_numbers: RowNumbers
    cells: list[pa.StringArray]


@dataclass(frozen=True)
class Header:
    """The header of one CSV, compared with its contract.

    Attributes:
        names: The headers as they are written in the file.
        positions: For each contract column that the file contains, the column's index in the file.
        ignored: Headers that are not in the contract.
        row_number: The row of the header: 1, or more if empty lines precede it.
    """

    names: tuple[str, ...]
    positions: dict[str, int]
    ignored: tuple[str, ...]
    row_number: int


def read_in_blocks(
    open_reader: Callable[[int], "CsvReader"], use: Callable[["CsvReader"], Result], block_bytes: int = BLOCK_BYTES
) -> Result:
    """Reads a CSV. Reads it a second time in larger blocks if a record does not fit into a block.

    Args:
        open_reader: Opens the CSV from its start. Its argument is the size of a block in bytes.
        use: Reads the CSV. If a `RecordTooLongError` ends the call, `use` must undo its effects, because it is called
            again.
        block_bytes: The size of a block in the first attempt.

    Raises:
        UploadRejectedError: The file is not an acceptable CSV of its feed.
    """
    try:
        return use(open_reader(block_bytes))
    except RecordTooLongError:
        pass
    reader = open_reader(LARGE_BLOCK_BYTES)
    try:
        return use(reader)
    except RecordTooLongError as error:
        reader.check_compression()
        raise UploadRejectedError(
            "record_too_long",
            f"A row is longer than {LARGE_BLOCK_BYTES // MIB} MiB. "
            "Close an open quote, or export the file as CSV again.",
        ) from error


@dataclass(repr=False)
class CsvReader:
    """One pass over a CSV. If the CSV has several faults, the pass reports the first one in the order of `rejection`.

    Args:
        stream: The object's bytes.
        contract: The feed's contract.
        compressed: Whether the bytes are gzip.
        limits: How large the CSV may be.
        block_bytes: The size of a block, in bytes. A record must fit into a block.
    """

    stream: IO[bytes]
    contract: Contract
    compressed: bool
    limits: ReadLimits
    block_bytes: int = BLOCK_BYTES
    header: Header = field(init=False)
    _source: Source = field(init=False)
    _numbers: "_RowNumbers" = field(init=False)

    def __post_init__(self) -> None:
        """Reads the head of the file and compares its header with the contract.

        Raises:
            UploadRejectedError: The file is not a CSV of this feed.
        """
        self._source = Source(self.stream, self.compressed, self.limits.csv_bytes)
        head = self._source.peek(HEAD_BYTES)
        try:
            self.header = self._read_header(head)
        except UploadRejectedError:
            self.check_compression()
            raise
        self._source.set_columns(len(self.header.names))

    def check_compression(self) -> None:
        """Expands the rest of a compressed file, because faults of the compression outrank faults of the CSV.

        Raises:
            UploadRejectedError: The gzip file is cut off or damaged.
        """
        self._source.check_compression()

    def batches(self, handle_ragged: HandleRaggedRows | None = None) -> Generator[Batch, None, None]:
        """Yields the rows after the header. Rows without any value (an empty line, or only commas) are skipped.

        Args:
            handle_ragged: Receives the rows with too few or too many cells.

        Raises:
            UploadRejectedError: The file is not UTF-8, ends within a quoted cell or a gzip stream, or grows too large.
            RecordTooLongError: A record is longer than a block.
        """
        self._numbers = _RowNumbers(self._source, len(self.header.names), handle_ragged)
        try:
            yield from self._batches()
        finally:
            self._source.stop()

    def _batches(self) -> Iterator[Batch]:
        last_row = 0
        for record_batch in self._record_batches():
            numbers = self._numbers.assign_numbers(record_batch.num_rows)
            if record_batch.num_rows:
                last_row = int(numbers[-1])
            cells = [unescape_column(self._source, column) for column in record_batch.columns]
            data = _has_value(cells) & (numbers > self.header.row_number)
            if not data.all():
                mask = pa.array(data)
                numbers, cells = numbers[data], [column.filter(mask) for column in cells]
            yield Batch(row_numbers=numbers, cells=cells)
        self._reject_early_end()
        self._reject_open_quote(max(last_row, self._numbers.last))
        self._numbers.flush()

    def _read_header(self, head: bytes) -> Header:
        cut = self._too_large() if self._source.too_large else None
        _reject_other_formats(head, cut)
        return _match_header(*_read_first_record(head, cut), self.contract)

    def _record_batches(self) -> Iterator[pa.RecordBatch]:
        names = [str(index) for index in range(len(self.header.names))]
        try:
            yield from pa_csv.open_csv(
                self._source,
                # With more than one thread, InvalidRow would contain no row number. Several files are read in parallel
                # anyway.
                read_options=pa_csv.ReadOptions(column_names=names, block_size=self.block_bytes, use_threads=False),
                parse_options=pa_csv.ParseOptions(
                    newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=self._numbers.handle
                ),
                # The source has already checked that the bytes are UTF-8.
                convert_options=pa_csv.ConvertOptions(
                    column_types={name: pa.string() for name in names}, strings_can_be_null=False, check_utf8=False
                ),
            )
        except pa.ArrowInvalid as error:
            if self._numbers.failure is not None:
                raise self._numbers.failure from error
            if "straddling" in str(error):
                raise RecordTooLongError from error
            self.check_compression()
            raise UploadRejectedError(
                "not_csv", "The file cannot be read as CSV. Open it in a spreadsheet and save it again as CSV."
            ) from error

    def _too_large(self) -> UploadRejectedError:
        if self.limits.csv_bytes < self.limits.expanded_bytes:
            return UploadRejectedError(
                "expands_too_much",
                f"The compressed file expands to more than {MOST_EXPANSION} times its size, which no statement does. "
                "Upload the uncompressed CSV.",
            )
        return UploadRejectedError(
            "too_large",
            f"The CSV is larger than {self.limits.expanded_bytes / MIB:,.0f} MiB. Split it into several files.",
        )

    def _reject_early_end(self) -> None:
        """Raises the fault that stopped the source, if the source stopped before the end of the file."""
        source = self._source
        if source.compression_fault:
            raise source.compression_fault
        if source.malformed:
            cut = self._numbers.cut
            assert cut is not None
            cell = "" if cut.cell >= len(self.header.names) else f", column {_shown_name(self.header.names[cut.cell])}"
            before = NOT_SHOWN.split(cut.text.encode()[-SHOWN_BYTES:])[-1]
            after = NOT_SHOWN.split(source.malformed.following)[0]
            text = (before + bytes([source.malformed.byte]) + after).decode("latin-1")
            raise UploadRejectedError(
                "not_utf8",
                f"Row {cut.row_no}{cell}: the byte 0x{source.malformed.byte:02X} is not UTF-8 "
                f"({spelled_out(text)} if it is Latin-1). Save the file again as “CSV UTF-8”.",
                cut.row_no,
                next((name for name, position in self.header.positions.items() if position == cut.cell), None),
            )
        if source.too_large:
            raise self._too_large()

    def _reject_open_quote(self, last_row: int) -> None:
        """Rejects a file with an open quote. The rest of the file is one cell, so no later row can be read."""
        if not self._numbers.end_seen:
            raise UploadRejectedError(
                "open_quote",
                f"Row {last_row} opens a quote that is never closed, so the rest of the file becomes one cell. "
                "Close the quote, or double it if it is part of the text.",
                last_row,
            )


@dataclass(frozen=True)
class _CutRow:
    """The place in a row at which the source cut off the file.

    Attributes:
        row_no: The row number.
        cell: The index of the cell.
        text: The text of the row up to the cut.
    """

    row_no: int
    cell: int
    text: str


class _RowNumbers:
    """Numbers the rows of pyarrow's batches, and collects the ragged rows, which pyarrow omits from the batches.

    pyarrow's thread reports the ragged rows before the reader's thread gets the batches around them. pyarrow also
    reports the markers that the source inserts as ragged rows. pyarrow's row count includes ragged rows and markers,
    but not the rows that the source removed.

    Attributes:
        last: The number of the last ragged row; 0 before the first one.
        end_seen: Whether the end marker was a separate row.
        cut: The row to which the end marker was appended because the source cut the bytes; None without a cut.
        failure: The error that occurred while a row was handled.
    """

    def __init__(self, source: Source, columns: int, handle_ragged: HandleRaggedRows | None) -> None:
        self.last = 0
        self.end_seen = False
        self.cut: _CutRow | None = None
        self.failure: BaseException | None = None
        self._source = source
        self._handle_ragged = handle_ragged
        self._reasons = [Reason(None, "ragged_row", partial(_explain_ragged, columns))]
        # Ragged rows that were not passed to the handler yet: row numbers, numbers of cells, and texts.
        self._waiting: tuple[list[int], list[int], list[str]] = ([], [], [])
        self._waiting_bytes = 0
        self._reported = 0
        # Runs of row numbers that the reader has not used yet. Both threads change `_runs` and the following fields.
        self._runs: deque[RowNumbers] = deque()
        # The first row after these runs: its position in pyarrow's count, and its row number.
        self._next_counted = self._next_number = 1
        self._lock = Lock()

    def handle(self, row: pa_csv.InvalidRow) -> str:
        """Handles a row whose number of cells differs from the header's. Returns what pyarrow must do next."""
        try:
            self._handle(row)
        except BaseException as error:  # pyarrow would ignore it
            self.failure = error
            return "error"
        return "skip"

    def assign_numbers(self, count: int) -> RowNumbers:
        """Returns the row numbers of the next `count` rows of pyarrow's batches.

        pyarrow reports every ragged row of a block before it returns the block's other rows.
        """
        numbers = []
        with self._lock:
            while count:
                if not self._runs:
                    self._add_run(count)
                run = self._runs.popleft()
                if len(run) > count:
                    self._runs.appendleft(run[count:])
                    run = run[:count]
                numbers.append(run)
                count -= len(run)
        return np.concatenate(numbers) if numbers else np.empty(0, np.uint32)

    def flush(self) -> None:
        """Passes the waiting ragged rows to the handler."""
        numbers, cells, texts = self._waiting
        if numbers:
            self._waiting = ([], [], [])
            self._waiting_bytes = 0
            self._emit(pa.array(numbers, pa.uint32()), pa.array(cells, pa.int32()), pa.array(texts, pa.string()))

    def _handle(self, row: pa_csv.InvalidRow) -> None:
        _, actual_columns, counted, text = row
        end_marker = self._source.end_marker
        if text == end_marker:
            self.end_seen = True
            return
        if text.startswith(self._source.removed_rows_marker):
            key = int(text.removeprefix(self._source.removed_rows_marker))
            self._skip_removed_rows(counted, self._source.take_removed_rows(key))
            return
        with self._lock:
            self._add_run(counted - self._next_counted)
            number = self.last = self._next_number
            self._next_counted += 1
            self._next_number += 1
        if text.endswith(end_marker) and text.endswith(f'x"{end_marker}'):
            # The end marker adds as many cells as the header has.
            cell = actual_columns - row.expected_columns - 1
            self.cut = _CutRow(number, cell, unescape_text(text.removesuffix(f'x"{end_marker}')))
        elif self._handle_ragged is not None:
            numbers, cells, texts = self._waiting
            numbers.append(number)
            cells.append(actual_columns)
            texts.append(text)
            self._waiting_bytes += len(text)
            self._reported += 1
            self._source.has_many_ragged = self._reported > REPORTED_ROWS
            if len(numbers) == WAITING_ROWS or self._waiting_bytes > MIB:
                self.flush()

    def _skip_removed_rows(self, counted: int, removed: RemovedRows) -> None:
        with self._lock:
            self._add_run(counted - self._next_counted)
            first = self._next_number
            if len(removed.kept):
                self._runs.append(removed.kept + np.uint32(first))
            self._next_counted += 1 + len(removed.kept)
            self._next_number += removed.count
        if len(removed.ragged):
            self.last = first + int(removed.ragged[-1])
            if self._handle_ragged is not None:
                self.flush()
                self._emit(
                    pa.array(removed.ragged + np.uint32(first)),
                    pa.array(removed.cells),
                    removed.texts.cast(pa.string()),
                )

    def _add_run(self, count: int) -> None:
        """Adds a run of consecutive row numbers."""
        assert count >= 0, "pyarrow and the job disagree about the number of cells in a row"
        if count:
            self._runs.append(np.arange(self._next_number, self._next_number + count, dtype=np.uint32))
            self._next_counted += count
            self._next_number += count

    def _emit(self, numbers: pa.Array, cells: pa.Array, texts: pa.StringArray) -> None:
        assert self._handle_ragged is not None
        count = len(numbers)
        columns = {
            "row_no": numbers,
            "reason": pa.array(np.zeros(count, np.uint16)),
            "detail": cells.cast(pa.string()),
            "raw_text": pc.utf8_slice_codeunits(unescape_column(self._source, texts), 0, RAW_TEXT_MAX),
            "amount": pa.nulls(count, BAD_ROWS.field("amount").type),
        }
        self._handle_ragged(QuarantinedRows(self._reasons, pa.record_batch(columns, schema=BAD_ROWS)))


def _explain_ragged(columns: int, cells: str) -> str:
    return (
        f"The row has {cells} cells, but the header has {columns}. Check its commas, and quote cells that contain one."
    )


def unescape_column(source: Source, texts: pa.StringArray) -> pa.StringArray:
    """Returns the strings as they were in the file, before the source escaped characters."""
    if not source.has_escapes:
        return texts
    return pc.replace_substring(pc.replace_substring(texts, ESCAPED_NUL, NUL), ESCAPED_ESCAPE, ESCAPE)


def _reject_other_formats(head: bytes, cut: UploadRejectedError | None) -> None:
    """Rejects a head without text or in another format.

    `cut` is the fault at which the source ended the head, or None.
    """
    if not head.removeprefix(BYTE_ORDER_MARK).strip():
        raise cut or UploadRejectedError("empty_file", "The file is empty. Upload it again with a header and rows.")
    for signature, code, reason in SIGNATURES:
        if head.startswith(signature):
            raise UploadRejectedError(code, reason)


def _read_first_record(head: bytes, cut: UploadRejectedError | None) -> tuple[list[str], int]:
    """Returns the cells of the header and its row number."""
    text = head.removeprefix(BYTE_ORDER_MARK).decode("utf-8", errors="surrogateescape")
    position, row_number = 0, 0
    while position < len(text):
        row_number += 1
        cells, position, is_ended = _read_record(text, position)
        if not any(cell.strip() for cell in cells):
            continue
        if any("\ud800" <= character <= "\udfff" for cell in cells for character in cell):
            raise UploadRejectedError("not_utf8", "The header is not UTF-8. Save the file again as “CSV UTF-8”.")
        if cut and not is_ended:
            break
        if any(NUL in cell for cell in cells):
            raise UploadRejectedError(
                "not_csv",
                "The header contains NUL bytes, so the file is binary or UTF-16. Save it again as “CSV UTF-8”.",
            )
        return cells, row_number
    raise cut or UploadRejectedError(
        "empty_file", "The file has only empty lines. Upload it again with a header and rows."
    )


def _read_record(text: str, position: int) -> tuple[list[str], int, bool]:
    """Returns the cells of the record at `position`, the next position, and whether a line end follows the cells."""
    cells = []
    while True:
        match = CELL.match(text, position)
        assert match is not None
        quoted, _, plain, end = match.groups()
        cells.append((quoted or "").replace('""', '"') + plain)
        position = match.end()
        if end != ",":
            return cells, position, bool(end)


def _match_header(names: Sequence[str], row_number: int, contract: Contract) -> Header:
    if len(names) > MOST_COLUMNS:
        raise UploadRejectedError(
            "too_many_columns",
            f"The header has more than {MOST_COLUMNS} columns. "
            f"Keep only the columns of {contract.feed} and upload the file again.",
        )
    normalised = [name.strip().lower() for name in names]
    known = {column.header for column in contract.columns}
    counts = Counter(normalised)
    missing = [column.header for column in contract.columns if column.required_header and column.header not in counts]
    if missing:
        found = ", ".join(_shown_name(name) or "(empty)" for name in names[:20])
        separated = next(
            (word for mark, word in ((";", "semicolons"), ("\t", "tabs")) if len(names) == 1 and mark in names[0]), None
        )
        advice = (
            f"Save the file with commas instead of {separated} between its columns."
            if separated
            else "Add the missing columns and upload the file again."
        )
        raise UploadRejectedError(
            "missing_header",
            f"The header is missing {', '.join(missing)}, which a file of {contract.feed} needs. "
            f"The header has {found}. {advice}",
        )
    repeated = sorted(name for name in known if counts[name] > 1)
    if repeated:
        raise UploadRejectedError(
            "duplicate_header", f"The header names {', '.join(repeated)} more than once. Keep one column of each name."
        )
    return Header(
        names=tuple(names),
        positions={name: index for index, name in enumerate(normalised) if name in known},
        ignored=tuple(name.strip() for name, norm in zip(names, normalised, strict=True) if norm not in known and norm),
        row_number=row_number,
    )


def _shown_name(name: str) -> str:
    return name.strip()[:HEADER_SHOWN]


def _has_value(cells: Sequence[pa.StringArray]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    found = np.zeros(len(cells[0]), np.bool_)
    for column in cells:
        if found.all():
            break
        found |= pc.greater(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    return found
