"""Finds the rows of a CSV that are short for their number, before pyarrow makes a full row of each.

pyarrow makes as many cells of an empty line as the header has columns, and calls Python for each ragged row. A file of
such rows costs a hundred times what an honest one of its size does. Where rows are many for their bytes, the job
therefore takes the empty and the ragged rows out itself, many at a time.

Quotes decide which line ends and commas count. A quote opens a cell only at its start, and within it two quotes are one
of its characters. So of a run of adjacent quotes only its parity matters:

- a run of even length changes nothing,
- a run of odd length at the start of a cell opens a quoted cell, or closes the one that is open,
- any other run of odd length closes the cell if one is open.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Numbers = np.ndarray[Any, np.dtype[np.intp]]
RowNumbers = np.ndarray[Any, np.dtype[np.uint32]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

QUOTE, COMMA, LINE_FEED, CARRIAGE_RETURN = b'",\n\r'
# A row of this length or less costs more than its bytes say, however few columns there are: no sound row is so short.
SHORT_BYTES = 16
# What fits into the cache of a core.
COUNTED_BYTES = 128 << 10
# How far back to look for what says whether a text ends within quotes.
TAIL_BYTES = 1 << 10

# What stands for all the bytes before a place: they end in a cell without quotes, or before a cell.
WITHIN_CELL, BEFORE_CELL, WITHIN_QUOTES = b"x", b",", b',"x'
STARTS_CELL = np.zeros(256, np.bool_)
STARTS_CELL[[COMMA, LINE_FEED, CARRIAGE_RETURN]] = True


@dataclass(frozen=True)
class TakenOut:
    """The short rows that were taken out of some bytes.

    Row numbers count from 0, the first whole row of these bytes.

    Attributes:
        count: How many whole rows there were.
        kept: The numbers of the rows that are left.
        ragged: The numbers of the ragged rows that were taken out.
        cells: How many cells each of these has.
        texts: Their bytes without line ends, as `pa.binary()`.
    """

    count: int
    kept: RowNumbers
    ragged: RowNumbers
    cells: np.ndarray[Any, np.dtype[np.int32]]
    texts: pa.Array


def has_many_rows(data: bytes, columns: int) -> bool:
    """Return whether there are more line ends than sound rows of so many columns could have."""
    least = len(data) // max(columns, SHORT_BYTES)
    # Control characters include both line ends, and a sound file has few others.
    if _count(data, np.less, CARRIAGE_RETURN + 1) <= least:
        return False
    return max(_count(data, np.equal, LINE_FEED), _count(data, np.equal, CARRIAGE_RETURN)) > least


def _count(data: bytes, compare: np.ufunc, code: int) -> int:
    """Count bytes five times as fast as `bytes.count`, because every block of every file passes here."""
    codes = np.frombuffer(data, np.uint8)
    found = np.empty(COUNTED_BYTES, np.bool_)
    count = 0
    for start in range(0, len(codes), COUNTED_BYTES):
        some = codes[start : start + COUNTED_BYTES]
        count += int(np.count_nonzero(compare(some, code, out=found[: len(some)])))
    return count


def context_after(context: bytes, data: bytes) -> bytes:
    """Return a few bytes that stand for `context` and `data`: what follows either has the same cells."""
    if not data:
        return context
    text = data.rstrip(b'"')
    quotes = len(data) - len(text)
    if not text:
        before = context.rstrip(b'"')
        quotes += len(context) - len(before)
    elif _ends_within_quotes(context, text):
        before = WITHIN_QUOTES
    else:
        before = BEFORE_CELL if STARTS_CELL[text[-1]] else WITHIN_CELL
    return before + b'"' * (2 - quotes % 2 if quotes else 0)


def take_out_short_rows(context: bytes, data: bytes, columns: int, mark: bytes) -> tuple[bytes, TakenOut | None]:
    """Take the empty and the ragged rows out of a part of a CSV.

    A row that begins or ends elsewhere stays.

    Args:
        context: What stands for the bytes before.
        data: The bytes.
        columns: How many cells a row has that is not ragged.
        mark: A row that takes the place of those taken out, in front of the first whole row.

    Returns:
        The bytes that are left, and what was taken out; None if nothing was.
    """
    before = len(context)
    data = context + data
    codes = np.frombuffer(data, np.uint8)
    outside = _outside_quotes(codes)
    is_return, is_feed = codes == CARRIAGE_RETURN, codes == LINE_FEED
    is_end = is_return | is_feed
    # A line feed behind a carriage return belongs to it.
    is_end[1:] &= ~(is_feed[1:] & is_return[:-1])
    is_comma = codes == COMMA
    if outside is not None:
        is_end &= outside
        is_comma &= outside
    is_end[:before] = False
    # The line feed behind the last byte may be among the next ones.
    is_end[-1] &= codes[-1] != CARRIAGE_RETURN
    ends = np.flatnonzero(is_end)
    if len(ends) < 2:
        return data[before:], None
    nexts = ends + 1
    nexts += is_return[ends] & np.append(is_feed, False)[nexts]
    starts, ends, nexts = nexts[:-1], ends[1:], nexts[1:]
    commas = np.cumsum(is_comma, dtype=np.int32)
    cells = commas[ends] - commas[starts - 1] + 1
    is_empty = starts == ends
    is_ragged = ~is_empty & (cells != columns)
    is_kept = ~(is_empty | is_ragged)
    if is_kept.all():
        return data[before:], None
    first, last = int(starts[0]), int(nexts[-1])
    kept = codes[first:last][np.repeat(is_kept, nexts - starts)].tobytes()
    if kept.endswith(b"\r") and last == len(data):
        # The next byte may be the line feed of an empty row, which would now belong to the carriage return.
        kept += b"\n"
    return (
        b"".join((data[before:first], mark, kept, data[last:])),
        TakenOut(
            count=len(starts),
            kept=np.flatnonzero(is_kept).astype(np.uint32),
            ragged=np.flatnonzero(is_ragged).astype(np.uint32),
            cells=cells[is_ragged],
            texts=_texts(codes, starts[is_ragged], ends[is_ragged]),
        ),
    )


def _texts(codes: Bytes, starts: Numbers, ends: Numbers) -> pa.Array:
    """Parts of some bytes, in their order and without overlap."""
    offsets = np.zeros(len(starts) + 1, np.int32)
    np.cumsum(ends - starts, out=offsets[1:])
    borders = np.zeros(len(codes) + 1, np.int8)
    borders[starts] = 1
    borders[ends] = -1
    is_part = np.cumsum(borders[:-1], dtype=np.int8).view(np.bool_)
    return pa.Array.from_buffers(
        pa.binary(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(codes[is_part].tobytes())]
    )


def _odd_runs(codes: Bytes) -> tuple[Numbers, Mask]:
    """Where runs of quotes of odd length begin, and whether each begins at the start of a cell."""
    places = np.flatnonzero(codes == QUOTE)
    if not len(places):
        return places, np.zeros(0, np.bool_)
    is_first = np.empty(len(places), np.bool_)
    is_first[0] = True
    np.not_equal(places[1:], places[:-1] + 1, out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    is_odd = np.diff(np.append(firsts, len(places))) % 2 == 1
    odd = places[firsts[is_odd]]
    return odd, STARTS_CELL[codes[odd - 1]] & (odd > 0)


def _outside_quotes(codes: Bytes) -> Mask | None:
    """Which bytes are outside quotes; None if all are. The first byte is."""
    odd, at_start = _odd_runs(codes)
    if not len(odd):
        return None
    # A run within a cell ends whatever was open; those at the start of a cell open and close in turn from there on.
    number = np.arange(1, len(odd) + 1)
    within = np.where(at_start, (number - np.maximum.accumulate(np.where(at_start, 0, number))) % 2, 0)
    borders = np.zeros(len(codes), np.int8)
    borders[odd] = np.diff(within, prepend=0)
    outside: Mask = np.cumsum(borders, dtype=np.int8) == 0
    return outside


def _ends_within_quotes(context: bytes, text: bytes) -> bool:
    """Whether a text with no quote at its end ends within quotes. It is read from its end as far as necessary."""
    last = text.rfind(b'"')
    # What follows the last quote changes nothing.
    codes = np.frombuffer(text, np.uint8)[: last + 2] if last >= 0 else np.frombuffer(text[-1:], np.uint8)
    size = TAIL_BYTES
    while size < len(codes):
        odd, at_start = _odd_runs(codes[-size:])
        # The first run may have begun before these bytes.
        closing = np.flatnonzero(~at_start & (odd > 0))
        if len(closing):
            return bool((len(odd) - 1 - closing[-1]) % 2)
        size *= 4
    outside = _outside_quotes(np.concatenate([np.frombuffer(context, np.uint8), codes]))
    return outside is not None and not outside[-1]
