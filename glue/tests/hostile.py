"""Generates files that may break a reader: ordinary uploads with mangled bytes."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from hypothesis import strategies as st
from stack import REPOSITORY
from statements import HEADER, csv_of, expense
from test_bad_input import CASES

KIB = 1 << 10
# The maximum size of a mutated file, in bytes.
MOST_BYTES = 128 * KIB
SEED_BYTES = 6 * KIB
EXPORTS = (REPOSITORY / "samples/bank-exports", REPOSITORY / "packages/preview/test/exports")

TOKENS = (
    *(b'"', b'""', b'"""', b'",', b',"', b'"\n', b"'", b",", b",,", b";", b"\t", b"|", b"\\", b"\\N", b"NULL"),
    *(b"\n", b"\r", b"\r\n", b"\n\r", b"\r\r\n", b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"\xe2\x80\xa8"),
    *(b"\0", b"\0\0", b"\x10", b"\x100", b"\x101", b"\x1a", b"\x1b[31m", b"\x7f", b'x"', b"\xc2\x80"),
    # Byte order marks and invisible characters.
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xe2\x80\xae", b"\xc2\xad", b"\xe2\x80\x8b", b"\xf3\xa0\x81\x81"),
    # Bytes that are not UTF-8: an overlong form, a surrogate, too large a code point, a stray byte, and cut characters.
    *(b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xff", b"\xc3", b"\xe2\x98", b"\xf0\x9f\x98"),
    *("é".encode(), "☕".encode(), "😀".encode(), "e\u0301".encode(), "ﬀ".encode(), "١٢".encode()),
    *(
        b"=1+1",
        b"-",
        b"1e999",
        b"NaN",
        b"9" * 40,
        b"-0.00000",
        b"2025-02-30",
        b"0000-00-00",
        b"JPY",
        b"[[",
        b"{",
        b"<a>",
    ),
    *(b"date", b"amount", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\x1f\x8b\x08\x00"),
    *(",".join(HEADER).encode() + b"\n", ",".join(expense()).encode() + b"\n"),
)

SHORT_ROWS = (
    *(b"\n", b"\n", b"\r\n", b"\r", b"a\n", b"a\r", b",\n", b'""\n', b'"\n"\n', b'"a\n', b'"",\r\n', b"\0\n"),
    *(b"\n" * 600, b"," * 6 + b"\n", b"a" + b"," * 6 + b"\n", b"," * 511 + b"\n", ",".join(expense()).encode() + b"\n"),
)


@dataclass(frozen=True)
class HostileFile:
    """A file as S3 stores it.

    Attributes:
        stored: The stored bytes.
        compressed: Whether the name of the file ends in .gz.
    """

    stored: bytes
    compressed: bool


def _seeds() -> list[bytes]:
    """Returns the first bytes of the files of other tests, of the samples and of bank exports."""
    samples = sorted((REPOSITORY / "samples/raw").rglob("*.csv"))
    exports = [file for folder in EXPORTS for file in sorted(folder.iterdir())]
    bodies = [
        *(csv_of(*[expense(amount=f"{number}.50") for number in range(rows)]) for rows in (0, 1, 4, 40)),
        *(case.body for case in CASES if len(case.body) <= SEED_BYTES),
        *(file.read_bytes()[:SEED_BYTES] for file in [*samples, *exports]),
    ]
    return list(dict.fromkeys(bodies))


SEEDS = _seeds()
# The seeds that begin with a header. The reader rejects the other seeds early.
SOUND = [body for body in SEEDS if body.lower().removeprefix(b"\xef\xbb\xbf").startswith(b"date,")]


def _places(body: bytes) -> st.SearchStrategy[int]:
    """Draws an index into a file. Half of the indexes are anywhere, half at a separator, a quote or a line end."""
    structure = list(
        islice((position + more for position, byte in enumerate(body) if byte in b'",\r\n' for more in (0, 1)), 400)
    )
    return st.one_of(st.integers(0, len(body)), st.sampled_from([0, len(body), *structure]))


def _slice(draw: st.DrawFn, body: bytes) -> tuple[int, int]:
    first, second = draw(_places(body)), draw(_places(body))
    return min(first, second), max(first, second)


def _cut(draw: st.DrawFn, body: bytes) -> bytes:
    start, end = _slice(draw, body)
    return body[:start] + body[end:]


def _end(draw: st.DrawFn, body: bytes) -> bytes:
    return body[: draw(_places(body))]


def _repeat(draw: st.DrawFn, body: bytes) -> bytes:
    start, end = _slice(draw, body)
    return body[:end] + body[start:end] * draw(st.sampled_from([1, 2, 50, 4000])) + body[end:]


def _swap(draw: st.DrawFn, body: bytes) -> bytes:
    (start, middle), end = _slice(draw, body), draw(_places(body))
    middle, end = min(middle, end), max(middle, end)
    return body[:start] + body[middle:end] + body[start:middle] + body[end:]


def _insert(draw: st.DrawFn, body: bytes) -> bytes:
    position, token = draw(_places(body)), draw(st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=4)))
    return body[:position] + token + body[position:]


def _insert_many(draw: st.DrawFn, body: bytes) -> bytes:
    """Inserts a very long cell, deeply nested quotes, or thousands of empty cells or rows."""
    position, token = draw(_places(body)), draw(st.sampled_from(TOKENS))
    return body[:position] + token * (draw(st.sampled_from([10, 300, 5000, 100_000])) // len(token)) + body[position:]


def _overwrite(draw: st.DrawFn, body: bytes) -> bytes:
    position, token = draw(_places(body)), draw(st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=4)))
    return body[:position] + token + body[position + len(token) :]


def _replace(draw: st.DrawFn, body: bytes) -> bytes:
    """Replaces every separator, line end or quote with a different one."""
    old, new = draw(st.sampled_from([b",", b"\n", b'"', b" ", b"."])), draw(st.sampled_from(TOKENS))
    return body.replace(old, new)


def _transcode(draw: st.DrawFn, body: bytes) -> bytes:
    text = body.decode("utf-8", errors="replace")
    return text.encode(
        draw(st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-7"])), errors="replace"
    )


def _widen(draw: st.DrawFn, body: bytes) -> bytes:
    """Adds columns with the same or different names, in the header only or in every row."""
    count = draw(st.sampled_from([1, 20, 511, 513, 3000, 13_000]))
    name = draw(st.sampled_from([b"", b"a", b"date", b" Amount ", b'"x""y"', b"column %d"]))
    names = b",".join(name % number if b"%d" in name else name for number in range(count))
    header, line_end, rows = body.partition(b"\n")
    if draw(st.booleans()):
        rows = rows.replace(b"\n", b"," * count + b"\n")
    return header + b"," + names + line_end + rows


def _add_short_rows(draw: st.DrawFn, body: bytes) -> bytes:
    """Adds many rows of one or two bytes, perhaps with longer rows between them, or with hundreds of columns."""
    if draw(st.booleans()):
        header, line_end, rows = body.partition(b"\n")
        body = header + b"," * draw(st.sampled_from([10, 400, 505])) + line_end + rows
    for _ in range(draw(st.sampled_from([1, 1, 3]))):
        position = draw(st.one_of(st.just(len(body)), _places(body)))
        row = b"".join(draw(st.lists(st.sampled_from(SHORT_ROWS), min_size=1, max_size=3)))
        body = body[:position] + row * (draw(st.sampled_from([30, 3000, 60_000])) // len(row)) + body[position:]
    return body


MUTATIONS: tuple[Callable[[st.DrawFn, bytes], bytes], ...] = (
    *(_cut, _end, _repeat, _swap, _insert, _insert, _insert_many, _overwrite, _overwrite, _replace, _transcode, _widen),
    *(_add_short_rows, _add_short_rows),
)


def _mangled(draw: st.DrawFn, body: bytes, most: int) -> bytes:
    for mutate in draw(st.lists(st.sampled_from(MUTATIONS), max_size=most)):
        body = mutate(draw, body)[:MOST_BYTES]
    return body


def _member(draw: st.DrawFn, body: bytes) -> bytes:
    """Draws a member of a gzip file, perhaps with optional header fields."""
    flags = draw(st.sampled_from([0, 0, 0, 2, 4, 8, 16, 30, 0xFF]))
    fields = b""
    if flags & 4:
        extra = draw(st.binary(max_size=9))
        fields += len(extra).to_bytes(2, "little") + extra
    fields += b"name\0" * bool(flags & 8) + b"a comment\0" * bool(flags & 16) + b"\0\0" * bool(flags & 2)
    compressor = zlib.compressobj(draw(st.sampled_from([0, 1, 9])), wbits=-zlib.MAX_WBITS)
    data = compressor.compress(body) + compressor.flush()
    trailer = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + fields + data + trailer


def _compressed(draw: st.DrawFn, body: bytes) -> bytes:
    """Draws a gzip file: one or several members, compressed twice, followed by zeros, or damaged."""
    for _ in range(draw(st.sampled_from([1, 1, 1, 2]))):
        position = draw(st.one_of(st.just(len(body)), _places(body)))
        parts = [body[:position], body[position:]] if position < len(body) else [body]
        body = b"".join(_member(draw, part) for part in parts)
    body += gzip.compress(b"", mtime=0) * draw(st.sampled_from([0, 0, 0, 0, 1, 20, 2000]))
    body += bytes(draw(st.sampled_from([0, 0, 0, 1, 9, 5000])))
    return _mangled(draw, body, draw(st.sampled_from([0, 0, 0, 2])))


@st.composite
def hostile_files(draw: st.DrawFn) -> HostileFile:
    """Draws a file of `SEEDS` with some mutations, perhaps compressed."""
    seed = draw(st.one_of(st.sampled_from(SOUND), st.sampled_from(SOUND), st.sampled_from(SEEDS)))
    body = _mangled(draw, seed, draw(st.sampled_from([1, 2, 3, 6])))
    packing = draw(st.sampled_from(["none"] * 6 + ["gzip"] * 3 + ["a name alone"]))
    return HostileFile(_compressed(draw, body) if packing == "gzip" else body, packing != "none")
