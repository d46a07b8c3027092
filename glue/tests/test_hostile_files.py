"""Checks that the reader accepts any file or rejects it with a documented code, and loses no row.

A test run mangles the same few files every time. `npm run fuzz` mangles many other files. That command sets
`CENTFLOW_FUZZ_SEED` and `CENTFLOW_FUZZ_FILES`.
"""

import hashlib
import io
import os
import re
import threading
import time
import tracemalloc
from dataclasses import dataclass, field
from functools import cache, partial

import pyarrow as pa
import pytest
from hostile import MOST_BYTES, HostileFile, hostile_files
from hypothesis import given, note, seed, settings
from statements import HEADER, csv_of, expense
from test_gunzip import expanded

from centflow_glue.contract import load_contracts
from centflow_glue.limits import SUMMARY_LIMITS, ReadLimits
from centflow_glue.load.load_version import RowWriter, find_too_many_bad_rows
from centflow_glue.load.quarantine_files import REJECTED_ROWS_KEPT, QuarantineFiles
from centflow_glue.load.running_summaries import RunningSummaries
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.read import BLOCK_BYTES, CsvReader, read_in_blocks

SEED = int(os.environ.get("CENTFLOW_FUZZ_SEED", "1"))
FILES = int(os.environ.get("CENTFLOW_FUZZ_FILES", "100"))

CONTRACT = load_contracts()["expenses"]
LIMITS = ReadLimits(object_bytes=4 << 20, expanded_bytes=2 * MOST_BYTES)
SMALL_BLOCK_BYTES = 512

# The limits of time and memory for a file. Each limit is a fixed part plus a part per byte of the file. The part per
# byte is a multiple of what a byte of a valid file costs.
MEMORY_AT_START = 16 << 20
MEMORY_PER_BYTE = 128
SECONDS_AT_START = 0.5
TIMES_A_VALID_BYTE = 15
TIMES_THE_MEMORY = 4

# This list keeps all memory pools alive, because pyarrow's threads may return memory to a pool after the test's end.
POOLS: list[pa.MemoryPool] = []

# All codes that `rejection` documents for the bytes of a file.
REJECTIONS = {
    *("truncated_gzip", "not_gzip", "empty_file", "not_csv", "not_utf8", "missing_header", "duplicate_header"),
    *("too_many_columns", "expands_too_much", "record_too_long", "too_large", "open_quote", "too_many_bad_rows"),
}
FAULTS = {
    *("ragged_row", "missing_value", "bad_date", "bad_number", "number_too_large", "number_too_small"),
    *("too_many_decimals", "unknown_currency", "unknown_value", "control_character", "too_long"),
}

# Splits a record into cells in the same way as RFC 4180 and the job's reader. Text after a closing quote belongs to the
# same cell.
CELL = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)"?)?([^,\r\n]*)(,|\r\n|\n|\r|\Z)')


@dataclass
class Verdict:
    """The result of reading a file.

    Attributes:
        code: The code of the rejection, if the file is rejected.
        reason: The reason of the rejection.
        header_row: The row number of the header.
        width: Number of columns in the header.
        good: Number of good rows.
        quarantined: Row number and code of each bad row, in the order of the rows.
        loaded: A digest of the rows that MySQL would store.
    """

    code: str | None = None
    reason: str | None = None
    header_row: int = 0
    width: int = 0
    good: int = 0
    quarantined: list[tuple[int, str]] = field(default_factory=list)
    loaded: str = ""


def judge(file: HostileFile, block_bytes: int) -> Verdict:
    """Reads and validates a file and counts its rows as `load_version` does, but without MySQL."""
    try:
        return read_in_blocks(
            lambda size: CsvReader(io.BytesIO(file.stored), CONTRACT, file.compressed, LIMITS, size),
            judge_rows,
            block_bytes,
        )
    except UploadRejectedError as error:
        return Verdict(error.code, error.reason)


def judge_rows(reader: CsvReader) -> Verdict:
    out = io.BytesIO()
    with QuarantineFiles(0) as quarantine:
        bad_rows = []
        for pile in (quarantine.ragged, quarantine.faulty):
            pile.write = partial(keep_and_write, bad_rows, pile.write)  # type: ignore[method-assign]
        writer = RowWriter(reader, 0, quarantine, RunningSummaries(CONTRACT, SUMMARY_LIMITS))
        writer.write_rows(out)
        rejection = find_too_many_bad_rows(writer.tally, quarantine)
    tally = writer.tally
    assert tally.quarantined == len(bad_rows)
    assert out.getvalue().count(b"\n") >= tally.good
    return Verdict(
        *((rejection.code, rejection.reason) if rejection else (None, None)),
        header_row=reader.header.row_number,
        width=len(reader.header.names),
        good=tally.good,
        quarantined=sorted(bad_rows),
        loaded=hashlib.sha256(out.getvalue()).hexdigest(),
    )


def keep_and_write(kept, write, rows) -> None:
    codes = [reason.code for reason in rows.reasons]
    numbers, reasons = rows.columns["row_no"].to_pylist(), rows.columns["reason"].to_pylist()
    kept.extend((number, codes[reason]) for number, reason in zip(numbers, reasons, strict=True))
    write(rows)


@dataclass
class Rows:
    """The records of a file, counted by a separate reader in the tests.

    Attributes:
        ragged: The numbers of the records with a wrong number of cells.
        filled: Number of the other records after the header that contain a value.
    """

    ragged: list[int]
    filled: int


def count_rows(body: bytes, verdict: Verdict) -> Rows:
    rows, position, number = Rows([], 0), 0, 0
    body = body.removeprefix(b"\xef\xbb\xbf")
    while position < len(body):
        number, start, cells, is_filled, end = number + 1, position, 0, False, b","
        while end == b",":
            cell = CELL.match(body, position)
            assert cell is not None
            quoted, plain, end = cell.groups()
            cells, is_filled, position = cells + 1, is_filled or bool(quoted or plain), cell.end()
        if position - start == len(end):  # an empty line
            continue
        if cells != verdict.width:
            rows.ragged.append(number)
        elif number > verdict.header_row and is_filled:
            rows.filled += 1
    return rows


@dataclass
class Cost:
    """The time and memory that reading a file took.

    Attributes:
        seconds: CPU time, because other programs affect it less than wall-clock time.
        peak_bytes: The maximum memory that Python and pyarrow used at any time.
    """

    seconds: float
    peak_bytes: int


def judge_at_cost(file: HostileFile, block_bytes: int) -> tuple[Verdict, Cost]:
    pool = pa.proxy_memory_pool(pa.system_memory_pool())
    POOLS.append(pool)
    before = pa.default_memory_pool()
    pa.set_memory_pool(pool)
    tracemalloc.start()
    started = time.process_time()
    try:
        verdict = judge(file, block_bytes)
        seconds = time.process_time() - started
        return verdict, Cost(seconds, tracemalloc.get_traced_memory()[1] + pool.max_memory())
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(before)


def valid_csv(size: int) -> bytes:
    return csv_of(*[expense(amount=f"{number}.50") for number in range(size // 50)])


@cache
def seconds_of_a_valid_byte() -> float:
    """Returns the CPU seconds per byte of a valid file."""
    file = HostileFile(valid_csv(MOST_BYTES), False)
    return min(judge_at_cost(file, BLOCK_BYTES)[1].seconds for _ in range(3)) / len(file.stored)


def bytes_to_read(file: HostileFile) -> int:
    """Returns the number of bytes to read, before and after decompression."""
    if not file.compressed:
        return len(file.stored)
    try:
        return len(file.stored) + min(len(body_of(file)), LIMITS.expanded_bytes)
    except UploadRejectedError:
        return len(file.stored) + LIMITS.expanded_bytes


def body_of(file: HostileFile) -> bytes:
    return expanded(file.stored, MOST_BYTES) if file.compressed else file.stored


@pytest.mark.parametrize("seeded", [pytest.param(SEED, id=f"seed-{SEED}")])
@seed(SEED)
@settings(max_examples=FILES)
@given(file=hostile_files())
def test_a_hostile_file_is_accepted_or_rejected_with_a_documented_code_and_loses_no_row(seeded: int, file: HostileFile):
    note(f"CENTFLOW_FUZZ_SEED={seeded} CENTFLOW_FUZZ_FILES={FILES}")
    valid = seconds_of_a_valid_byte()
    verdict, cost = judge_at_cost(file, BLOCK_BYTES)
    if verdict.code is not None:
        assert verdict.code in REJECTIONS
        assert verdict.reason
    # The result must be the same with any block size.
    assert judge(file, SMALL_BLOCK_BYTES) == verdict
    if verdict.code in (None, "too_many_bad_rows"):
        assert {code for _, code in verdict.quarantined} <= FAULTS
        rows = count_rows(body_of(file), verdict)
        assert [number for number, code in verdict.quarantined if code == "ragged_row"] == rows.ragged
        assert verdict.good + len(verdict.quarantined) == rows.filled + len(rows.ragged)
    size = bytes_to_read(file)
    assert cost.peak_bytes <= MEMORY_AT_START + MEMORY_PER_BYTE * size
    assert cost.seconds <= SECONDS_AT_START + TIMES_A_VALID_BYTE * valid * size


def test_a_header_that_repeats_a_column_thousands_of_times_is_read_as_fast_as_other_headers():
    def seconds(header: str) -> float:
        file = HostileFile(f"{header}\n".encode(), False)
        return min(judge_at_cost(file, BLOCK_BYTES)[1].seconds for _ in range(3))

    names = ",".join(f"{number:04x}" for number in range(12_000))
    assert seconds("date," * 12_000 + ",".join(HEADER)) <= 10 * seconds(names)


# The size of the files in COSTLY, in bytes. COSTLY contains the kinds of files that are slowest to read for their size.
COSTLY_BYTES = 1 << 20
WIDE = csv_of(header=[*HEADER, *[""] * 505])
COSTLY = {
    "line feeds under 512 columns": WIDE + b"\n" * COSTLY_BYTES,
    "line ends under 512 columns": WIDE + b"\r\n" * (COSTLY_BYTES // 2),
    "line feeds between rows of 512 columns": WIDE
    + ((",".join(expense()) + "," * 505 + "\n" * 400).encode() * (COSTLY_BYTES // 950)),
    "short rows": csv_of() + b"a\n" * (COSTLY_BYTES // 2),
    "short rows under 512 columns": WIDE + b"a\n" * (COSTLY_BYTES // 2),
    "quoted rows": csv_of() + b'""\n' * (COSTLY_BYTES // 3),
    "rows of one column too many": csv_of() + b",,,,,,,\n" * (COSTLY_BYTES // 8),
    "one cell in each row": csv_of() + b"x,,,,,,\n" * (COSTLY_BYTES // 8),
    "one cell in each row of 512": WIDE + (b"x" + b"," * 511 + b"\n") * (COSTLY_BYTES // 513),
    "a bad date each": csv_of() + b"".join(b"%x,,,,,,\n" % number for number in range(COSTLY_BYTES // 12)),
    "half of the rows short": csv_of() + b"2025-01-02,a,a,a,1,EUR,\na\n" * (COSTLY_BYTES // 26),
    "half of the rows without an amount": csv_of() + b"2025-01-02,a,a,a,1,EUR,\nx,,,,,,\n" * (COSTLY_BYTES // 32),
}


@cache
def cost_of_a_valid_file() -> Cost:
    return cost_of(valid_csv(COSTLY_BYTES))


def cost_of(body: bytes) -> Cost:
    """Reads a file and formats its quarantined rows. Memory is measured in a second pass, because that is slow."""

    def judge_whole(reader: CsvReader) -> None:
        with QuarantineFiles(0) as quarantine, open(os.devnull, "wb") as out:
            writer = RowWriter(reader, 0, quarantine, RunningSummaries(CONTRACT, SUMMARY_LIMITS))
            writer.write_rows(out)
            is_rejected = find_too_many_bad_rows(writer.tally, quarantine) is not None
            quarantine.write_csv(out, REJECTED_ROWS_KEPT if is_rejected else None)

    def seconds() -> float:
        started = time.process_time()
        read_in_blocks(lambda size: CsvReader(io.BytesIO(body), CONTRACT, False, ReadLimits(), size), judge_whole)
        return time.process_time() - started

    pool = pa.proxy_memory_pool(pa.system_memory_pool())
    POOLS.append(pool)
    before = pa.default_memory_pool()
    pa.set_memory_pool(pool)
    tracemalloc.start()
    try:
        seconds()
        peak_bytes = tracemalloc.get_traced_memory()[1] + pool.max_memory()
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(before)
    return Cost(min(seconds() for _ in range(3)), peak_bytes)


@pytest.mark.parametrize("kind", COSTLY)
def test_reading_time_and_memory_are_proportional_to_the_size_of_a_file(kind: str):
    valid, cost = cost_of_a_valid_file(), cost_of(COSTLY[kind])
    assert cost.peak_bytes <= TIMES_THE_MEMORY * valid.peak_bytes
    assert cost.seconds <= TIMES_A_VALID_BYTE * valid.seconds


@pytest.mark.parametrize("kind", COSTLY)
def test_a_file_can_be_read_with_a_single_pyarrow_thread(kind: str):
    # In Spark's Python processes pyarrow has one thread. That thread handles the ragged rows, so it must not wait for a
    # second thread.
    threads = pa.cpu_count()
    pa.set_cpu_count(1)
    try:
        body = COSTLY[kind]
        verdicts: list[Verdict] = []
        judging = threading.Thread(
            target=lambda: verdicts.append(judge(HostileFile(body, False), BLOCK_BYTES)), daemon=True
        )
        judging.start()
        judging.join(120)
        assert verdicts, "the reader deadlocks"
    finally:
        pa.set_cpu_count(threads)
