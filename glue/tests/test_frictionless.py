"""Checks that `frictionless validate`, given the contracts, finds the same bad rows as the job."""

import gzip
import io
import json
from importlib import resources
from pathlib import Path

import pytest
from frictionless import Detector, Resource, Schema
from stack import REPOSITORY
from statements import HEADER, csv_of, expense

from centflow_glue.contract import load_contracts
from centflow_glue.limits import ReadLimits
from centflow_glue.rows.quarantine import QuarantinedRow
from centflow_glue.rows.read import CsvReader
from centflow_glue.rows.validate import validate

SAMPLES = REPOSITORY / "samples" / "raw"
FILES = sorted(path.relative_to(SAMPLES) for path in SAMPLES.rglob("*") if path.is_file())


def rows_with_errors(body: bytes, feed: str) -> set[int]:
    """Returns the row numbers for which `frictionless validate` reports errors."""
    contract = resources.files("centflow_glue") / "contracts" / f"{feed}.json"
    schema = Schema.from_descriptor(json.loads(contract.read_text("utf-8")))
    # Allows any order of columns, and missing optional columns.
    resource = Resource(source=body, scheme="buffer", format="csv", schema=schema, detector=Detector(schema_sync=True))
    report = resource.validate(limit_errors=1_000_000)
    assert not report.errors
    return {number for (number,) in report.flatten(["rowNumber"]) if number}


def quarantined_rows(body: bytes, feed: str) -> dict[int, str]:
    """Returns the row numbers that the job quarantines, with their codes."""
    contract = load_contracts()[feed]
    reader = CsvReader(io.BytesIO(body), contract, False, ReadLimits())
    quarantined: list[QuarantinedRow] = []
    for batch in reader.batches(quarantined.extend):
        quarantined += validate(batch, reader.header, contract).quarantined
    return {row.row_no: row.code for row in quarantined}


def contents(path: Path) -> bytes:
    body = (SAMPLES / path).read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


@pytest.mark.parametrize("path", FILES, ids=str)
def test_frictionless_and_the_job_find_the_same_bad_rows_in_a_sample(path: Path):
    feed, body = path.parts[0], contents(path)
    assert rows_with_errors(body, feed) == set(quarantined_rows(body, feed))


def test_the_samples_contain_several_kinds_of_bad_rows():
    codes = {code for path in FILES for code in quarantined_rows(contents(path), path.parts[0]).values()}
    assert len(codes) >= 4


def test_frictionless_and_the_job_agree_on_every_fault_that_a_table_schema_can_express():
    header = [*HEADER, "country"]
    rows = [
        *[expense(date=text, country="AT") for text in ("", "2025-02-29", "15/01/2025", "2024-02-29", "20250115")],
        *[expense(amount=text, country="AT") for text in ("", "1.234,56", "(12.00)", "€5", "-5", "007", "=1", "1 000")],
        *[expense(currency=text, country="AT") for text in ("", "eur", "EURO", "USD")],
        *[expense(merchant=text, country="AT") for text in ("", "m" * 128, "m" * 129, "NULL", " x ", "a\nb")],
        *[expense(description=text, country="AT") for text in ("", "d" * 255, "d" * 256)],
        *[expense(country=text) for text in ("", "AT", "Austria", "at")],
        [*expense(country="AT"), "more"],
        expense(),
    ]
    body = csv_of(*rows, header=header)
    assert rows_with_errors(body, "expenses") == set(quarantined_rows(body, "expenses"))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"amount": "1.005"}, "too_many_decimals"),
        ({"amount": "1.5", "currency": "JPY"}, "too_many_decimals"),
        ({"amount": "9" * 16}, "number_too_large"),
        ({"amount": "1e5"}, "bad_number"),
        ({"amount": "NaN"}, "bad_number"),
        ({"date": "0999-12-31"}, "bad_date"),
        ({"merchant": "Caf\x07"}, "control_character"),
    ],
)
def test_the_job_also_finds_faults_that_a_table_schema_cannot_express(cells: dict[str, str], code: str):
    body = csv_of(expense(**cells))
    assert rows_with_errors(body, "expenses") == set()
    assert quarantined_rows(body, "expenses") == {2: code}
