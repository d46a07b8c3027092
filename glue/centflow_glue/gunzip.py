"""gzip, expanded under the job's own rules.

Python's `gzip` module finds the same faults. But its messages, and how far it reads ahead and so which of two faults it
meets first, differ between versions of Python.
"""

import re
import struct
import zlib
from typing import IO

from centflow_glue.rejection import UploadRejectedError

STORED_BYTES = 64 << 10
# The first bytes of a member that zlib gets.
FIRST_BYTES = 64
MAGIC = b"\x1f\x8b"
DEFLATE = 8
NO_ZERO = re.compile(rb"[^\0]")
# Flags of a member's header (RFC 1952).
HAS_CHECKSUM, HAS_EXTRA, HAS_NAME, HAS_COMMENT = 2, 4, 8, 16


class GzipReader:
    """Expands a gzip file: one member or several, zeros behind them, every checksum checked.

    Args:
        stored: The compressed bytes.
    """

    def __init__(self, stored: IO[bytes]) -> None:
        self._stored = _Stored(stored)
        self._member: _Member | None = None

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes; none only at the end.

        It expands no byte that it does not return, so a fault behind these bytes stays unseen.

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
    """One member behind its header."""

    def __init__(self, stored: "_Stored") -> None:
        self._stored = stored
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._checksum = 0
        self._length = 0
        self._piece = FIRST_BYTES

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes; none only at the member's end, behind its trailer."""
        inflate = self._inflate
        waiting = inflate.unconsumed_tail
        while not inflate.eof:
            try:
                # zlib may hold output back without any input waiting, so ask it before more input is fetched.
                expanded = inflate.decompress(waiting, size)
            except zlib.error as error:
                raise _damaged() from error
            if expanded:
                self._checksum = zlib.crc32(expanded, self._checksum)
                self._length += len(expanded)
                return expanded
            if not inflate.eof:
                waiting = inflate.unconsumed_tail or self._some()
                if not waiting:
                    raise _cut_off()
        self._check_trailer(inflate.unused_data)
        return b""

    def _some(self) -> bytes:
        """Return the next compressed bytes, more each time.

        zlib copies all that lies behind a member's end, so a small member must not get 64 KiB.
        """
        size, self._piece = self._piece, min(2 * self._piece, STORED_BYTES)
        return self._stored.some(size)

    def _check_trailer(self, unused: bytes) -> None:
        self._stored.give_back(unused)
        if self._stored.exactly(8) != struct.pack("<II", self._checksum, self._length & 0xFFFFFFFF):
            raise _damaged()
        self._stored.skip_zeros()


def _skip_header(stored: "_Stored") -> bool:
    """Read a member's header; return whether there is one."""
    magic = stored.up_to(2)
    if not magic:
        return False
    if magic != MAGIC:
        raise _damaged()
    method, flags = struct.unpack("<BBxxxxxx", stored.exactly(8))
    if method != DEFLATE:
        raise _damaged()
    if flags & HAS_EXTRA:
        stored.exactly(int.from_bytes(stored.exactly(2), "little"))
    if flags & HAS_NAME:
        stored.skip_text()
    if flags & HAS_COMMENT:
        stored.skip_text()
    if flags & HAS_CHECKSUM:
        stored.exactly(2)
    return True


class _Stored:
    """The compressed bytes, as many at a time as a part of the format takes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._bytes = b""
        self._at = 0

    def some(self, size: int) -> bytes:
        """Return at most `size` bytes; none only at the end."""
        self._fill()
        return self._slice(size)

    def give_back(self, unused: bytes) -> None:
        """Return the end of what was taken last."""
        self._at -= len(unused)

    def up_to(self, size: int) -> bytes:
        """Return `size` bytes, fewer only at the end."""
        taken = self._slice(size)
        while len(taken) < size and self._fill():
            taken += self._slice(size - len(taken))
        return taken

    def exactly(self, size: int) -> bytes:
        """Return `size` bytes."""
        taken = self.up_to(size)
        if len(taken) < size:
            raise _cut_off()
        return taken

    def skip_text(self) -> None:
        """Skip a text and the zero that ends it."""
        while self._fill():
            end = self._bytes.find(b"\0", self._at)
            if end >= 0:
                self._at = end + 1
                return
            self._at = len(self._bytes)
        raise _cut_off()

    def skip_zeros(self) -> None:
        """Skip the zeros that may pad a file."""
        while self._fill():
            other = NO_ZERO.search(self._bytes, self._at)
            if other:
                self._at = other.start()
                return
            self._at = len(self._bytes)

    def _slice(self, size: int) -> bytes:
        """Take at most `size` of the bytes at hand. A copy of all of them makes small members expensive."""
        taken = self._bytes[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def _fill(self) -> bool:
        """Fetch the next bytes if none are at hand; return whether there are any."""
        if self._at == len(self._bytes):
            self._bytes, self._at = self._stream.read(STORED_BYTES), 0
        return self._at < len(self._bytes)


def _cut_off() -> UploadRejectedError:
    return UploadRejectedError("truncated_gzip", "The compressed file is cut off. Upload it again.")


def _damaged() -> UploadRejectedError:
    return UploadRejectedError(
        "not_gzip", "The file name ends in .gz, but the file is not valid gzip. Compress it again."
    )
