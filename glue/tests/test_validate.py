import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statements import BUDGET_HEADER, HEADER, expense

from centflow_glue.contract import Contract, load_contracts
from centflow_glue.rows.quarantine import QuarantinedRow
from centflow_glue.rows.read import Batch, Header
from centflow_glue.rows.validate import CheckedBatch, validate

EXPENSES = load_contracts()["expenses"]
BUDGETS = load_contracts()["budgets"]
OPTIONAL = ("country", "city", "transaction_id")
# In ISO 4217, some fund codes have four decimals, such as CLF. No contract contains a fund code, but the checks support
# four decimals.
WITH_CLF = replace(EXPENSES, minor_units={**EXPENSES.minor_units, "EUR": 4})


def check(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, contract: Contract = EXPENSES) -> CheckedBatch:
    batch = Batch(
        row_numbers=np.arange(2, len(rows) + 2, dtype=np.uint32),
        cells=[pa.array([row[index] for row in rows], pa.string()) for index in range(len(header))],
    )
    known = {column.header for column in contract.columns}
    positions = {name: index for index, name in enumerate(header) if name in known}
    return validate(batch, Header(tuple(header), positions, (), 1), contract)


def fault(contract: Contract = EXPENSES, **cells: str) -> QuarantinedRow:
    """Returns the only fault of a row that is valid except for these cells."""
    header = [*HEADER, *[name for name in cells if name not in HEADER]]
    checked = check([expense(**cells)], header, contract)
    assert checked.rows.num_rows == 0
    (row,) = checked.quarantined
    return row


def stored_amounts(*amounts: str, currency: str = "EUR") -> list[Decimal]:
    checked = check([expense(amount=amount, currency=currency) for amount in amounts])
    assert not checked.quarantined
    values = checked.rows["amount"].to_pylist()
    assert checked.rows["amount"].type == pa.decimal128(19, 4)
    return values


# Tests of valid rows.


def test_a_valid_row_is_stored_as_written():
    cells = expense(merchant=" Café ", description='=HYPERLINK("x")', country="AT", city="Graz", transaction_id="t1")
    checked = check([cells], [*HEADER, *OPTIONAL])
    assert not checked.quarantined
    assert checked.rows.to_pylist() == [
        {
            "row_no": 2,
            "date": "2025-01-15",
            "merchant": " Café ",
            "category": "Coffee",
            "account": "card",
            "amount": Decimal("3.5000"),
            "currency": "EUR",
            "description": '=HYPERLINK("x")',
            "country": "AT",
            "city": "Graz",
            "transaction_id": "t1",
        }
    ]


def test_optional_columns_that_the_file_lacks_are_empty():
    (row,) = check([expense()]).rows.to_pylist()
    assert [row[name] for name in OPTIONAL] == ["", "", ""]


def test_a_cell_may_contain_tabs_and_line_ends():
    assert not check([expense(description="a\tb\nc\r\nd")]).quarantined


# Money.


@pytest.mark.parametrize(
    ("amount", "value"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("5", "5"),
        ("-12.50", "-12.5"),
        ("000012.5", "12.5"),
        ("-000.50", "-0.5"),
        ("0" * 60 + "1", "1"),
        ("12.500000", "12.5"),
        ("12.00000000000000000000000000000000000000", "12"),
        ("0.01" + "0" * 50, "0.01"),
        ("999999999999999", "999999999999999"),
        ("999999999999999.99", "999999999999999.99"),
        ("-999999999999999.99", "-999999999999999.99"),
        ("0.1", "0.1"),
        ("0.2", "0.2"),
        ("1.10", "1.1"),
        ("4.35", "4.35"),
    ],
)
def test_an_amount_is_read_exactly(amount: str, value: str):
    assert stored_amounts(amount) == [Decimal(value)]


@pytest.mark.parametrize(
    ("currency", "good", "bad"),
    [
        ("EUR", ["1.5", "1.50", "1.500", "1.5000000"], ["1.505", "1.5000001", "-0.001"]),
        ("JPY", ["1", "12.00", "12.0000000"], ["12.50", "0.1"]),
        ("KWD", ["1.234", "1.2340", "1.23400000"], ["1.2345", "1.23456"]),
    ],
)
def test_each_currency_has_the_decimals_of_iso_4217_and_trailing_zeros_do_not_count(
    currency: str, good: list[str], bad: list[str]
):
    assert stored_amounts(*good, currency=currency) == [Decimal(amount) for amount in good]
    for amount in bad:
        row = fault(amount=amount, currency=currency)
        assert (row.column, row.code) == ("amount", "too_many_decimals")
        assert row.message == (
            f"amount '{amount}' has more decimals than its currency allows; write the amount that was paid, "
            "because nothing is rounded."
        )


def test_a_currency_with_four_decimals_is_stored_with_four_decimals():
    checked = check([expense(amount="999999999999999.9999"), expense(amount="-0.0001")], contract=WITH_CLF)
    assert checked.rows["amount"].to_pylist() == [Decimal("999999999999999.9999"), Decimal("-0.0001")]
    assert fault(WITH_CLF, amount="0.00001").code == "too_many_decimals"


@pytest.mark.parametrize("amount", ["1000000000000000", "-1000000000000000.00", "9" * 40, "0001234567890123456.7"])
def test_an_amount_beyond_fifteen_digits_is_too_large(amount: str):
    row = fault(amount=amount)
    assert (row.code, row.amount) == ("number_too_large", None)
    assert row.message.endswith("has more than 15 digits before the point; check the amount.")


@pytest.mark.parametrize(
    ("amount", "advice"),
    [
        ("1.234,56", "use a point for decimals and no thousands separator, such as 1234.56"),
        ("1 234,56", "use a point for decimals and no thousands separator, such as 1234.56"),
        ("12,50", "use a point for decimals and no thousands separator, such as 1234.56"),
        ("-12,5", "use a point for decimals and no thousands separator, such as 1234.56"),
        ("1\u202f234,56", "use a point for decimals and no thousands separator, such as 1234.56"),
        ("1,234.56", "write it without thousands separators, such as 1234.56"),
        ("1 234.56", "write it without thousands separators, such as 1234.56"),
        ("1'234'567", "write it without thousands separators, such as 1234.56"),
        ("(12.00)", "write a negative amount with a minus sign, such as -12.00"),
        ("1e5", "write all its digits instead of an exponent"),
        ("1.5E-3", "write all its digits instead of an exponent"),
        ("€5", "remove the currency sign and use the currency column instead"),
        ("5.00 €", "remove the currency sign and use the currency column instead"),
        ("$ -5", "remove the currency sign and use the currency column instead"),
        (" 5", "remove the spaces around it"),
        ("5 ", "remove the spaces around it"),
        ("=1+1", "remove the sign or formula before the number"),
        ("+5", "remove the sign or formula before the number"),
        ("NaN", "write it with digits and a point, such as 1234.56"),
        ("Infinity", "write it with digits and a point, such as 1234.56"),
        ("-", "write it with digits and a point, such as 1234.56"),
        (".5", "write it with digits and a point, such as 1234.56"),
        ("5.", "write it with digits and a point, such as 1234.56"),
        ("1.2.3", "write it with digits and a point, such as 1234.56"),
        ("0x10", "write it with digits and a point, such as 1234.56"),
        ("1_000", "write it with digits and a point, such as 1234.56"),
        ("١٢", "write it with digits and a point, such as 1234.56"),
        ("--5", "write it with digits and a point, such as 1234.56"),
        ("−5", "write it with digits and a point, such as 1234.56"),
        ("5\n", "remove the spaces around it"),
        ("12.00 EUR", "write it with digits and a point, such as 1234.56"),
    ],
)
def test_an_invalid_number_is_quarantined_with_advice(amount: str, advice: str):
    row = fault(amount=amount)
    assert (row.column, row.code, row.amount) == ("amount", "bad_number", None)
    assert row.message == f"amount {amount!r} is not a number; {advice}."


@pytest.mark.parametrize(
    "cell",
    ["$" * 1_000_000, "1" * 1_000_000 + "x", "1" + " " * 1_000_000, "1," * 500_000],
    ids=["signs", "digits", "spaces", "commas"],
)
def test_a_huge_invalid_number_is_explained_quickly(cell: str):
    row = fault(amount=cell)
    assert row.code == "bad_number"
    assert len(row.message) < 200


def test_a_budget_below_zero_is_too_small():
    row = ["2025-01", "Food", "-0.01", "EUR"]
    (quarantined,) = check([row], BUDGET_HEADER, BUDGETS).quarantined
    assert (quarantined.column, quarantined.code) == ("amount", "number_too_small")
    assert quarantined.message == "amount '-0.01' is too small; the minimum is 0."
    assert quarantined.amount == Decimal("-0.0100")
    assert not check([["2025-01", "Food", "0", "EUR"]], BUDGET_HEADER, BUDGETS).quarantined


DIGITS = st.text("0123456789", min_size=1, max_size=22)
NUMBERS = st.builds(
    lambda sign, digits, decimals: sign + digits + (f".{decimals}" if decimals else ""),
    st.sampled_from(["", "-"]),
    DIGITS,
    st.one_of(st.just(""), DIGITS, st.text("0123456789", min_size=1, max_size=4), st.just("50000")),
)


@given(st.lists(st.tuples(NUMBERS, st.sampled_from(["EUR", "JPY", "KWD", "XXX?"])), min_size=1, max_size=20))
def test_amounts_equal_the_results_of_decimal_arithmetic(rows: list[tuple[str, str]]):
    checked = check([expense(amount=amount, currency=currency) for amount, currency in rows])
    stored = dict(zip(checked.rows["row_no"].to_pylist(), checked.rows["amount"].to_pylist(), strict=True))
    quarantined = {row.row_no: row for row in checked.quarantined}

    for row_no, (amount, currency) in enumerate(rows, start=2):
        value = Decimal(amount)
        units = EXPENSES.minor_units.get(currency, 4)
        too_large = abs(value.to_integral_value(ROUND_DOWN)) >= 10**15
        exact = value == value.quantize(Decimal(1).scaleb(-units), ROUND_DOWN) if not too_large else True
        if currency in EXPENSES.minor_units and exact and not too_large:
            assert stored[row_no] == value
            assert isinstance(stored[row_no], Decimal)
        else:
            code = "number_too_large" if too_large else "unknown_currency" if exact else "too_many_decimals"
            assert quarantined[row_no].code == code


def test_the_amount_of_a_quarantined_row_counts_if_it_is_readable():
    rows = check(
        [
            expense(amount="1.50", date="2025-02-30"),
            expense(amount="1.505"),
            expense(amount="1.23456"),
            expense(amount="abc", date=""),
            expense(amount="2", currency="EURO"),
        ]
    ).quarantined
    assert [row.amount for row in rows] == [Decimal("1.5"), Decimal("1.505"), None, None, Decimal(2)]


# Tests of dates and months.


@pytest.mark.parametrize("day", ["2024-02-29", "2000-02-29", "1000-01-01", "9999-12-31"])
def test_any_day_since_the_year_1000_is_a_valid_date(day: str):
    assert not check([expense(date=day)]).quarantined


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025-02-29", "date 2025-02-29 does not exist; use a real date as YYYY-MM-DD."),
        ("2025-02-30", "date 2025-02-30 does not exist; use a real date as YYYY-MM-DD."),
        ("1900-02-29", "date 1900-02-29 does not exist; use a real date as YYYY-MM-DD."),
        ("2025-13-01", "date 2025-13-01 does not exist; use a real date as YYYY-MM-DD."),
        ("2025-00-10", "date 2025-00-10 does not exist; use a real date as YYYY-MM-DD."),
        ("0000-00-00", "date 0000-00-00 does not exist; use a real date as YYYY-MM-DD."),
        ("0999-12-31", "date 0999-12-31 does not exist; use a real date as YYYY-MM-DD."),
        ("03/04/2025", "date 03/04/2025 is ambiguous (day or month first?); write it as YYYY-MM-DD."),
        ("3.4.25", "date 3.4.25 is ambiguous (day or month first?); write it as YYYY-MM-DD."),
        ("03-04-2025", "date 03-04-2025 is ambiguous (day or month first?); write it as YYYY-MM-DD."),
        ("2025-1-5", "date '2025-1-5' is not a date; write it as YYYY-MM-DD."),
        ("20250105", "date '20250105' is not a date; write it as YYYY-MM-DD."),
        ("2025-01-15 ", "date '2025-01-15 ' is not a date; write it as YYYY-MM-DD."),
        ("2025-01-15\n", "date '2025-01-15\\n' is not a date; write it as YYYY-MM-DD."),
        ("2025-01-15T00:00:00Z", "date '2025-01-15T00:00:00Z' is not a date; write it as YYYY-MM-DD."),
        ("2025-W03-3", "date '2025-W03-3' is not a date; write it as YYYY-MM-DD."),
        ("٢٠٢٥-٠١-١٥", "date '٢٠٢٥-٠١-١٥' is not a date; write it as YYYY-MM-DD."),
        ("45672", "date '45672' is not a date; write it as YYYY-MM-DD."),
        ("x" * 50, f"date '{'x' * 39}…' is not a date; write it as YYYY-MM-DD."),
    ],
)
def test_an_invalid_date_is_quarantined_with_advice(text: str, message: str):
    row = fault(date=text)
    assert (row.column, row.code, row.message) == ("date", "bad_date", message)


@pytest.mark.parametrize(
    "month", ["2025-13", "2025-00", "2025-1", "2025-01-01", "January 2025", "0999-12", "2025-01\n"]
)
def test_an_invalid_month_is_quarantined_with_advice(month: str):
    (row,) = check([[month, "Food", "1", "EUR"]], BUDGET_HEADER, BUDGETS).quarantined
    assert (row.column, row.code) == ("month", "bad_month")
    assert row.message == f"month {month!r} is not a month; write it as YYYY-MM."


def test_a_month_is_stored_unchanged():
    assert check([["2025-12", "Food", "1", "EUR"]], BUDGET_HEADER, BUDGETS).rows["month"].to_pylist() == ["2025-12"]


# Tests of text, currencies and countries.


@pytest.mark.parametrize("header", ["date", "merchant", "category", "account", "amount", "currency"])
def test_a_required_cell_must_not_be_empty(header: str):
    row = fault(**{header: ""})
    assert (row.column, row.code) == (header, "missing_value")
    assert row.message == f"{header} is empty; every row needs a value here."


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        *[(code, ". Did you mean EUR?") for code in ("eur", "EURO", "euro", "€", " EUR", "EUR ", "EUR\n")],
        ("RMB", ". Did you mean CNY?"),
        *[
            (code, "; use three capital letters from ISO 4217, such as EUR.")
            for code in ("XYZ", "CLF", "EU", "E UR", "UK", "ﬀ", " ")
        ],
    ],
)
def test_an_unknown_currency_is_quarantined_and_a_similar_code_is_suggested(code: str, advice: str):
    row = fault(currency=code)
    assert (row.column, row.code) == ("currency", "unknown_currency")
    assert row.message == f"currency {code!r} is not a currency code{advice}"


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("UK", ". Did you mean GB?"),
        ("EL", ". Did you mean GR?"),
        ("usa", ". Did you mean US?"),
        ("at ", ". Did you mean AT?"),
        *[(code, "; use two capital letters from ISO 3166, such as DE.") for code in ("Austria", "XX", "€")],
    ],
)
def test_an_unknown_country_is_quarantined_and_a_similar_code_is_suggested(code: str, advice: str):
    row = fault(country=code)
    assert (row.column, row.code) == ("country", "unknown_value")
    assert row.message == f"country {code!r} is not a country code{advice}"


@pytest.mark.parametrize(
    ("header", "length"), [("merchant", 128), ("category", 64), ("description", 255), ("city", 64)]
)
def test_the_length_of_text_is_limited_in_characters_and_not_in_bytes(header: str, length: int):
    names = [*HEADER, *([header] if header not in HEADER else [])]
    assert not check([expense(**{header: "☕" * length})], names).quarantined
    row = fault(**{header: "😀" * (length + 1)})
    assert (row.column, row.code) == (header, "too_long")
    assert row.message == f"{header} has {length + 1} characters, but at most {length} are allowed; shorten it."


@pytest.mark.parametrize("character", ["\0", "\x01", "\x07", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f"])
def test_a_control_character_is_quarantined_with_its_name(character: str):
    row = fault(merchant=f"Caf{character}é")
    assert (row.column, row.code) == ("merchant", "control_character")
    assert row.message == f"merchant contains the control character U+{ord(character):04X}; remove it."


def test_a_row_with_several_faults_is_quarantined_for_the_first_fault_in_contract_order():
    row = fault(date="soon", merchant="", amount="much", currency="money")
    assert (row.column, row.code) == ("date", "bad_date")


def test_a_quarantined_row_keeps_its_number_and_its_csv_text_with_unknown_columns():
    cells = expense(date="soon", description='a "quote",\nand more', note="kept")
    (row,) = check([expense(note=""), cells], [*HEADER, "note"]).quarantined
    assert row.row_no == 3
    assert next(csv.reader(io.StringIO(row.raw_text, newline=""))) == cells


CELL = st.one_of(
    st.text(max_size=12),
    st.text("0123456789.,-+eE ()€$", max_size=12),
    st.sampled_from(["2025-01-15", "2024-02-29", "EUR", "JPY", "KWD", "1.50", "AT", "Food", "", "NULL", "\\N", "nan"]),
)


@given(st.lists(st.lists(CELL, min_size=10, max_size=10), max_size=12))
def test_every_row_is_stored_or_quarantined_with_a_reason(rows: list[list[str]]):
    checked = check(rows, [*HEADER, *OPTIONAL])
    stored = checked.rows["row_no"].to_pylist()
    quarantined = [row.row_no for row in checked.quarantined]

    assert sorted(stored + quarantined) == list(range(2, len(rows) + 2))
    assert quarantined == sorted(quarantined)
    assert all(row.code and row.message.endswith(".") and row.column in EXPENSES_HEADERS for row in checked.quarantined)
    assert checked.rows.schema.field("amount").type == pa.decimal128(19, 4)
    assert not any(pa.types.is_floating(field.type) for field in checked.rows.schema)
    for number, row in zip(stored, checked.rows.to_pylist(), strict=True):
        cells = dict(zip([*HEADER, *OPTIONAL], rows[number - 2], strict=True))
        assert row["amount"] == Decimal(cells["amount"])
        assert {name: row[name] for name in cells if name != "amount"} == {
            name: cell for name, cell in cells.items() if name != "amount"
        }


EXPENSES_HEADERS = {column.header for column in EXPENSES.columns}
