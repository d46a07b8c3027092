"""Bytes of an object → batches of cells, in one pass and bounded memory, with the row numbers a spreadsheet shows."""

import re
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import IO, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from centflow_glue.contract import Contract
from centflow_glue.quarantine import BAD_ROWS, RAW_TEXT_MAX, QuarantinedRows, Reason
from centflow_glue.rejection import UploadRejectedError, spelled_out
from centflow_glue.short_rows import RowNumbers, TakenOut
from centflow_glue.source import (
    BYTE_ORDER_MARK,
    ESCAPE,
    ESCAPED_ESCAPE,
    ESCAPED_NUL,
    NUL,
    SHOWN_BYTES,
    Source,
    unescaped,
)

MIB = 1 << 20
# Rows are parsed a block at a time; a record must fit into one. 4 MiB keeps a task below 250 MB; an upload that holds a
# longer record is read again with the larger block.
BLOCK_BYTES = 4 * MIB
LARGE_BLOCK_BYTES = 32 * MIB
HEAD_BYTES = 64 << 10
HEADER_SHOWN = 80
# Statements in gzip expand 5 to 30 times, and repeated text up to 1,030 times. A small CSV may repeat as it likes.
MOST_EXPANSION = 100
SMALL_GZIP_BYTES = MIB
# More than any statement has. The time that a row takes grows with its columns, however few of them hold anything.
MOST_COLUMNS = 512

# So many ragged rows are handed on together.
WAITING_ROWS = 4096
# pyarrow takes 6 µs to report a ragged row. After so many, the source takes out those that follow.
REPORTED_ROWS = 1000

SIGNATURES = (
    (b"\xff\xfe", "not_utf8", "The file is UTF-16. Save it again as “CSV UTF-8”."),
    (b"\xfe\xff", "not_utf8", "The file is UTF-16. Save it again as “CSV UTF-8”."),
    (b"PK\x03\x04", "not_csv", "The file is an Excel workbook or a zip archive. Open it and save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "not_csv", "The file is an old Excel workbook. Open it and save the sheet as CSV."),
    (b"%PDF", "not_csv", "The file is a PDF. Export the transactions as CSV."),
    (b"\x1f\x8b", "not_csv", "The file is gzip, but its name does not say so. Name it *.csv.gz."),
)
# A cell, and then a comma, a line end or the end of the text. Text behind a closing quote belongs to its cell.
CELL = re.compile(r'(?:"((?:[^"]|"")*)("?))?([^,\r\n]*)(,|\r\n|\n|\r|\Z)')

# What ends the text that is shown around a byte that is not UTF-8.
NOT_SHOWN = re.compile(rb'[\x00-\x1f\x7f,"]')

Result = TypeVar("Result")
# Takes some ragged rows. They come in their order, from a thread of pyarrow's and at the end from the reader's.
TakeRagged = Callable[[QuarantinedRows], None]


class RecordTooLongError(Exception):
    """A record does not fit into a block."""


@dataclass(frozen=True)
class ReadLimits:
    """How large an upload may be.

    Attributes:
        object_bytes: Of the object as it is stored.
        expanded_bytes: Of the CSV after decompression.
        gzip_bytes: Of the CSV in a gzip file of one size; None for other objects.
    """

    object_bytes: int = 2 << 30
    expanded_bytes: int = 4 << 30
    gzip_bytes: int | None = None

    def of_gzip(self, stored_bytes: int) -> "ReadLimits":
        """Return the limits of a gzip file of this size, whose CSV may not be larger out of all proportion."""
        return replace(self, gzip_bytes=max(SMALL_GZIP_BYTES, MOST_EXPANSION * stored_bytes))

    @property
    def csv_bytes(self) -> int:
        """The most bytes that the CSV may have."""
        return self.expanded_bytes if self.gzip_bytes is None else min(self.expanded_bytes, self.gzip_bytes)


@dataclass(frozen=True)
class Batch:
    """Some consecutive rows of an upload, without the ragged ones.

    Attributes:
        row_numbers: The row number of each, uint32.
        cells: Every column of the file in its order, as strings, the unknown ones too.
    """

    row_numbers: RowNumbers
    cells: list[pa.StringArray]


@dataclass(frozen=True)
class Header:
    """The header of one CSV against its contract.

    Attributes:
        names: The headers as they stand in the file.
        positions: For each column of the contract that the file has, its index in the file.
        ignored: Headers that are no column of the contract.
        row_number: The row it stands in: 1, or more where empty lines precede it.
    """

    names: tuple[str, ...]
    positions: dict[str, int]
    ignored: tuple[str, ...]
    row_number: int


def read_in_blocks(
    open_reader: Callable[[int], "CsvReader"], use: Callable[["CsvReader"], Result], block_bytes: int = BLOCK_BYTES
) -> Result:
    """Read a CSV, and once more in larger blocks if a record needs them.

    Args:
        open_reader: Opens the CSV from its start. Its argument is the size of a block in bytes.
        use: Reads it. It leaves nothing behind when a `RecordTooLongError` ends it.
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
    """One pass over a CSV.

    Of several faults it reports the first in the order that `rejection` documents.

    Args:
        stream: The object's bytes.
        contract: Of the feed.
        compressed: Whether the bytes are gzip.
        limits: How large it may be.
        block_bytes: The longest record that can be read.
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
        """Read the head of the file and compare its header with the contract.

        Raises:
            UploadRejectedError: The file is no CSV of this feed.
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
        """Expand the rest of a compressed file, whose faults outrank those of the CSV.

        Raises:
            UploadRejectedError: The compression is not sound.
        """
        self._source.check_compression()

    def batches(self, take_ragged: TakeRagged | None = None) -> Generator[Batch, None, None]:
        """The rows after the header.

        Rows without any value (an empty line, or only commas) carry nothing and are left out.

        Args:
            take_ragged: Takes the rows with too few or too many cells.

        Raises:
            UploadRejectedError: The file is not UTF-8, ends within a quoted cell or a gzip stream, or grows too large.
            RecordTooLongError: A record is longer than a block.
        """
        self._numbers = _RowNumbers(self._source, len(self.header.names), take_ragged)
        try:
            yield from self._batches()
        finally:
            self._source.stop()

    def _batches(self) -> Iterator[Batch]:
        last_row = 0
        for record_batch in self._record_batches():
            numbers = self._numbers.number_others(record_batch.num_rows)
            if record_batch.num_rows:
                last_row = int(numbers[-1])
            cells = [unescape(self._source, column) for column in record_batch.columns]
            data = _has_value(cells) & (numbers > self.header.row_number)
            if not data.all():
                mask = pa.array(data)
                numbers, cells = numbers[data], [column.filter(mask) for column in cells]
            yield Batch(row_numbers=numbers, cells=cells)
        self._refuse_early_end()
        self._refuse_open_quote(max(last_row, self._numbers.last))
        self._numbers.hand_on()

    def _read_header(self, head: bytes) -> Header:
        cut = self._too_large() if self._source.too_large else None
        _refuse_other_formats(head, cut)
        return _match_header(*_first_record(head, cut), self.contract)

    def _record_batches(self) -> Iterator[pa.RecordBatch]:
        names = [str(index) for index in range(len(self.header.names))]
        try:
            yield from pa_csv.open_csv(
                self._source,
                # One thread: InvalidRow has no number otherwise, and several files go side by side anyway.
                read_options=pa_csv.ReadOptions(column_names=names, block_size=self.block_bytes, use_threads=False),
                parse_options=pa_csv.ParseOptions(
                    newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=self._numbers.handle
                ),
                # The source has checked that all is UTF-8.
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

    def _refuse_early_end(self) -> None:
        """Raise the fault at which the source ended the bytes before the file does."""
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

    def _refuse_open_quote(self, last_row: int) -> None:
        """A quote that is never closed swallows the rest of the file into one cell: nothing of it is safe."""
        if not self._numbers.end_seen:
            raise UploadRejectedError(
                "open_quote",
                f"Row {last_row} opens a quote that is never closed, so the rest of the file becomes one cell. "
                "Close the quote, or double it if it is part of the text.",
                last_row,
            )


@dataclass(frozen=True)
class _Cut:
    """Where the source cut a row.

    Attributes:
        row_no: The row number.
        cell: The index of the cell.
        text: The row up to there.
    """

    row_no: int
    cell: int
    text: str


class _RowNumbers:
    """The row numbers of the rows that pyarrow gives to the reader, and the ragged rows, which it does not.

    pyarrow's thread reports the ragged rows, and so the marks where the source took rows out, ahead of the batches that
    the reader's thread gets. It counts rows as it parses them: ragged rows and marks count, rows taken out do not.

    Attributes:
        last: The number of the last ragged row, 0 before the first.
        end_seen: Whether the source's mark came as a separate row.
        cut: The row that the mark was appended to, where the source cut the bytes.
        failure: What went wrong in taking a row.
    """

    def __init__(self, source: Source, columns: int, take: TakeRagged | None) -> None:
        self.last = 0
        self.end_seen = False
        self.cut: _Cut | None = None
        self.failure: BaseException | None = None
        self._source = source
        self._take = take
        self._reasons = [Reason(None, "ragged_row", partial(_explain_ragged, columns))]
        # Ragged rows that were not handed on yet: number, cells and text of each.
        self._waiting: tuple[list[int], list[int], list[str]] = ([], [], [])
        self._waiting_bytes = 0
        self._reported = 0
        # Runs of row numbers that the reader has not passed. Both threads change what follows.
        self._runs: deque[RowNumbers] = deque()
        # How pyarrow counts the next row behind these runs, and its row number.
        self._next_counted = self._next_number = 1
        self._lock = Lock()

    def handle(self, row: pa_csv.InvalidRow) -> str:
        """Take a row that has not as many cells as the header; return what pyarrow does next."""
        try:
            self._handle(row)
        except BaseException as error:  # pyarrow would swallow it
            self.failure = error
            return "error"
        return "skip"

    def number_others(self, count: int) -> RowNumbers:
        """Row numbers for the next `count` rows of pyarrow's batches.

        pyarrow reports every ragged row of a block before it gives the block's other rows.
        """
        numbers = []
        with self._lock:
            while count:
                if not self._runs:
                    self._pass_rows(count)
                run = self._runs.popleft()
                if len(run) > count:
                    self._runs.appendleft(run[count:])
                    run = run[:count]
                numbers.append(run)
                count -= len(run)
        return np.concatenate(numbers) if numbers else np.empty(0, np.uint32)

    def hand_on(self) -> None:
        """Hand on the ragged rows that wait."""
        numbers, cells, texts = self._waiting
        if numbers:
            self._waiting = ([], [], [])
            self._waiting_bytes = 0
            self._hand_on(pa.array(numbers, pa.uint32()), pa.array(cells, pa.int32()), pa.array(texts, pa.string()))

    def _handle(self, row: pa_csv.InvalidRow) -> None:
        _, actual_columns, counted, text = row
        mark = self._source.mark
        if text == mark:
            self.end_seen = True
            return
        if text.startswith(self._source.short_rows_mark):
            self._pass_short_rows(counted, self._source.short_rows(int(text[len(self._source.short_rows_mark) :])))
            return
        with self._lock:
            self._pass_rows(counted - self._next_counted)
            number = self.last = self._next_number
            self._next_counted += 1
            self._next_number += 1
        if text.endswith(mark) and text.endswith(f'x"{mark}'):
            # Behind the mark's own text come as many cells as the header has.
            cell = actual_columns - row.expected_columns - 1
            self.cut = _Cut(number, cell, unescaped(text.removesuffix(f'x"{mark}')))
        elif self._take is not None:
            numbers, cells, texts = self._waiting
            numbers.append(number)
            cells.append(actual_columns)
            texts.append(text)
            self._waiting_bytes += len(text)
            self._reported += 1
            self._source.has_many_ragged = self._reported > REPORTED_ROWS
            if len(numbers) == WAITING_ROWS or self._waiting_bytes > MIB:
                self.hand_on()

    def _pass_short_rows(self, counted: int, taken_out: TakenOut) -> None:
        with self._lock:
            self._pass_rows(counted - self._next_counted)
            first = self._next_number
            if len(taken_out.kept):
                self._runs.append(taken_out.kept + np.uint32(first))
            self._next_counted += 1 + len(taken_out.kept)
            self._next_number += taken_out.count
        if len(taken_out.ragged):
            self.last = first + int(taken_out.ragged[-1])
            if self._take is not None:
                self.hand_on()
                self._hand_on(
                    pa.array(taken_out.ragged + np.uint32(first)),
                    pa.array(taken_out.cells),
                    taken_out.texts.cast(pa.string()),
                )

    def _pass_rows(self, count: int) -> None:
        """Add a run of rows without gaps."""
        assert count >= 0, "pyarrow counts the cells of a row in another way than the job"
        if count:
            self._runs.append(np.arange(self._next_number, self._next_number + count, dtype=np.uint32))
            self._next_counted += count
            self._next_number += count

    def _hand_on(self, numbers: pa.Array, cells: pa.Array, texts: pa.StringArray) -> None:
        assert self._take is not None
        count = len(numbers)
        columns = {
            "row_no": numbers,
            "reason": pa.array(np.zeros(count, np.uint16)),
            "about": cells.cast(pa.string()),
            "raw_text": pc.utf8_slice_codeunits(unescape(self._source, texts), 0, RAW_TEXT_MAX),
            "amount": pa.nulls(count, BAD_ROWS.field("amount").type),
        }
        self._take(QuarantinedRows(self._reasons, pa.record_batch(columns, schema=BAD_ROWS)))


def _explain_ragged(columns: int, cells: str) -> str:
    return (
        f"The row has {cells} cells, but the header has {columns}. Check its commas, and quote cells that contain one."
    )


def unescape(source: Source, texts: pa.StringArray) -> pa.StringArray:
    """Return texts as they are in the file."""
    if not source.has_escapes:
        return texts
    return pc.replace_substring(pc.replace_substring(texts, ESCAPED_NUL, NUL), ESCAPED_ESCAPE, ESCAPE)


def _refuse_other_formats(head: bytes, cut: UploadRejectedError | None) -> None:
    """Refuse a head without text or with another format. `cut` is the fault that ends the head, if there is one."""
    if not head.removeprefix(BYTE_ORDER_MARK).strip():
        raise cut or UploadRejectedError("empty_file", "The file is empty. Upload it again with a header and rows.")
    for signature, code, reason in SIGNATURES:
        if head.startswith(signature):
            raise UploadRejectedError(code, reason)


def _first_record(head: bytes, cut: UploadRejectedError | None) -> tuple[list[str], int]:
    """The header's cells and the row it stands in."""
    text = head.removeprefix(BYTE_ORDER_MARK).decode("utf-8", errors="surrogateescape")
    at, row_number = 0, 0
    while at < len(text):
        row_number += 1
        cells, at, is_ended = _record_at(text, at)
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


def _record_at(text: str, at: int) -> tuple[list[str], int, bool]:
    """The cells of the record at an index, the index behind it, and whether a line end ends it."""
    cells = []
    while True:
        match = CELL.match(text, at)
        assert match is not None
        quoted, _, plain, end = match.groups()
        cells.append((quoted or "").replace('""', '"') + plain)
        at = match.end()
        if end != ",":
            return cells, at, bool(end)


def _match_header(names: Sequence[str], row_number: int, contract: Contract) -> Header:
    if len(names) > MOST_COLUMNS:
        raise UploadRejectedError(
            "too_many_columns",
            f"The header has more than {MOST_COLUMNS} columns. "
            f"Keep only those of {contract.feed} and upload the file again.",
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
            f"The header of a file of {contract.feed} is missing {', '.join(missing)}. It has {found}. {advice}",
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
