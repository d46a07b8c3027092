"""The bytes of a CSV as pyarrow gets them, from the first byte to the first fault."""

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
from centflow_glue.rows.short_rows import BEFORE_CELL, TakenOut, context_after, has_many_rows, take_out_short_rows

# The bytes shown on either side of a byte that is not UTF-8.
SHOWN_BYTES = 20
# Short rows are taken out of so many bytes at a time: numpy takes 40 times their memory.
PIECE_BYTES = 256 << 10
# A block for pyarrow ends where short rows were taken out of so many bytes: what is known of them is kept in memory.
SHORT_ROWS_BYTES = MIB
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# pyarrow overlooks commas and line ends that follow a NUL closely, and would merge two rows into one. It therefore gets
# two characters for each NUL, and two for each ESCAPE. Both are control characters, which a sound file does not hold.
NUL, ESCAPE = "\0", "\x10"
ESCAPED_NUL, ESCAPED_ESCAPE = f"{ESCAPE}0", f"{ESCAPE}1"


@dataclass(frozen=True)
class Malformed:
    """The first byte of a CSV that is not UTF-8.

    Attributes:
        byte: Its value.
        following: The bytes behind it, at most `SHOWN_BYTES`.
    """

    byte: int
    following: bytes


class Source(io.RawIOBase):
    """A CSV for pyarrow: expanded, limited in size, valid UTF-8, free of NULs, and with a mark behind its last byte.

    Where rows are so many and short that pyarrow would take long, they are taken out, and a row that begins with
    `short_rows_mark` says where.

    At the first fault the bytes end as if the file ended there, and pyarrow parses all that comes before the fault. An
    error instead would discard the blocks that pyarrow has read ahead, and their number depends on its threads.

    The mark is a row with more cells than the header has. pyarrow reports it as ragged, which tells the reader in which
    row and cell the bytes end.

    Args:
        stream: The bytes of the object.
        compressed: Whether they are gzip.
        limit: The most bytes that the CSV may have.

    Attributes:
        mark: The text of the mark.
        short_rows_mark: The beginning of a row with one cell, followed by the key that `short_rows` takes.
        compression_fault: Why the bytes cannot be expanded, if that is so.
        malformed: Where the bytes end because they are not UTF-8, if that is so.
        too_large: Whether the bytes end at the limit.
        has_escapes: Whether some character is escaped.
        has_many_ragged: Whether all rows are looked at, as the reader sets it: pyarrow takes long for a ragged row.
    """

    def __init__(self, stream: IO[bytes], compressed: bool, limit: int) -> None:
        self.mark = secrets.token_hex(16)
        self.short_rows_mark = secrets.token_hex(16)
        self.compression_fault: UploadRejectedError | None = None
        self.malformed: Malformed | None = None
        self.too_large = False
        self.has_escapes = False
        self.has_many_ragged = False
        self._stream = GzipReader(stream) if compressed else stream
        self._compressed = compressed
        self._limit = limit
        self._taken = 0
        self._ended = False
        # Bytes as they are in the file, and then as pyarrow gets them.
        self._raw = b""
        self._ready = b""
        self._finished = False
        self._columns = 0
        # What stands for the bytes that are ready or gone.
        self._context = b""
        self._taken_out: dict[int, TakenOut] = {}
        self._times_taken_out = 0
        # The bytes of this block that short rows were taken out of.
        self._thinned = 0
        # pyarrow may read ahead in its own thread while the reader checks the compression.
        self._lock = Lock()

    def peek(self, size: int) -> bytes:
        """Return the first bytes, without a character that they cut.

        Raises:
            UploadRejectedError: The compression is not sound.
        """
        self._fill(size)
        if self.compression_fault:
            raise self.compression_fault
        head = self._raw[:size]
        return head[: len(head) - _cut_length(head)] if self.too_large or len(head) == size else head

    def set_columns(self, count: int) -> None:
        """Give the mark more cells than a row of `count` columns has."""
        self._columns = count
        self.mark += "," * count

    def short_rows(self, key: int) -> TakenOut:
        """Return what was taken out at a mark, once."""
        return self._taken_out.pop(key)

    def check_compression(self) -> None:
        """Expand the rest of the file, up to the limit.

        Raises:
            UploadRejectedError: The compression is not sound.
        """
        with self._lock:
            self._drain()
        if self.compression_fault:
            raise self.compression_fault

    def read(self, size: int = -1) -> bytes:
        """Return exactly `size` bytes, fewer before the border of a line end and at the end.

        pyarrow takes a short read for a whole block.
        """
        with self._lock:
            while len(self._ready) < size and not self._finished and self._thinned < SHORT_ROWS_BYTES:
                self._prepare(min(size, SHORT_ROWS_BYTES) if self._thinned else size)
            self._thinned = 0
            data, self._ready = self._ready[:size], self._ready[size:]
            if data.endswith(b"\r") and len(data) > 1:
                # pyarrow drops a line feed that begins a block after a carriage return, within a quoted cell too.
                data, self._ready = data[:-1], b"\r" + self._ready
            return data

    def stop(self) -> None:
        """End the bytes now, so that pyarrow reads no more blocks ahead."""
        with self._lock:
            self._ready = b""
            self._finished = True

    def readable(self) -> bool:
        """Return True, as pyarrow expects."""
        return True

    def _prepare(self, size: int) -> None:
        """Check the next bytes and make them ready."""
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
        self._ready += self._without_short_rows(self._escaped(whole))
        if is_last:
            # Whether or not the bytes end within quotes, the cells of the mark behind x" count.
            self._ready += (f'x"{self.mark}\n' if is_cut else f"\n{self.mark}\n").encode()
            self._finished = True

    def _without_short_rows(self, data: bytes) -> bytes:
        if not self._context:
            # pyarrow leaves the mark out, and a quote behind it opens a cell.
            start = len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0
            self._context = BEFORE_CELL
            return data[:start] + self._without_short_rows(data[start:])
        if not self.has_many_ragged and not has_many_rows(data, self._columns):
            self._context = context_after(self._context, data)
            return data
        left = []
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            row = f"{self.short_rows_mark}{self._times_taken_out}\n".encode()
            rest, taken_out = take_out_short_rows(self._context, piece, self._columns, row)
            self._context = context_after(self._context, piece)
            left.append(rest)
            if taken_out is not None:
                self._taken_out[self._times_taken_out] = taken_out
                self._times_taken_out += 1
                self._thinned += len(piece)
        return b"".join(left)

    def _escaped(self, data: bytes) -> bytes:
        if NUL.encode() in data or ESCAPE.encode() in data:
            self.has_escapes = True
            data = data.replace(ESCAPE.encode(), ESCAPED_ESCAPE.encode())
            data = data.replace(NUL.encode(), ESCAPED_NUL.encode())
        return data

    def _fill(self, size: int) -> None:
        """Take bytes until there are `size`, or until no more can be taken."""
        pieces = [self._raw] if self._raw else []
        missing = size - len(self._raw)
        while missing > 0 and (piece := self._take(missing)):
            pieces.append(piece)
            missing -= len(piece)
        self._raw = pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _take(self, size: int) -> bytes:
        """Return at most `size` bytes more; none only at the end."""
        if self._ended:
            return b""
        try:
            # One byte beyond the limit is enough to know.
            piece = self._stream.read(min(size, self._limit + 1 - self._taken))
        except UploadRejectedError as fault:
            self.compression_fault = fault
            piece = b""
        self._taken += len(piece)
        if self._taken > self._limit:
            self.too_large, piece = True, piece[:-1]
        self._ended = not piece or self.too_large
        return piece

    def _drain(self) -> None:
        self._raw = b""
        while self._compressed and self._take(MIB):
            pass


def unescaped(text: str) -> str:
    """Return a text as it is in the file."""
    return text.replace(ESCAPED_NUL, NUL).replace(ESCAPED_ESCAPE, ESCAPE)


def _cut_length(data: bytes) -> int:
    """How many bytes at the end begin a character without ending it."""
    for length, byte in enumerate(reversed(data[-3:]), start=1):
        if byte >= 0xC0:
            return length if length < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            break
    return 0


def _first_malformed(data: bytes) -> int | None:
    """Where the first byte is that is not UTF-8."""
    whole = pa.Array.from_buffers(
        pa.binary(), 1, [None, pa.py_buffer(np.array([0, len(data)], np.int32)), pa.py_buffer(data)]
    )
    try:
        whole.cast(pa.string())  # without holding Python's lock, nor making a text
    except pa.ArrowInvalid:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            return error.start
    return None
