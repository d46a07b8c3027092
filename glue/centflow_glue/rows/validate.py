"""Checks cells against their contract. Returns good rows as MySQL stores them, and bad rows with their reasons."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from centflow_glue.contract import Column, Contract
from centflow_glue.rejection import quoted
from centflow_glue.rows.quarantine import BAD_ROWS, QuarantinedRows, Reason, format_rows
from centflow_glue.rows.read import Batch, Header

Mask = np.ndarray[Any, np.dtype[np.bool_]]

CONTROL_CHARACTERS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # a quoted cell may contain tabs and line ends
IS_CONTROL = np.array([re.match(CONTROL_CHARACTERS, chr(code)) is not None for code in range(256)])
# The first year of MySQL's DATE.
FIRST_YEAR = 1000
SHOWN_LENGTH = 40
# Wrong codes that people often use for currencies and countries. packages/preview has the same list.
CODE_ALIASES = {"€": "EUR", "EURO": "EUR", "RMB": "CNY", "UK": "GB", "EL": "GR", "USA": "US", "UAE": "AE"}


@dataclass(frozen=True)
class CheckedBatch:
    """A batch after its checks.

    Attributes:
        rows: The good rows: `row_no`, then each column of the table. The amount is a decimal128.
        quarantined: The bad rows, in the order of their row numbers.
    """

    rows: pa.Table
    quarantined: QuarantinedRows


@dataclass(frozen=True)
class _Check:
    """One fault of a column: the rows with the fault, and the message."""

    column: Column
    code: str
    failed: Mask
    message: Callable[[str], str]


def validate(batch: Batch, header: Header, contract: Contract) -> CheckedBatch:
    """Checks every row against the contract. A row's first fault, in the order of the columns, is its reason."""
    count = len(batch.row_numbers)
    cells = {
        column.header: batch.cells[header.positions[column.header]]
        if column.header in header.positions
        else pa.array([""] * count, pa.string())
        for column in contract.columns
    }
    amounts = _read_amounts(cells[contract.amount], contract)
    checks = [check for column in contract.columns for check in _check_column(column, cells, amounts, contract)]
    fault = np.full(count, -1, np.int32)
    for index, check in enumerate(checks):
        fault[(fault < 0) & check.failed] = index
    good = pa.array(fault < 0)
    stored = {**cells, contract.amount: amounts.values}
    rows = pa.table(
        {
            "row_no": pa.array(batch.row_numbers),
            **{column.name: stored[column.header] for column in contract.columns},
        }
    ).filter(good)
    return CheckedBatch(rows=rows, quarantined=_quarantine(batch, fault, checks, cells, amounts.values))


def _quarantine(
    batch: Batch, fault: np.ndarray[Any, Any], checks: list[_Check], cells: dict[str, pa.StringArray], amounts: pa.Array
) -> QuarantinedRows:
    positions = np.flatnonzero(fault >= 0)
    if not len(positions):
        return QuarantinedRows([], pa.RecordBatch.from_pylist([], BAD_ROWS))
    reasons = fault[positions]
    indices = pa.array(positions)
    columns = {
        "row_no": pa.array(batch.row_numbers[positions]),
        "reason": pa.array(reasons.astype(np.uint16)),
        "detail": _wrong_cells(positions, reasons, checks, cells),
        "raw_text": format_rows([column.take(indices) for column in batch.cells]),
        "amount": amounts.take(indices).cast(BAD_ROWS.field("amount").type),
    }
    return QuarantinedRows(
        [Reason(check.column.header, check.code, check.message) for check in checks],
        pa.record_batch(columns, schema=BAD_ROWS),
    )


def _wrong_cells(
    positions: np.ndarray[Any, Any],
    reasons: np.ndarray[Any, Any],
    checks: list[_Check],
    cells: dict[str, pa.StringArray],
) -> pa.StringArray:
    """Returns the wrong cell of each bad row."""
    order = np.argsort(reasons, kind="stable")
    cells_by_reason = [
        cells[checks[reason].column.header].take(pa.array(positions[reasons == reason]))
        for reason in np.unique(reasons)
    ]
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(cells_by_reason).take(pa.array(back))


@dataclass(frozen=True)
class _Amounts:
    """The amounts of a batch.

    Attributes:
        values: decimal128 with the table's precision; null if the table cannot store the cell.
        is_number: Whether the cell has the form of a number.
        fits: Whether the number of digits before the decimal point is within the limit.
        too_precise: Whether the amount has more decimals than the table stores.
    """

    values: pa.Array
    is_number: Mask
    fits: Mask
    too_precise: Mask


def _read_amounts(texts: pa.StringArray, contract: Contract) -> _Amounts:
    column = contract.column(contract.amount)
    integer_digits, scale = column.integer_digits or 0, column.scale or 0
    is_number = _mask(pc.match_substring_regex(texts, r"\A-?[0-9]+(\.[0-9]+)?\z"))
    fits = _mask(pc.match_substring_regex(texts, rf"\A-?0*[0-9]{{1,{integer_digits}}}(\.|\z)")) & is_number
    point = pc.find_substring(texts, ".").to_numpy()
    decimals = np.where(point >= 0, pc.binary_length(texts).to_numpy() - point - 1, 0)
    # Trailing zeros are ignored: 12.500000 has one decimal.
    long = is_number & (decimals > scale)
    if long.any():
        trimmed = pc.utf8_rtrim(texts.filter(pa.array(long)), "0")
        texts = pc.replace_with_mask(texts, pa.array(long), trimmed)
        decimals[long] = pc.binary_length(trimmed).to_numpy() - pc.find_substring(trimmed, ".").to_numpy() - 1
    readable = pa.array(fits & (decimals <= scale))
    values = pc.if_else(readable, texts, pa.scalar(None, pa.string())).cast(
        pa.decimal128(integer_digits + scale, scale)
    )
    return _Amounts(values, is_number, fits, is_number & (decimals > scale))


def _find_too_precise(cells: dict[str, pa.StringArray], amounts: _Amounts, contract: Contract) -> Mask:
    """Finds amounts with more decimals than their currency (JPY 12.50, KWD 1.2345). The job never rounds an amount."""
    codes = pa.array(contract.minor_units.keys(), pa.string())
    units = np.array([*contract.minor_units.values(), contract.column(contract.amount).scale or 0], np.int32)
    unit_per_row = units[pc.fill_null(pc.index_in(cells[contract.currency], codes), len(units) - 1).to_numpy()]
    failed = amounts.too_precise.copy()
    for unit in np.unique(unit_per_row):
        rows = (unit_per_row == unit) & _mask(pc.is_valid(amounts.values))
        if rows.any():
            values = amounts.values.filter(pa.array(rows))
            failed[rows] |= _mask(pc.not_equal(pc.round(values, ndigits=int(unit), round_mode="towards_zero"), values))
    return failed


def _check_column(
    column: Column, cells: dict[str, pa.StringArray], amounts: _Amounts, contract: Contract
) -> list[_Check]:
    texts = cells[column.header]
    empty = _mask(pc.equal(pc.binary_length(texts), 0))
    filled = ~empty
    checks = []

    def check(code: str, failed: Mask, message: Callable[[str], str]) -> None:
        if failed.any():
            checks.append(_Check(column, code, failed, message))

    if not column.nullable and not column.empty_allowed:
        check("missing_value", empty, lambda _: f"{column.header} is empty; every row needs a value here.")
    if column.type == "date":
        check("bad_date", filled & ~_is_one_of_valid(texts, _is_date), _explain_date(column))
    elif column.type == "yearmonth":
        check("bad_month", filled & ~_is_one_of_valid(texts, _is_month), _explain_month(column))
    elif column.type == "decimal":
        check("bad_number", filled & ~amounts.is_number, _explain_number(column))
        check(
            "number_too_large",
            filled & ~amounts.fits,
            lambda text: (
                f"{column.header} {_shown(text)} has more than {column.integer_digits} digits before the point; "
                "check the amount."
            ),
        )
        check("too_many_decimals", filled & _find_too_precise(cells, amounts, contract), _explain_decimals(column))
        if column.minimum is not None:
            least = pa.scalar(Decimal(column.minimum)).cast(amounts.values.type)
            check(
                "number_too_small",
                filled & _mask(pc.fill_null(pc.less(amounts.values, least), False)),
                lambda text: f"{column.header} {_shown(text)} is too small; the minimum is {column.minimum}.",
            )
    elif column.allowed is not None:
        code = "unknown_currency" if column.header == contract.currency else "unknown_value"
        allowed = pa.array(column.allowed, pa.string())
        check(
            code,
            filled & ~_mask(pc.is_in(texts, value_set=allowed)),
            _explain_choice(column, column.header == contract.currency),
        )
    else:
        check(
            "control_character",
            filled & _has_control_character(texts),
            lambda text: f"{column.header} contains the control character {_control_character(text)}; remove it.",
        )
        if column.max_length is not None:
            check(
                "too_long",
                filled & _mask(pc.greater(pc.utf8_length(texts), column.max_length)),
                lambda text: (
                    f"{column.header} has {len(text):,} characters, but at most {column.max_length} are allowed; "
                    "shorten it."
                ),
            )
    return checks


def _is_one_of_valid(texts: pa.StringArray, is_valid: Callable[[str], bool]) -> Mask:
    """Returns which cells are valid. Checks each distinct string once, because a batch has few distinct dates."""
    distinct = pc.unique(texts).to_pylist()
    valid = [text for text in distinct if is_valid(text)]
    if len(valid) == len(distinct):
        return np.ones(len(texts), np.bool_)
    return _mask(pc.is_in(texts, value_set=pa.array(valid, pa.string())))


def _is_date(text: str) -> bool:
    try:
        return (
            re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None
            and date.fromisoformat(text).year >= FIRST_YEAR
        )
    except ValueError:
        return False


def _is_month(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) is not None and _is_date(f"{text}-01")


def _explain_date(column: Column) -> Callable[[str], str]:
    def explain(text: str) -> str:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return f"{column.header} {text} does not exist; use a real date as YYYY-MM-DD."
        if re.fullmatch(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}", text):
            return f"{column.header} {text} is ambiguous (day or month first?); write it as YYYY-MM-DD."
        return f"{column.header} {_shown(text)} is not a date; write it as YYYY-MM-DD."

    return explain


def _explain_month(column: Column) -> Callable[[str], str]:
    return lambda text: f"{column.header} {_shown(text)} is not a month; write it as YYYY-MM."


def _explain_number(column: Column) -> Callable[[str], str]:
    hints = (
        (
            r"-?[0-9.\s\u00a0\u202f']*,[0-9]{1,4}",
            "use a point for decimals and no thousands separator, such as 1234.56",
        ),
        (
            r"-?[0-9]{1,3}([,\s\u00a0\u202f'][0-9]{3})+(\.[0-9]+)?",
            "write it without thousands separators, such as 1234.56",
        ),
        (r"\([0-9.,]+\)", "write a negative amount with a minus sign, such as -12.00"),
        (r"[+-]?[0-9.]+[eE][+-]?[0-9]+", "write all its digits instead of an exponent"),
        (
            r"[^0-9]*[$€£¥₡₹][^0-9]*[0-9].*|.*[0-9]\s*[$€£¥₡₹]",
            "remove the currency sign and use the currency column instead",
        ),
        (r"\s.*|.*\s", "remove the spaces around it"),
        (r"[=+@].*", "remove the sign or formula before the number"),
    )

    def explain(text: str) -> str:
        # Match only the start of a cell. A cell may have megabytes, and some patterns take quadratic time.
        shown = text[:SHOWN_LENGTH]
        hint = next(
            (hint for pattern, hint in hints if re.fullmatch(pattern, shown)),
            "write it with digits and a point, such as 1234.56",
        )
        return f"{column.header} {_shown(text)} is not a number; {hint}."

    return explain


def _explain_decimals(column: Column) -> Callable[[str], str]:
    return lambda text: (
        f"{column.header} {_shown(text)} has more decimals than its currency allows; write the amount that was paid, "
        "because nothing is rounded."
    )


def _explain_choice(column: Column, is_currency: bool) -> Callable[[str], str]:
    # The contracts list values only for ISO 4217 currencies and ISO 3166 countries.
    wrong, use = (
        ("is not a currency code", "use three capital letters from ISO 4217, such as EUR.")
        if is_currency
        else ("is not a country code", "use two capital letters from ISO 3166, such as DE.")
    )

    def explain(text: str) -> str:
        code = _similar_code(text, column.allowed or ())
        advice = f"; {use}" if code is None else f". Did you mean {code}?"
        return f"{column.header} {_shown(text)} {wrong}{advice}"

    return explain


def _similar_code(text: str, allowed: Collection[str]) -> str | None:
    """Returns the allowed code that a person probably meant, or None."""
    word = text[:SHOWN_LENGTH].strip()
    if re.fullmatch(r"[A-Za-z]+", word):
        word = word.upper()
    code = CODE_ALIASES.get(word, word)
    return code if code in allowed else None


def _has_control_character(texts: pa.StringArray) -> Mask:
    """Returns which cells contain a control character other than a tab or a line end."""
    # The slow regular expression runs only if the buffer contains a control character. The buffer may also hold rows
    # outside this slice. In that case the expression may run and find nothing.
    codes = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    if not IS_CONTROL[codes].any():
        return np.zeros(len(texts), np.bool_)
    return _mask(pc.match_substring_regex(texts, CONTROL_CHARACTERS))


def _control_character(text: str) -> str:
    return f"U+{ord(re.findall(CONTROL_CHARACTERS, text)[0]):04X}"


def _shown(text: str) -> str:
    return quoted(text, SHOWN_LENGTH)


def _mask(array: Any) -> Mask:
    mask: Mask = array.to_numpy(zero_copy_only=False)
    return mask
