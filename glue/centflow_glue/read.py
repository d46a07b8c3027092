"""Bytes of an object → batches of cells, in one pass and bounded memory, with the row numbers a spreadsheet shows."""

import csv
import gzip
import io
import re
import secrets
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from centflow_glue.contract import Contract
from centflow_glue.quarantine import QuarantinedRow, row_text
from centflow_glue.rejection import UploadRejectedError

MIB = 1 << 20
# Rows are parsed a block at a time; a record must fit into one. 4 MiB keeps a task below 250 MB; an upload that holds a
# longer record is read again with the larger block.
BLOCK_BYTES = 4 * MIB
LARGE_BLOCK_BYTES = 32 * MIB
HEAD_BYTES = 64 << 10
HEADER_SHOWN = 80
# Ragged rows held at once where no other rows come between them: some MiB.
RAGGED_HELD = 10_000
# pyarrow overlooks commas and line ends that follow a NUL closely, and would merge two rows into one. Both are control
# characters: a row that holds one is quarantined either way.
NUL, NUL_STAND_IN = "\0", "\x1a"

SIGNATURES = (
    (b"\xff\xfe", "not_utf8", "The file is UTF-16: save it again as “CSV UTF-8”."),
    (b"\xfe\xff", "not_utf8", "The file is UTF-16: save it again as “CSV UTF-8”."),
    (b"PK\x03\x04", "not_csv", "The file is an Excel workbook or a zip archive: open it and save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "not_csv", "The file is an old Excel workbook: open it and save the sheet as CSV."),
    (b"%PDF", "not_csv", "The file is a PDF: export the transactions as CSV."),
    (b"\x1f\x8b", "not_csv", "The file is gzip but not named so: name it *.csv.gz."),
)


# Takes rows that are not to be held in memory.
PutAside = Callable[[list[QuarantinedRow]], None]


class RecordTooLongError(Exception):
    """A record does not fit into a block."""


@dataclass(frozen=True)
class ReadLimits:
    """How large an upload may be.

    Attributes:
        object_bytes: Of the object as it is stored.
        expanded_bytes: Of the CSV after decompression.
    """

    object_bytes: int = 2 << 30
    expanded_bytes: int = 4 << 30


@dataclass(frozen=True)
class Batch:
    """Some consecutive rows of an upload.

    Attributes:
        row_numbers: The row number of each, uint32.
        cells: Every column of the file in its order, as strings, the unknown ones too.
        ragged: Rows among or near these that have too few or too many cells.
    """

    row_numbers: np.ndarray[Any, np.dtype[np.uint32]]
    cells: list[pa.StringArray]
    ragged: list[QuarantinedRow]


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


@dataclass(repr=False)
class CsvReader:
    """One pass over a CSV.

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
    _source: "_Source" = field(init=False)
    _ragged: list[QuarantinedRow] = field(default_factory=list, init=False)
    _put_aside: PutAside | None = field(default=None, init=False)
    _put_aside_failure: BaseException | None = field(default=None, init=False)
    _skipped: deque[list[int]] = field(default_factory=deque, init=False)
    _last_row: int = field(default=0, init=False)
    _end_mark: str = field(init=False)
    _end_seen: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Read the head of the file and compare its header with the contract.

        Raises:
            UploadRejectedError: The file is no CSV of this feed.
        """
        stream = gzip.GzipFile(fileobj=self.stream) if self.compressed else self.stream
        self._source = _Source(stream, self.limits.expanded_bytes)
        head = self._source.peek(HEAD_BYTES)
        _refuse_other_formats(head)
        self.header = _match_header(*_first_record(head), self.contract)
        # A row of our own after the file's last, with a cell too many: pyarrow reports it as ragged, unless the file
        # ends within a quoted cell.
        self._end_mark = secrets.token_hex(16) + "," * len(self.header.names)
        self._source.append(f"\n{self._end_mark}\n".encode())

    def batches(self, put_aside: PutAside | None = None) -> Iterator[Batch]:
        """The rows after the header.

        Rows without any value (an empty line, or only commas) carry nothing and are left out.

        Args:
            put_aside: Takes ragged rows of which too many come without a batch between them to be held in memory. No
                batch has these.

        Raises:
            UploadRejectedError: The file is not UTF-8, ends within a quoted cell or a gzip stream, or grows too large.
            RecordTooLongError: A record is longer than a block.
        """
        self._put_aside = put_aside
        next_row = 1
        for record_batch in self._record_batches():
            numbers = self._number(next_row, record_batch.num_rows)
            if record_batch.num_rows:
                next_row = int(numbers[-1]) + 1
                self._last_row = max(self._last_row, next_row - 1)
            cells = [
                self._with_nul(_decode(column, numbers, name))
                for column, name in zip(record_batch.columns, self.header.names, strict=True)
            ]
            data = _has_value(cells) & (numbers > self.header.row_number)
            if not data.all():
                mask = pa.array(data)
                numbers, cells = numbers[data], [column.filter(mask) for column in cells]
            yield Batch(row_numbers=numbers, cells=cells, ragged=self._take_ragged())
        if self._ragged:
            yield Batch(
                np.empty(0, np.uint32), [pa.array([], pa.string()) for _ in self.header.names], self._take_ragged()
            )
        self._refuse_open_quote()

    def _record_batches(self) -> Iterator[pa.RecordBatch]:
        names = [str(index) for index in range(len(self.header.names))]
        try:
            yield from pa_csv.open_csv(
                self._source,
                # One thread: InvalidRow has no number otherwise, and several files go side by side anyway.
                read_options=pa_csv.ReadOptions(column_names=names, block_size=self.block_bytes, use_threads=False),
                parse_options=pa_csv.ParseOptions(
                    newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=self._skip_ragged
                ),
                # Binary, so that bad UTF-8 is found with its row and column.
                convert_options=pa_csv.ConvertOptions(
                    column_types={name: pa.binary() for name in names}, strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as error:
            if self._put_aside_failure is not None:
                raise self._put_aside_failure from error
            if "straddling" in str(error):
                raise RecordTooLongError from error
            ragged = re.search(r"Row #([0-9]+): Expected", str(error))
            if ragged:  # only where pyarrow could not decode the row to report it
                raise UploadRejectedError(
                    "not_utf8", f"Row {ragged[1]} is not UTF-8: save the file again as “CSV UTF-8”."
                ) from error
            raise UploadRejectedError("not_csv", f"The file cannot be read as CSV: {error}.") from error

    def _skip_ragged(self, row: pa_csv.InvalidRow) -> str:
        if row.text == self._end_mark:
            self._end_seen = True
            return "skip"
        if self._skipped and self._skipped[-1][1] == row.number - 1:
            self._skipped[-1][1] = row.number
        else:
            self._skipped.append([row.number, row.number])
        self._last_row = max(self._last_row, row.number)
        self._ragged.append(
            QuarantinedRow(
                row_no=row.number,
                column=None,
                code="ragged_row",
                message=f"The row has {row.actual_columns} cells where the header has {row.expected_columns}: "
                "check its commas, and quote cells that hold one.",
                raw_text=row.text.replace(NUL_STAND_IN, NUL) if self._source.has_nul else row.text,
                amount=None,
            )
        )
        if self._put_aside is not None and len(self._ragged) >= RAGGED_HELD:
            try:
                self._put_aside(self._take_ragged())
            except BaseException as error:  # pyarrow would swallow it
                self._put_aside_failure = error
                return "error"
        return "skip"

    def _take_ragged(self) -> list[QuarantinedRow]:
        ragged, self._ragged = self._ragged, []
        return ragged

    def _number(self, first: int, count: int) -> np.ndarray[Any, np.dtype[np.uint32]]:
        """Row numbers for the next `count` rows, leaving out those of ragged rows.

        The parser reports a ragged row before it gives the rows around it, at times a block ahead.
        """
        runs = []
        while count:
            free = self._skipped[0][0] - first if self._skipped else count
            runs.append(np.arange(first, first + min(free, count), dtype=np.uint32))
            count -= len(runs[-1])
            first = self._skipped.popleft()[1] + 1 if count else first
        return np.concatenate(runs) if runs else np.empty(0, np.uint32)

    def _with_nul(self, column: pa.StringArray) -> pa.StringArray:
        return pc.replace_substring(column, NUL_STAND_IN, NUL) if self._source.has_nul else column

    def _refuse_open_quote(self) -> None:
        """A quote that is never closed swallows the rest of the file into one cell: nothing of it is safe."""
        if not self._end_seen:
            raise UploadRejectedError(
                "open_quote",
                f"Row {self._last_row} opens a quote that is never closed, so the rest of the file is one cell: "
                "close the quote, or double it where it belongs to the text.",
            )


class _Source(io.RawIOBase):
    """The CSV's bytes as pyarrow reads them: with a look ahead, a limit, no NUL, and something appended.

    Attributes:
        has_nul: Whether a NUL was read; `NUL_STAND_IN` stands in for it.
    """

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._ahead = b""
        self._appended = b""
        self._read = 0
        self.has_nul = False

    def append(self, data: bytes) -> None:
        """Let this follow the stream's last byte."""
        self._appended = data

    def peek(self, size: int) -> bytes:
        self._ahead = self._fill(size)
        return self._ahead

    def read(self, size: int = -1) -> bytes:
        data = self._ahead[:size] + self._fill(size - len(self._ahead))
        self._ahead = self._ahead[size:]
        self._read += len(data)
        if self._read > self._limit:
            raise UploadRejectedError(
                "too_large", f"The CSV is larger than {self._limit / MIB:,.0f} MiB: split it into several files."
            )
        if NUL.encode() in data:
            self.has_nul = True
            data = data.replace(NUL.encode(), NUL_STAND_IN.encode())
        if len(data) < size:  # the stream's end
            room = size - len(data)
            data, self._appended = data + self._appended[:room], self._appended[room:]
        elif data.endswith(b"\r") and size > 1:
            # pyarrow drops a line feed that begins a block after a carriage return, within a quoted cell too.
            data, self._ahead = data[:-1], b"\r" + self._ahead
            self._read -= 1
        return data

    def readable(self) -> bool:
        return True

    def _fill(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end: pyarrow takes a short read for a whole block."""
        pieces = []
        try:
            while size > 0 and (piece := self._stream.read(size)):
                pieces.append(piece)
                size -= len(piece)
        except EOFError as error:
            raise UploadRejectedError(
                "truncated_gzip", "The compressed file ends too early: it was cut off, upload it again."
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UploadRejectedError(
                "not_gzip", f"The file is named .gz but is not sound gzip ({error}): compress it again."
            ) from error
        return b"".join(pieces)


def _refuse_other_formats(head: bytes) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise UploadRejectedError("empty_file", "The file is empty: upload it again with a header and rows.")
    for signature, code, reason in SIGNATURES:
        if head.startswith(signature):
            raise UploadRejectedError(code, reason)


def _first_record(head: bytes) -> tuple[list[str], int]:
    """The header's cells and the row it stands in."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")
    try:
        for row_number, record in enumerate(csv.reader(io.StringIO(text, newline=""), strict=False), start=1):
            if any(cell.strip() for cell in record):
                header = ",".join(record)
                if any("\ud800" <= character <= "\udfff" for character in header):
                    raise UploadRejectedError(
                        "not_utf8", "The header is not UTF-8: save the file again as “CSV UTF-8”."
                    )
                if "\0" in header:
                    raise UploadRejectedError(
                        "not_csv",
                        "The header holds NUL bytes: the file is binary or UTF-16, save it again as “CSV UTF-8”.",
                    )
                return record, row_number
    except csv.Error as error:
        raise UploadRejectedError("not_csv", f"The header cannot be read: {error}.") from error
    raise UploadRejectedError("empty_file", "The file holds only empty lines: upload it again with a header and rows.")


def _match_header(names: Sequence[str], row_number: int, contract: Contract) -> Header:
    normalised = [name.strip().lower() for name in names]
    known = {column.header for column in contract.columns}
    missing = [
        column.header for column in contract.columns if column.required_header and column.header not in normalised
    ]
    if missing:
        found = ", ".join(name.strip()[:HEADER_SHOWN] or "(empty)" for name in names[:20])
        separated = next(
            (word for mark, word in ((";", "semicolons"), ("\t", "tabs")) if len(names) == 1 and mark in names[0]), None
        )
        hint = f" Its columns are separated by {separated}: save it with commas." if separated else ""
        raise UploadRejectedError(
            "missing_header",
            f"The header of a file of {contract.feed} needs {', '.join(missing)}; this one has {found}.{hint}",
        )
    repeated = sorted({name for name in normalised if name in known and normalised.count(name) > 1})
    if repeated:
        raise UploadRejectedError(
            "duplicate_header", f"The header names {', '.join(repeated)} more than once: keep one column of each name."
        )
    return Header(
        names=tuple(names),
        positions={name: index for index, name in enumerate(normalised) if name in known},
        ignored=tuple(name.strip() for name, norm in zip(names, normalised, strict=True) if norm not in known and norm),
        row_number=row_number,
    )


def _decode(column: pa.BinaryArray, numbers: np.ndarray[Any, Any], name: str) -> pa.StringArray:
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid as error:
        for number, value in zip(numbers, column.to_pylist(), strict=True):
            try:
                value.decode()
            except UnicodeDecodeError as fault:
                raise UploadRejectedError(
                    "not_utf8",
                    f"Row {number}, column {name.strip()}: the byte 0x{value[fault.start]:02X} is not UTF-8 "
                    f"({row_text([value.decode('latin-1')])} if it is Latin-1): save the file again as “CSV UTF-8”.",
                ) from error
        raise


def _has_value(cells: Sequence[pa.StringArray]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    found = np.zeros(len(cells[0]), np.bool_)
    for column in cells:
        if found.all():
            break
        found |= pc.greater(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    return found
