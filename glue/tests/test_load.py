"""Checks which rows a load stores in MySQL, and how it handles failures."""

import io
import random
from decimal import Decimal
from typing import Any

import pymysql
import pytest
from botocore.exceptions import ClientError
from flow import Flow
from stack import fetch
from statements import HEADER, csv_of, expense

from centflow_glue import reconcile
from centflow_glue.bucket import open_version
from centflow_glue.reconcile import LoadFailedError

KEY = "raw/expenses/a.csv"
NASTY = [
    "NULL",
    "null",
    "\\N",
    "\\",
    "\\\\",
    "\\n",
    "ends with a backslash\\",
    '"',
    '""',
    '"quoted"',
    'a","b',
    '",',
    '"\n"',
    "'single'",
    "`back`",
    "%",
    "%s %(x)s {0} {pipe}",
    ",",
    ",,,",
    "\n",
    "\r",
    "\r\n",
    "a\nb\r\nc\rd",
    "\t",
    " ",
    "  padded  ",
    "☕😀👩‍👩‍👧 é e\u0301 ß ẞ İ",
    "\u2028\u2029\u0085\u00a0\u200b\ufeff",
    "\U0010ffff\ue000\ufffd",
    "0x41",
    "1=1; DROP TABLE expenses; --",
    "/dev/fd/0",
    "=1+1",
    "x" * 255,
    "😀" * 255,
]


def test_text_is_stored_unchanged(flow: Flow):
    chance = random.Random(1)
    texts = NASTY + ["".join(chance.choices("ab\\\"',\n\r\tN%é😀 ", k=chance.randint(1, 30))) for _ in range(1000)]
    rows = [expense(description=text, merchant=text[:128], city=text[:64], transaction_id="") for text in texts]
    flow.put(KEY, csv_of(*rows, header=[*HEADER, "city", "transaction_id"], quote_all=True))

    stored = fetch(flow.admin, "SELECT row_no, description, merchant, city FROM expenses ORDER BY row_no")
    expected = [(number, text, text[:128], text[:64]) for number, text in enumerate(texts, start=2)]
    assert [tuple(row.values()) for row in stored] == expected


def test_an_empty_cell_is_stored_as_null_if_the_column_is_nullable_and_as_an_empty_string_otherwise(flow: Flow):
    header = [*HEADER, "country", "city", "transaction_id"]
    flow.put(KEY, csv_of(expense(country="", city="", transaction_id=""), header=header))
    (row,) = fetch(flow.admin, "SELECT description, country, city, transaction_id FROM expenses")
    assert row == {"description": "", "country": None, "city": None, "transaction_id": None}


def test_amounts_are_stored_exactly(flow: Flow):
    chance = random.Random(2)
    amounts = [Decimal(chance.randrange(-(10**17), 10**17)).scaleb(-2) for _ in range(500)]
    amounts += [Decimal("0.10"), Decimal("0.20"), Decimal("-0.30"), Decimal("999999999999999.99")]
    flow.put(KEY, csv_of(*[expense(amount=str(amount)) for amount in amounts]))

    stored = fetch(flow.admin, "SELECT amount FROM expenses ORDER BY row_no")
    upload = flow.upload(KEY)
    assert [row["amount"] for row in stored] == amounts
    assert upload["amount_read"] == upload["amount_published"] == sum(amounts)
    assert upload["amount_duplicate"] == upload["amount_quarantined"] == 0


def test_no_amount_column_is_a_floating_point_number(flow: Flow):
    floating = fetch(
        flow.admin,
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND data_type IN ('float', 'double', 'real')",
    )
    assert floating == []


def test_every_row_and_every_readable_amount_is_accounted_for(flow: Flow):
    rows = [
        expense(amount="1.50"),
        expense(amount="2.25"),
        expense(amount="4.00"),
        expense(amount="8.00", date="2025-02-30"),
        expense(amount="much"),
    ]
    flow.put(KEY, csv_of(*rows) + b"a,b\n")
    (accounting,) = fetch(flow.reporter, "SELECT * FROM v_upload_accounting")
    counted = {name: accounting[f"rows_{name}"] for name in ("read", "published", "duplicate", "quarantined")}
    summed = {name: accounting[f"amount_{name}"] for name in ("read", "published", "duplicate", "quarantined")}
    assert counted == {"read": 6, "published": 3, "duplicate": 0, "quarantined": 3}
    assert summed == {"read": Decimal("15.75"), "published": Decimal("7.75"), "duplicate": 0, "quarantined": 8}
    assert accounting["seconds_to_visible"] > 0


@pytest.mark.parametrize("column", ["rows_read", "rows_published", "amount_read", "amount_duplicate"])
def test_the_database_rejects_counts_or_amounts_of_an_upload_that_do_not_add_up(flow: Flow, column: str):
    flow.put(KEY, csv_of(expense()))
    with pytest.raises(pymysql.err.OperationalError, match="Check constraint"), flow.admin.cursor() as cursor:
        cursor.execute(f"UPDATE uploads SET {column} = {column} + 1")


def test_an_upload_records_the_first_and_the_last_date_of_its_rows(flow: Flow):
    flow.put(KEY, csv_of(*[expense(date=day) for day in ("2025-03-01", "2024-02-29", "2025-12-31", "2025-02-30")]))
    flow.put("raw/budgets/a.csv", b"month,category,amount,currency\n2025-12,Food,1,EUR\n2025-02,Food,1,EUR\n")
    expenses, budgets = flow.upload(KEY), flow.upload("raw/budgets/a.csv")
    assert (str(expenses["first_date"]), str(expenses["last_date"])) == ("2024-02-29", "2025-12-31")
    assert (str(budgets["first_date"]), str(budgets["last_date"])) == ("2025-02-01", "2025-12-01")


def test_thousands_of_good_and_bad_rows_are_stored_with_their_row_numbers(flow: Flow):
    rows = [expense(date="soon" if number % 10 == 0 else "2025-01-15") for number in range(2, 8002)]
    flow.put(KEY, csv_of(*rows))
    good = [row["row_no"] for row in fetch(flow.admin, "SELECT row_no FROM expenses ORDER BY row_no")]
    assert good == [number for number in range(2, 8002) if number % 10]
    assert [row["row_no"] for row in flow.quarantined(KEY)] == list(range(10, 8002, 10))


def test_many_consecutive_ragged_rows_are_quarantined_and_the_good_rows_are_stored(flow: Flow):
    half = [expense(merchant=f"m{number:04}") for number in range(400)]
    end = csv_of(*half).split(b"\n", 1)[1]
    flow.put(KEY, csv_of(*half) + b"a,b\n" * 750 + end)
    upload = flow.upload(KEY)
    assert (upload["state"], upload["rows_published"], upload["rows_quarantined"]) == ("published", 800, 750)
    assert [row["row_no"] for row in flow.quarantined(KEY)] == list(range(402, 1152))


def occupy(flow: Flow, row_no: int) -> None:
    """Stores a row with the primary key of the next upload's row, which causes a duplicate key."""
    flow.put("raw/expenses/first.csv", csv_of(expense(merchant="first")))
    next_id = flow.upload("raw/expenses/first.csv")["upload_id"] + 1
    columns = "date, merchant, category, account, amount, currency, description, fingerprint"
    with flow.admin.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO expenses (upload_id, row_no, {columns}) SELECT {next_id}, {row_no}, {columns} FROM expenses"
        )


def test_a_load_fails_if_mysql_ignores_a_row_and_the_next_attempt_succeeds(flow: Flow):
    """LOAD DATA LOCAL turns a duplicate key into a warning and skips the row."""
    occupy(flow, row_no=3)
    flow.bucket.put(KEY, csv_of(expense(merchant="a"), expense(merchant="b"), expense(merchant="c")))

    with pytest.raises(LoadFailedError, match="Duplicate entry"):
        flow.reconcile(KEY)
    upload = flow.upload(KEY)
    assert (upload["state"], upload["reason_code"]) == ("failed", "load_failed")
    assert upload["reason"].startswith("The upload could not be loaded and will be retried: MySQL warned 1 times")
    assert flow.transactions() == ["first"]
    assert flow.unsettled() == [KEY]

    assert flow.reconcile(KEY).result == "published"
    assert flow.transactions() == ["a", "b", "c", "first"]
    assert flow.unsettled() == []


class _BreakingStream(io.RawIOBase):
    """A stream of an object's bytes that fails before the end."""

    def __init__(self, stream: Any, size: int) -> None:
        self._stream, self._left = stream, size

    def read(self, size: int = -1) -> bytes:
        if self._left <= 0:
            raise ConnectionResetError("the connection was reset")
        data: bytes = self._stream.read(min(size, self._left))
        self._left -= len(data)
        return data


def _deny(*_: object) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "GetObject")


def test_a_removed_version_is_recognised_even_if_s3_only_reports_access_denied(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
):
    flow.put(KEY, csv_of(expense(merchant="kept")))
    version_id = flow.bucket.put(KEY, csv_of(expense(merchant="gone")))

    def remove_and_deny(*_: object) -> None:
        monkeypatch.setattr(reconcile, "open_version", open_version)
        flow.bucket.remove_version(KEY, version_id)
        _deny()

    monkeypatch.setattr(reconcile, "open_version", remove_and_deny)
    flow.reconcile(KEY)
    assert flow.transactions() == ["kept"]
    assert flow.unsettled() == []


def test_a_load_fails_if_s3_denies_access_to_an_existing_version(flow: Flow, monkeypatch: pytest.MonkeyPatch):
    flow.bucket.put(KEY, csv_of(expense(merchant="denied")))
    monkeypatch.setattr(reconcile, "open_version", _deny)
    with pytest.raises(LoadFailedError, match="AccessDenied"):
        flow.reconcile(KEY)
    assert flow.states(KEY) == ["failed"]


@pytest.mark.parametrize("size", [0, 1000, 150_000])
def test_an_interrupted_download_stores_nothing_and_the_next_attempt_succeeds(
    flow: Flow, monkeypatch: pytest.MonkeyPatch, size: int
):
    flow.put(KEY, csv_of(expense(merchant="before")))
    flow.bucket.put(KEY, csv_of(*[expense(merchant=f"after {number:05}") for number in range(5000)]))
    with monkeypatch.context() as patched:
        patched.setattr(reconcile, "open_version", lambda *which: _BreakingStream(open_version(*which), size))
        with pytest.raises(LoadFailedError, match="the connection was reset"):
            flow.reconcile(KEY)

    assert flow.states(KEY) == ["published", "failed"]
    assert flow.transactions() == ["before"]
    assert flow.stored_rows() == 1
    assert flow.unsettled() == [KEY]

    assert flow.reconcile(KEY).result == "published"
    assert flow.states(KEY) == ["superseded", "published"]
    assert len(flow.transactions()) == flow.stored_rows() == 5000
