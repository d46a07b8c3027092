import gzip
import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.gunzip import GzipReader

BODY = b"".join(b"row %d, of many\n" % number for number in range(20_000))
DECOMPRESSOR = zlib.decompressobj
CUT_OFF = "The compressed file is cut off. Upload it again."
DAMAGED = "The file name ends in .gz, but the file is not valid gzip. Compress it again."


def expanded(stored: bytes, size: int = 1000) -> bytes:
    reader = GzipReader(io.BytesIO(stored))
    pieces = iter(lambda: reader.read(size), b"")
    return b"".join(pieces)


def fault(stored: bytes) -> tuple[str, str]:
    with pytest.raises(UploadRejectedError) as rejected:
        expanded(stored)
    return rejected.value.code, rejected.value.reason


def member(body: bytes, flags: int, fields: bytes) -> bytes:
    """Returns a gzip member. `fields` are the optional header fields after the ten fixed bytes."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = compressor.compress(body) + compressor.flush()
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + fields + data + struct.pack("<II", zlib.crc32(body), len(body))


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_compressed_file_expands_to_the_original_bytes(level: int, size: int):
    body = BODY[:3000] if size == 1 else BODY
    assert expanded(gzip.compress(body, level), size) == body


@given(st.lists(st.binary(max_size=50), max_size=3), st.integers(0, 9), st.integers(1, 60))
def test_a_file_may_have_several_members_and_zeros_after_the_last(bodies: list[bytes], zeros: int, size: int):
    stored = b"".join(map(gzip.compress, bodies)) + bytes(zeros if bodies else 0)
    assert expanded(stored, size) == b"".join(bodies)


@pytest.mark.parametrize(
    ("flags", "fields"),
    [(4, b"\x03\0abc"), (8, b"name\0"), (16, b"comment\0"), (2, b"\0\0"), (30, b"\x01\0xname\0comment\0\0\0")],
)
def test_the_optional_fields_of_a_header_are_skipped(flags: int, fields: bytes):
    assert expanded(member(b"body", flags, fields)) == b"body"


def test_a_read_expands_only_the_requested_number_of_bytes():
    damaged = bytearray(gzip.compress(BODY))
    damaged[-6] ^= 0xFF
    reader = GzipReader(io.BytesIO(bytes(damaged)))
    taken = b""
    while len(taken) < len(BODY):
        taken += reader.read(len(BODY) - len(taken))
    assert taken == BODY
    with pytest.raises(UploadRejectedError):
        reader.read(1)


class _Counting:
    """Wraps zlib's decompressor and counts the input bytes.

    The count matters, because zlib copies all input after the end of a member.
    """

    given = 0

    def __init__(self, window_bits: int) -> None:
        self._inflate = DECOMPRESSOR(window_bits)

    def decompress(self, data: bytes, size: int) -> bytes:
        _Counting.given += len(data)
        return self._inflate.decompress(data, size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inflate, name)


@pytest.mark.parametrize("body", [b"", b"a"])
def test_the_time_for_a_small_member_does_not_depend_on_the_bytes_that_follow(
    body: bytes, monkeypatch: pytest.MonkeyPatch
):
    members = 4_000
    monkeypatch.setattr(_Counting, "given", 0)
    monkeypatch.setattr(zlib, "decompressobj", _Counting)
    reader = GzipReader(io.BytesIO(gzip.compress(body, mtime=0) * members))
    while reader.read(1 << 20):
        pass
    assert 0 < _Counting.given <= 200 * members


@pytest.mark.parametrize("length", [2, 5, 9, 10, 15, 1000, -9, -8, -1])
def test_a_gzip_file_that_is_cut_off_is_reported_as_truncated(length: int):
    assert fault(gzip.compress(BODY)[:length]) == ("truncated_gzip", CUT_OFF)


@pytest.mark.parametrize("fields", [b"\xff\xffabc", b"a name without its end"])
def test_a_gzip_file_that_is_cut_off_in_its_header_is_reported_as_truncated(fields: bytes):
    assert fault(b"\x1f\x8b\x08\x0c" + bytes(6) + fields) == ("truncated_gzip", CUT_OFF)


@pytest.mark.parametrize(
    "stored",
    [
        b"date,merchant",
        b"\x1f",
        zlib.compress(BODY),
        b"\x1f\x8b\x07" + bytes(20),
        gzip.compress(BODY) + b"more",
        gzip.compress(BODY) + b"\0\0more",
        gzip.compress(BODY)[:-8] + bytes(8),
        gzip.compress(BODY)[:-4] + bytes(4),
        gzip.compress(BODY)[:10] + b"\xff" * 100,
    ],
    ids=["text", "one byte", "zlib", "method", "text after", "text after zeros", "checksum", "length", "data"],
)
def test_a_damaged_file_is_rejected_with_the_message_of_this_package(stored: bytes):
    assert fault(stored) == ("not_gzip", DAMAGED)


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_file_with_a_changed_byte_is_accepted_if_and_only_if_pythons_gzip_accepts_it(position: int, value: int):
    stored = bytearray(gzip.compress(BODY[:500]))
    stored[position % len(stored)] = value
    try:
        expected = gzip.decompress(bytes(stored))
    except (EOFError, OSError, zlib.error):
        assert fault(bytes(stored))[0] in ("not_gzip", "truncated_gzip")
    else:
        assert expanded(bytes(stored)) == expected
