"""After a rollback, the job must work with the tables of a newer release, which have unknown columns."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from flow import Flow
from pymysql.connections import Connection
from stack import REPOSITORY, fetch
from statements import HEADER, csv_of, expense

from centflow_glue.contract import load_contracts

A, B = "raw/expenses/owner=ann/a.csv", "raw/expenses/owner=ann/b.csv"
BOOKS = ("uploads", "quarantined_rows", "publication_locks")
# Columns that a migration may add to a table in use. The first column is added before all existing columns, so that a
# statement that relies on positions fails.
NEWER = ("newer_word VARCHAR(64) NULL FIRST", "newer_number INT NOT NULL DEFAULT 7")
NEWER_NAMES = [column.split()[0] for column in NEWER]


@pytest.fixture
def newer_schema(admin: Connection) -> Iterator[None]:
    """Adds two columns to every table of the job before the job connects, and removes them after it disconnects."""
    tables = [*(contract.table for contract in load_contracts().values()), *BOOKS]
    with admin.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE `{table}` {', '.join(f'ADD {column}' for column in NEWER)}")
        cursor.execute("CREATE TABLE newer_table (upload_id BIGINT UNSIGNED PRIMARY KEY)")
        yield
        cursor.execute("DROP TABLE newer_table")
        for table in tables:
            cursor.execute(f"ALTER TABLE `{table}` {', '.join(f'DROP {name}' for name in NEWER_NAMES)}")


# This fixture runs before `flow`, so the connections of `flow` open later and close earlier.
pytestmark = pytest.mark.usefixtures("newer_schema")


def test_rows_are_loaded_with_default_values_in_unknown_columns(flow: Flow):
    outcome = flow.put(A, csv_of(expense(city="Wien"), expense(amount="1.234,56", city=""), header=[*HEADER, "city"]))
    assert outcome.result == "published"
    (row,) = fetch(flow.admin, "SELECT * FROM expenses")
    assert (row["merchant"], row["city"], row["amount"]) == ("Café Central", "Wien", Decimal("3.5"))
    for table in ("expenses", *BOOKS):
        (row,) = fetch(flow.admin, f"SELECT {', '.join(NEWER_NAMES)} FROM `{table}`")
        assert list(row.values()) == [None, 7]


def test_a_newer_schema_allows_corrections_overlapping_uploads_and_deletes(flow: Flow):
    flow.put(A, csv_of(expense(), expense(merchant="Bar", amount="9")))
    flow.put(A, csv_of(expense(), expense(merchant="Bar", amount="8")))
    flow.put(B, csv_of(expense()))
    assert flow.transactions("merchant", "amount") == [("Bar", Decimal(8)), ("Café Central", Decimal("3.5"))]
    flow.delete(A)
    assert flow.transactions() == ["Café Central"]
    flow.delete(B)
    assert flow.transactions() == []
    assert flow.stored_rows() == 0
    assert flow.unsettled() == []


@pytest.mark.parametrize("feed", load_contracts())
def test_the_example_of_every_feed_loads_into_a_newer_schema(flow: Flow, feed: str):
    key = f"raw/{feed}/example.csv"
    outcome = flow.put(key, (REPOSITORY / "samples" / key).read_bytes())
    assert outcome.result == "published"
    assert flow.upload(key)["rows_published"] > 0
