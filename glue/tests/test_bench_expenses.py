"""Checks that the benchmark generates valid files, and the same files for the same seed."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from centflow_glue.contract import load_contracts
from centflow_glue.limits import ReadLimits
from centflow_glue.rows.quarantine import QuarantinedRow
from centflow_glue.rows.read import CsvReader
from centflow_glue.rows.validate import validate

ROWS = 70_000


@pytest.fixture(scope="module")
def csv_chunks() -> Iterator[Callable[[int, int], Iterator[bytes]]]:
    folder = str(Path(__file__).parents[2] / "tools" / "bench" / "python")
    sys.path.insert(0, folder)
    try:
        from expenses import csv_chunks

        yield csv_chunks
    finally:
        sys.path.remove(folder)


def test_the_same_seed_generates_the_same_rows(csv_chunks):
    assert list(csv_chunks(1000, 1)) == list(csv_chunks(1000, 1))
    assert list(csv_chunks(1000, 1)) != list(csv_chunks(1000, 2))


def test_a_generated_row_has_82_to_90_bytes(csv_chunks):
    assert 82 <= sum(map(len, csv_chunks(ROWS, 1))) / ROWS <= 90


def test_every_generated_row_satisfies_the_expenses_contract(csv_chunks):
    contract = load_contracts()["expenses"]
    reader = CsvReader(io.BytesIO(b"".join(csv_chunks(ROWS, 1))), contract, False, ReadLimits())
    ragged: list[QuarantinedRow] = []
    checked = [validate(batch, reader.header, contract) for batch in reader.batches(ragged.extend)]
    assert not ragged
    assert sum(part.rows.num_rows for part in checked) == ROWS
    assert not any(part.quarantined for part in checked)
    assert set(reader.header.positions) == {column.header for column in contract.columns}


def test_a_generated_file_has_few_merchants_and_covers_one_year(csv_chunks):
    from expenses import Shape

    shape = Shape(merchants=300, days=365, days_before=365, first_number=ROWS)
    rows = b"".join(csv_chunks(ROWS, 1, shape)).decode().splitlines()[1:]
    cells = [row.split(",") for row in rows]
    assert len({row[1] for row in cells}) == 300
    assert (min(row[0] for row in cells), max(row[0] for row in cells)) == ("2024-01-02", "2024-12-31")
    assert min(row[9] for row in cells if row[9]) >= f"TX{10**10 + ROWS}"
