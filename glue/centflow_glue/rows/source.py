"""Prepares the bytes of a CSV for pyarrow, from the first byte to the first fault."""

import io
import secrets
from dataclasses import dataclass
from threading import Lock
from typing import IO

import numpy as np
import pyarrow as pa

from centflow_glue.limits import MIB
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.gunzip import GzipReader
from centflow_glue.rows.short_rows import BEFORE_CELL, RemovedRows, advance_context, has_many_rows, remove_short_rows

# The number of bytes that a message shows on either side of a byte that is not UTF-8.
SHOWN_BYTES = 20
# The size of the pieces from which short rows are removed, in bytes. numpy needs 40 times as much memory as one piece.
PIECE_BYTES = 256 << 10
# A block for pyarrow ends once short rows were removed from this number of bytes, which limits the memory for removed
# rows.
SHORT_ROWS_BYTES = MIB
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# pyarrow overlooks commas and line ends shortly after a NUL, and would merge two rows into one. The source therefore
# replaces each NUL and each ESCAPE with two characters. Both are control characters, which valid files do not contain.
NUL, ESCAPE = "\0", "\x10"
ESCAPED_NUL, ESCAPED_ESCAPE = f"{ESCAPE}0", f"{ESCAPE}1"


@dataclass(frozen=True)
class Malformed:
    """The first byte of a CSV that is not valid UTF-8.

    Attributes:
        byte: The value of the byte.
        following: The bytes after it, at most `SHOWN_BYTES`.
    """

    byte: int
    following: bytes


class Source(io.RawIOBase):
    """A CSV for pyarrow: expanded, limited in size, valid UTF-8, without NULs, and with a marker after its last byte.

    pyarrow is slow for many short rows. The source therefore replaces them with a marker, a row that begins with
    `removed_rows_marker`.

    At the first fault the bytes end as if the file ended there, and pyarrow parses everything before the fault. If the
    source raised an error instead, pyarrow would discard the blocks that it has read ahead. Their number depends on
    pyarrow's threads.

    The end marker is a row with more cells than the header. pyarrow reports the end marker as ragged. The report shows
    the reader in which row and cell the bytes end.

    Args:
        stream: The bytes of the object.
        compressed: Whether the bytes are gzip.
        limit: The maximum size of the CSV, in bytes.

    Attributes:
        end_marker: The text of the end marker.
        removed_rows_marker: The beginning of a row with one cell. The key for `take_removed_rows` follows it.
        compression_fault: Why the bytes cannot be expanded; None if they can be expanded.
        malformed: The byte at which the bytes end because it is not UTF-8; None without one.
        too_large: Whether the bytes end at the limit.
        has_escapes: Whether a character is escaped.
        has_many_ragged: Whether to remove ragged rows from all pieces. The reader sets it, because pyarrow is slow for
            each ragged row.
    """

    def __init__(self, stream: IO[bytes], compressed: bool, limit: int) -> None:
        self.end_marker = secrets.token_hex(16)
        self.removed_rows_marker = secrets.token_hex(16)
        self.compression_fault: UploadRejectedError | None = None
        self.malformed: Malformed | None = None
        self.too_large = False
        self.has_escapes = False
        self.has_many_ragged = False
        self._stream = GzipReader(stream) if compressed else stream
        self._compressed = compressed
        self._limit = limit
        self._bytes_read = 0
        self._ended = False
        # `_raw` holds bytes as they are in the file. `_ready` holds bytes that are prepared for pyarrow.
        self._raw = b""
        self._ready = b""
        self._finished = False
        self._columns = 0
        # A few bytes that represent all bytes that were prepared before (see `advance_context`).
        self._context = b""
        self._removed: dict[int, RemovedRows] = {}
        self._removals = 0
        # Number of bytes of this block from which short rows were removed.
        self._bytes_with_removals = 0
        # The lock is needed because pyarrow may read ahead in its own thread while the reader checks the compression.
        self._lock = Lock()

    def peek(self, size: int) -> bytes:
        """Returns the first bytes, without an incomplete character at their end.

        Raises:
            UploadRejectedError: The gzip file is cut off or damaged.
        """
        self._fill(size)
        if self.compression_fault:
            raise self.compression_fault
        head = self._raw[:size]
        return head[: len(head) - _cut_length(head)] if self.too_large or len(head) == size else head

    def set_columns(self, count: int) -> None:
        """Makes the end marker longer than a row with `count` columns."""
        self._columns = count
        self.end_marker += "," * count

    def take_removed_rows(self, key: int) -> RemovedRows:
        """Returns the rows that were removed at a marker, and frees their memory."""
        return self._removed.pop(key)

    def check_compression(self) -> None:
        """Expands the rest of the file, up to the limit.

        Raises:
            UploadRejectedError: The gzip file is cut off or damaged.
        """
        with self._lock:
            self._drain()
        if self.compression_fault:
            raise self.compression_fault

    def read(self, size: int = -1) -> bytes:
        """Returns `size` bytes. Returns fewer bytes at the end, and if a carriage return would be the last byte.

        pyarrow treats a short read as a complete block.
        """
        with self._lock:
            while len(self._ready) < size and not self._finished and self._bytes_with_removals < SHORT_ROWS_BYTES:
                self._prepare(min(size, SHORT_ROWS_BYTES) if self._bytes_with_removals else size)
            self._bytes_with_removals = 0
            data, self._ready = self._ready[:size], self._ready[size:]
            if data.endswith(b"\r") and len(data) > 1:
                # If a block begins with a line feed after a carriage return, pyarrow drops the line feed, even in a
                # quoted cell.
                data, self._ready = data[:-1], b"\r" + self._ready
            return data

    def stop(self) -> None:
        """Ends the bytes now, so that pyarrow stops reading ahead."""
        with self._lock:
            self._ready = b""
            self._finished = True

    def readable(self) -> bool:
        """Returns True, as pyarrow requires."""
        return True

    def _prepare(self, size: int) -> None:
        """Checks the next bytes and prepares them for pyarrow."""
        size = max(size, 4)  # the longest character
        self._fill(size)
        data, self._raw = self._raw[:size], self._raw[size:]
        is_last = self._ended and not self._raw
        is_cut = self.too_large or self.compression_fault is not None
        cut_length = 0 if is_last and not is_cut else _cut_length(data)
        whole = data[: len(data) - cut_length]
        malformed_at = _first_malformed(whole)
        if malformed_at is not None:
            self._raw = data[malformed_at:] + self._raw
            self._fill(1 + SHOWN_BYTES)
            self.malformed = Malformed(self._raw[0], self._raw[1 : 1 + SHOWN_BYTES])
            self._drain()
            whole, is_last, is_cut = whole[:malformed_at], True, True
        elif not is_last:
            self._raw = data[len(whole) :] + self._raw
        self._ready += self._remove_short_rows(self._escape(whole))
        if is_last:
            # If the bytes end within quotes, the `x"` closes the quoted cell. Otherwise the `x` is ordinary text. In
            # either case, pyarrow sees the marker's commas as separators.
            self._ready += (f'x"{self.end_marker}\n' if is_cut else f"\n{self.end_marker}\n").encode()
            self._finished = True

    def _remove_short_rows(self, data: bytes) -> bytes:
        if not self._context:
            # pyarrow ignores the byte order mark, and a quote after it opens a cell.
            start = len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0
            self._context = BEFORE_CELL
            return data[:start] + self._remove_short_rows(data[start:])
        if not self.has_many_ragged and not has_many_rows(data, self._columns):
            self._context = advance_context(self._context, data)
            return data
        left = []
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            row = f"{self.removed_rows_marker}{self._removals}\n".encode()
            rest, removed = remove_short_rows(self._context, piece, self._columns, row)
            self._context = advance_context(self._context, piece)
            left.append(rest)
            if removed is not None:
                self._removed[self._removals] = removed
                self._removals += 1
                self._bytes_with_removals += len(piece)
        return b"".join(left)

    def _escape(self, data: bytes) -> bytes:
        if NUL.encode() in data or ESCAPE.encode() in data:
            self.has_escapes = True
            data = data.replace(ESCAPE.encode(), ESCAPED_ESCAPE.encode())
            data = data.replace(NUL.encode(), ESCAPED_NUL.encode())
        return data

    def _fill(self, size: int) -> None:
        """Reads until the buffer has `size` bytes, or until the file ends."""
        pieces = [self._raw] if self._raw else []
        missing = size - len(self._raw)
        while missing > 0 and (piece := self._read_piece(missing)):
            pieces.append(piece)
            missing -= len(piece)
        self._raw = pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_piece(self, size: int) -> bytes:
        """Returns up to `size` further bytes. An empty result means the end."""
        if self._ended:
            return b""
        try:
            # One byte beyond the limit is enough to detect that the file is too large.
            piece = self._stream.read(min(size, self._limit + 1 - self._bytes_read))
        except UploadRejectedError as fault:
            self.compression_fault = fault
            piece = b""
        self._bytes_read += len(piece)
        if self._bytes_read > self._limit:
            self.too_large, piece = True, piece[:-1]
        self._ended = not piece or self.too_large
        return piece

    def _drain(self) -> None:
        self._raw = b""
        while self._compressed and self._read_piece(MIB):
            pass


def unescape_text(text: str) -> str:
    """Returns the string as it was in the file, before characters were escaped."""
    return text.replace(ESCAPED_NUL, NUL).replace(ESCAPED_ESCAPE, ESCAPE)


def _cut_length(data: bytes) -> int:
    """Returns the number of bytes at the end that belong to an incomplete character."""
    for length, byte in enumerate(reversed(data[-3:]), start=1):
        if byte >= 0xC0:
            return length if length < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            break
    return 0


def _first_malformed(data: bytes) -> int | None:
    """Returns the index of the first byte that is not UTF-8; None without one."""
    whole = pa.Array.from_buffers(
        pa.binary(), 1, [None, pa.py_buffer(np.array([0, len(data)], np.int32)), pa.py_buffer(data)]
    )
    try:
        whole.cast(pa.string())  # validates UTF-8 without holding the GIL or creating a str
    except pa.ArrowInvalid:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            return error.start
    return None
