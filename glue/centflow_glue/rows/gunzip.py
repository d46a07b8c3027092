"""Expands gzip files.

Python's `gzip` module is not used, although it finds the same faults. Its messages depend on the version of Python.
Versions also read ahead by different amounts, so they may report different faults of the same file first.
"""

import re
import struct
import zlib
from typing import IO

from centflow_glue.rejection import UploadRejectedError

STORED_BYTES = 64 << 10
# The number of bytes of a member that zlib gets first.
FIRST_BYTES = 64
MAGIC = b"\x1f\x8b"
DEFLATE = 8
NO_ZERO = re.compile(rb"[^\0]")
# Flags of a member's header (RFC 1952).
HAS_CHECKSUM, HAS_EXTRA, HAS_NAME, HAS_COMMENT = 2, 4, 8, 16


class GzipReader:
    """Expands a gzip file of one or several members, with optional zeros at the end. Verifies every checksum.

    Args:
        stored: The compressed bytes.
    """

    def __init__(self, stored: IO[bytes]) -> None:
        self._stored = _Stored(stored)
        self._member: _Member | None = None

    def read(self, size: int) -> bytes:
        """Returns up to `size` bytes. An empty result means the end of the file.

        Expands only the bytes that it returns, so it does not yet find a fault in later bytes.

        Raises:
            UploadRejectedError: The file is cut off (`truncated_gzip`) or damaged (`not_gzip`).
        """
        while True:
            if self._member is None:
                if not _skip_header(self._stored):
                    return b""
                self._member = _Member(self._stored)
            if expanded := self._member.read(size):
                return expanded
            self._member = None


class _Member:
    """One member of a gzip file, without its header."""

    def __init__(self, stored: "_Stored") -> None:
        self._stored = stored
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._checksum = 0
        self._length = 0
        self._piece = FIRST_BYTES

    def read(self, size: int) -> bytes:
        """Returns up to `size` bytes. An empty result means that the member ended and its trailer is correct."""
        inflate = self._inflate
        waiting = inflate.unconsumed_tail
        while not inflate.eof:
            try:
                # zlib may still hold output when it has no input, so get that output before reading more input.
                expanded = inflate.decompress(waiting, size)
            except zlib.error as error:
                raise _damaged() from error
            if expanded:
                self._checksum = zlib.crc32(expanded, self._checksum)
                self._length += len(expanded)
                return expanded
            if not inflate.eof:
                waiting = inflate.unconsumed_tail or self._read_more()
                if not waiting:
                    raise _cut_off()
        self._check_trailer(inflate.unused_data)
        return b""

    def _read_more(self) -> bytes:
        """Returns the next compressed bytes. Each call doubles the size of the piece.

        zlib copies all bytes that follow a member's end. Many small members would be slow if each piece had 64 KiB.
        """
        size, self._piece = self._piece, min(2 * self._piece, STORED_BYTES)
        return self._stored.read_some(size)

    def _check_trailer(self, unused: bytes) -> None:
        self._stored.give_back(unused)
        if self._stored.read_exactly(8) != struct.pack("<II", self._checksum, self._length & 0xFFFFFFFF):
            raise _damaged()
        self._stored.skip_zeros()


def _skip_header(stored: "_Stored") -> bool:
    """Reads the header of the next member. Returns whether the file has another member."""
    magic = stored.read_up_to(2)
    if not magic:
        return False
    if magic != MAGIC:
        raise _damaged()
    method, flags = struct.unpack("<BBxxxxxx", stored.read_exactly(8))
    if method != DEFLATE:
        raise _damaged()
    if flags & HAS_EXTRA:
        stored.read_exactly(int.from_bytes(stored.read_exactly(2), "little"))
    if flags & HAS_NAME:
        stored.skip_text()
    if flags & HAS_COMMENT:
        stored.skip_text()
    if flags & HAS_CHECKSUM:
        stored.read_exactly(2)
    return True


class _Stored:
    """Reads the compressed bytes in pieces that match the parts of the gzip format."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._bytes = b""
        self._position = 0

    def read_some(self, size: int) -> bytes:
        """Returns up to `size` bytes. An empty result means the end."""
        self._fill()
        return self._slice(size)

    def give_back(self, unused: bytes) -> None:
        """Takes back the last bytes of the previous read, which were not used."""
        self._position -= len(unused)

    def read_up_to(self, size: int) -> bytes:
        """Returns `size` bytes. Returns fewer bytes only at the end."""
        taken = self._slice(size)
        while len(taken) < size and self._fill():
            taken += self._slice(size - len(taken))
        return taken

    def read_exactly(self, size: int) -> bytes:
        """Returns exactly `size` bytes."""
        taken = self.read_up_to(size)
        if len(taken) < size:
            raise _cut_off()
        return taken

    def skip_text(self) -> None:
        """Skips a zero-terminated string."""
        while self._fill():
            end = self._bytes.find(b"\0", self._position)
            if end >= 0:
                self._position = end + 1
                return
            self._position = len(self._bytes)
        raise _cut_off()

    def skip_zeros(self) -> None:
        """Skips the zero bytes that may pad a file."""
        while self._fill():
            other = NO_ZERO.search(self._bytes, self._position)
            if other:
                self._position = other.start()
                return
            self._position = len(self._bytes)

    def _slice(self, size: int) -> bytes:
        """Returns at most `size` buffered bytes. Copying the whole buffer would make small members slow."""
        taken = self._bytes[self._position : self._position + size]
        self._position += len(taken)
        return taken

    def _fill(self) -> bool:
        """Fills the buffer if it is empty. Returns whether the buffer has bytes."""
        if self._position == len(self._bytes):
            self._bytes, self._position = self._stream.read(STORED_BYTES), 0
        return self._position < len(self._bytes)


def _cut_off() -> UploadRejectedError:
    return UploadRejectedError("truncated_gzip", "The compressed file is cut off. Upload it again.")


def _damaged() -> UploadRejectedError:
    return UploadRejectedError(
        "not_gzip", "The file name ends in .gz, but the file is not valid gzip. Compress it again."
    )
