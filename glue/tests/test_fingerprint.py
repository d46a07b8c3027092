from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statements import COFFEE

from centflow_glue.contract import Contract, load_contracts
from centflow_glue.rows.fingerprint import compute_fingerprints

EXPENSES = load_contracts()["expenses"]
BUDGETS = load_contracts()["budgets"]


def fingerprints_of(*rows: dict[str, str], contract: Contract = EXPENSES) -> list[str]:
    """Returns the fingerprints of rows with these cells. Each row is a separate batch, so other rows have no effect."""
    defaults = {**dict.fromkeys((column.header for column in contract.columns), "x"), **COFFEE, "transaction_id": ""}
    table = pa.table(
        {
            column.name: pa.array(
                [
                    Decimal(cells[column.header]) if column.type == "decimal" else cells[column.header]
                    for cells in ({**defaults, **row} for row in rows)
                ],
                pa.decimal128(19, 4) if column.type == "decimal" else pa.string(),
            )
            for column in contract.columns
        }
    )
    return compute_fingerprints(table, contract).to_pylist()


def fingerprint(contract: Contract = EXPENSES, **cells: str) -> str:
    (one,) = fingerprints_of(cells, contract=contract)
    return one


def test_a_fingerprint_never_changes():
    """Checks fixed fingerprints.

    A fingerprint must never change, because stored rows are compared by their fingerprints.

    After a change, rows that new uploads share with earlier uploads would not match. Money would count twice until
    every upload is loaded again. If a change is necessary, plan it as a migration.
    """
    assert fingerprint() == "9ea5705ced8d2cc8879463bc93f407f0"
    assert fingerprint(transaction_id="T-1") == "cfe4b50b04cf0621008176c1e5d9ca19"
    assert fingerprint(BUDGETS, month="2025-01", category="Food", currency="EUR") == "7d280a0457e611a6cd8ec97643f9fa6d"


def test_a_fingerprint_has_16_bytes_as_32_hexadecimal_digits():
    assert len(bytes.fromhex(fingerprint())) == 16


@pytest.mark.parametrize("other", ["12.50", "12.500", "12.5000", "012.5", "12.500000000"])
def test_amounts_with_the_same_value_have_the_same_fingerprint(other: str):
    assert fingerprint(amount=other) == fingerprint(amount="12.5")


def test_zero_and_minus_zero_have_the_same_fingerprint():
    assert fingerprint(amount="-0.00") == fingerprint(amount="0")


@pytest.mark.parametrize("header", ["date", "merchant", "account", "amount", "currency", "description"])
def test_every_column_of_the_natural_key_changes_the_fingerprint(header: str):
    other = {"date": "2025-01-16", "amount": "3.51", "currency": "USD"}.get(header, "other")
    assert fingerprint(**{header: other}) != fingerprint()


@pytest.mark.parametrize("header", ["category", "country", "city"])
def test_columns_outside_the_natural_key_do_not_change_the_fingerprint(header: str):
    assert fingerprint(**{header: "other"}) == fingerprint()


def test_the_amount_of_a_budget_does_not_change_the_fingerprint():
    assert fingerprint(BUDGETS, month="2025-01", amount="1") == fingerprint(BUDGETS, month="2025-01", amount="2")


def test_a_transaction_id_alone_identifies_a_row():
    changed = {"date": "2025-02-01", "merchant": "other", "amount": "9", "description": "other"}
    assert fingerprint(transaction_id="T-1", **changed) == fingerprint(transaction_id="T-1")
    assert fingerprint(transaction_id="T-2") != fingerprint(transaction_id="T-1")
    assert fingerprint(transaction_id="T-1") != fingerprint()


def test_an_upload_may_contain_rows_with_and_without_a_transaction_id():
    rows = [{"transaction_id": "T-1"}, {}, {"transaction_id": "T-1", "amount": "9"}, {"amount": "9"}]
    together = fingerprints_of(*rows)
    assert together == [fingerprint(**row) for row in rows]
    assert together[0] == together[2]
    assert len(set(together)) == 3


def test_a_transaction_id_and_a_natural_key_with_the_same_text_have_different_fingerprints():
    natural = "\x1f".join(["2025-01-15", "m", "a", "3.5000", "EUR", ""])
    assert fingerprint(merchant="m", account="a") != fingerprint(transaction_id=natural)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"merchant": "ab", "account": "c"}, {"merchant": "a", "account": "bc"}),
        ({"merchant": "a", "account": ""}, {"merchant": "", "account": "a"}),
        ({"merchant": "a,b", "account": "c"}, {"merchant": "a", "account": "b,c"}),
        ({"merchant": "Café"}, {"merchant": "café"}),
        ({"merchant": "Café"}, {"merchant": "Cafe"}),
        ({"merchant": "Caf\u00e9"}, {"merchant": "Cafe\u0301"}),
        ({"merchant": "Café"}, {"merchant": "Café "}),
        ({"merchant": "NULL"}, {"merchant": ""}),
    ],
)
def test_values_that_look_or_concatenate_the_same_have_different_fingerprints(
    one: dict[str, str], other: dict[str, str]
):
    assert fingerprint(**one) != fingerprint(**other)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=5)
KEYS = st.tuples(TEXT, TEXT, TEXT, st.integers(-(10**18), 10**18))


@given(st.lists(KEYS, min_size=2, max_size=8))
def test_fingerprints_are_equal_if_and_only_if_the_natural_keys_are_equal(keys: list[tuple[str, str, str, int]]):
    rows = [
        {"merchant": merchant, "account": account, "description": text, "amount": str(Decimal(units).scaleb(-4))}
        for merchant, account, text, units in keys
    ]
    found = fingerprints_of(*rows)
    for one, key in zip(found, keys, strict=True):
        assert [other == one for other in found] == [other == key for other in keys]
