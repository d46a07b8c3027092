"""Removes the empty and the ragged rows of a CSV with many short rows, before pyarrow parses them.

pyarrow creates a full row of cells for an empty line, and calls Python for each ragged row. A file of such rows takes a
hundred times as long as a normal file of its size. If a file has many rows for its size, the job therefore removes the
empty and the ragged rows itself, many at a time.

Quotes decide which line ends and commas count. A quote opens a quoted cell only at the cell's start. Within a quoted
cell, two quotes mean one quote character. For a run of adjacent quotes, only an odd or even length therefore matters:

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
# Rows up to this length, in bytes, are slow for their size, even with few columns. Every valid row is longer.
SHORT_BYTES = 16
# The number of bytes that are counted at a time. They fit into the cache of a core.
COUNTED_BYTES = 128 << 10
# To check whether a text ends within quotes, the job first reads this number of bytes at the end of the text.
TAIL_BYTES = 1 << 10

# Contexts: a few bytes that represent all earlier bytes. The three contexts stand for earlier bytes that end within
# an unquoted cell, directly before a cell, and within quotes.
WITHIN_CELL, BEFORE_CELL, WITHIN_QUOTES = b"x", b",", b',"x'
STARTS_CELL = np.zeros(256, np.bool_)
STARTS_CELL[[COMMA, LINE_FEED, CARRIAGE_RETURN]] = True


@dataclass(frozen=True)
class RemovedRows:
    """The short rows that were removed from a part of a CSV.

    Row number 0 is the first complete row of the part.

    Attributes:
        count: Number of complete rows, including the removed ones.
        kept: The numbers of the remaining rows.
        ragged: The numbers of the ragged rows that were removed.
        cells: The number of cells of each removed ragged row.
        texts: The bytes of each removed ragged row without its line end, as `pa.binary()`.
    """

    count: int
    kept: RowNumbers
    ragged: RowNumbers
    cells: np.ndarray[Any, np.dtype[np.int32]]
    texts: pa.Array


def has_many_rows(data: bytes, columns: int) -> bool:
    """Returns whether the bytes have more line ends than valid rows with this number of columns could have."""
    least = len(data) // max(columns, SHORT_BYTES)
    # Carriage return and line feed are control characters, and valid files contain few other control characters.
    if _count(data, np.less, CARRIAGE_RETURN + 1) <= least:
        return False
    return max(_count(data, np.equal, LINE_FEED), _count(data, np.equal, CARRIAGE_RETURN)) > least


def _count(data: bytes, compare: np.ufunc, code: int) -> int:
    """Counts bytes. The function is five times as fast as `bytes.count`, which matters because it reads every block."""
    codes = np.frombuffer(data, np.uint8)
    found = np.empty(COUNTED_BYTES, np.bool_)
    count = 0
    for start in range(0, len(codes), COUNTED_BYTES):
        piece = codes[start : start + COUNTED_BYTES]
        count += int(np.count_nonzero(compare(piece, code, out=found[: len(piece)])))
    return count


def advance_context(context: bytes, data: bytes) -> bytes:
    """Returns a few bytes that can replace `context` and `data`.

    Later bytes split into the same cells after these few bytes as after `context` and `data`.
    """
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


def remove_short_rows(context: bytes, data: bytes, columns: int, marker: bytes) -> tuple[bytes, RemovedRows | None]:
    """Removes the empty and the ragged rows from a part of a CSV.

    Rows that begin or end outside this part are not removed.

    Args:
        context: A few bytes that represent the earlier bytes.
        data: The bytes of the part.
        columns: The number of cells of a row that is not ragged.
        marker: A row to insert before the first complete row if rows are removed.

    Returns:
        The remaining bytes, and the removed rows; None if no row was removed.
    """
    before = len(context)
    data = context + data
    codes = np.frombuffer(data, np.uint8)
    outside = _find_outside_quotes(codes)
    is_return, is_feed = codes == CARRIAGE_RETURN, codes == LINE_FEED
    is_end = is_return | is_feed
    # A line feed after a carriage return belongs to the same line end.
    is_end[1:] &= ~(is_feed[1:] & is_return[:-1])
    is_comma = codes == COMMA
    if outside is not None:
        is_end &= outside
        is_comma &= outside
    is_end[:before] = False
    # A final carriage return may be only half of a line end: the next part may begin with the line feed.
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
        # The next byte may be the line feed of an empty row. If this line feed were removed, the next byte would join
        # the carriage return.
        kept += b"\n"
    return (
        b"".join((data[before:first], marker, kept, data[last:])),
        RemovedRows(
            count=len(starts),
            kept=np.flatnonzero(is_kept).astype(np.uint32),
            ragged=np.flatnonzero(is_ragged).astype(np.uint32),
            cells=cells[is_ragged],
            texts=_slice_texts(codes, starts[is_ragged], ends[is_ragged]),
        ),
    )


def _slice_texts(codes: Bytes, starts: Numbers, ends: Numbers) -> pa.Array:
    """Returns the bytes from each start to its end. The parts are sorted and do not overlap."""
    offsets = np.zeros(len(starts) + 1, np.int32)
    np.cumsum(ends - starts, out=offsets[1:])
    borders = np.zeros(len(codes) + 1, np.int8)
    borders[starts] = 1
    borders[ends] = -1
    is_part = np.cumsum(borders[:-1], dtype=np.int8).view(np.bool_)
    return pa.Array.from_buffers(
        pa.binary(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(codes[is_part].tobytes())]
    )


def _find_odd_runs(codes: Bytes) -> tuple[Numbers, Mask]:
    """Returns the start of each run of quotes with odd length, and whether the run begins at the start of a cell."""
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


def _find_outside_quotes(codes: Bytes) -> Mask | None:
    """Returns which bytes are outside quotes; None if all bytes are. The first byte must be outside quotes."""
    odd, starts_cell = _find_odd_runs(codes)
    if not len(odd):
        return None
    # An odd run within a cell always ends outside quotes. After it, odd runs at the start of a cell alternate: the
    # first opens a quoted cell, the next closes it.
    number = np.arange(1, len(odd) + 1)
    within = np.where(starts_cell, (number - np.maximum.accumulate(np.where(starts_cell, 0, number))) % 2, 0)
    borders = np.zeros(len(codes), np.int8)
    borders[odd] = np.diff(within, prepend=0)
    outside: Mask = np.cumsum(borders, dtype=np.int8) == 0
    return outside


def _ends_within_quotes(context: bytes, text: bytes) -> bool:
    """Returns whether a text ends within quotes. The text must not end with a quote.

    The function reads only as much of the text's end as needed.
    """
    last = text.rfind(b'"')
    # Bytes after the last quote do not change the result.
    codes = np.frombuffer(text, np.uint8)[: last + 2] if last >= 0 else np.frombuffer(text[-1:], np.uint8)
    size = TAIL_BYTES
    while size < len(codes):
        odd, starts_cell = _find_odd_runs(codes[-size:])
        # The first run of quotes may begin before the bytes read here.
        closing = np.flatnonzero(~starts_cell & (odd > 0))
        if len(closing):
            return bool((len(odd) - 1 - closing[-1]) % 2)
        size *= 4
    outside = _find_outside_quotes(np.concatenate([np.frombuffer(context, np.uint8), codes]))
    return outside is not None and not outside[-1]
