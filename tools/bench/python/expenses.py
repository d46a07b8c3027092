"""Generates realistic expenses for the benchmark. The same arguments always give the same rows."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

HEADER = b"date,merchant,category,account,amount,currency,description,country,city,transaction_id\n"
CHUNK_ROWS = 1 << 16

CATEGORIES = pa.array(
    [
        "Groceries",
        "Eating out",
        "Transport",
        "Shopping",
        "Leisure",
        "Utilities",
        "Subscriptions",
        "Sport",
        "Health",
        "Rent",
        "Insurance",
        "Travel",
        "Education",
        "Gifts",
        "Household",
        "Children",
        "Pets",
        "Fees",
    ]
)
KINDS = ("Market", "Bistro", "Bäckerei", "Garage", "Bookshop", "Pharmacy", "Cinema", "Hardware", "Café", "Outlet")
MERCHANTS = pa.array([f"{KINDS[number % len(KINDS)]} {number}" for number in range(5000)])
ACCOUNTS = pa.array(["Girokonto", "Visa", "Mastercard", "Cash"])
CURRENCIES, CURRENCY_SHARES = pa.array(["EUR", "GBP", "USD", "CHF"]), (0.88, 0.05, 0.05, 0.02)
PLACES = (
    *(("DE", "Berlin"), ("DE", "Hamburg"), ("DE", "München"), ("DE", "Köln"), ("DE", "Leipzig"), ("DE", "")),
    *(("ES", "Madrid"), ("ES", "Sevilla"), ("FR", "Paris"), ("FR", "Lyon"), ("PT", "Lisboa"), ("IT", "Torino")),
    *(("GB", "London"), ("GB", "Leeds"), ("US", "Boston"), ("CH", "Zürich"), ("AT", "Wien"), ("", "")),
)
COUNTRIES, CITIES = (pa.array(names) for names in zip(*PLACES, strict=True))
NOTES = pa.array(["", "Card payment contactless", "Invoice", "Order", "Thank you for your visit", "Ref"])
DATES = pa.array([str(day) for day in np.datetime64("2016-01-01") + np.arange(3653)])
CENTS = pa.array([f"{cents:02d}" for cents in range(100)])
# Cash and most transfers have no transaction id.
WITH_TRANSACTION_ID = 0.6


@dataclass(frozen=True)
class Shape:
    """Settings that determine how much the rows vary.

    Attributes:
        merchants: Number of different merchants, at most 5,000.
        days: Number of days that the rows cover.
        days_before: Number of days between the last row and the end of 2025.
        first_number: The number of the first transaction id. Files with the same ids contain the same transactions.
    """

    merchants: int = 5000
    days: int = 1096
    days_before: int = 0
    first_number: int = 0


CROWD = Shape()

Indices = np.ndarray[Any, np.dtype[np.int64]]


def csv_chunks(rows: int, seed: int, shape: Shape = CROWD) -> Iterator[bytes]:
    """Yields a CSV of expenses in pieces of some megabytes, with about 86 bytes per row."""
    yield HEADER
    for number, first in enumerate(range(0, rows, CHUNK_ROWS)):
        # Each chunk has its own generator, so its rows do not depend on the length of the file.
        chance = np.random.Generator(np.random.PCG64([seed, number]))
        out = io.BytesIO()
        # No cell contains a comma or a quote.
        options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
        pa_csv.write_csv(_expenses(min(CHUNK_ROWS, rows - first), first, chance, shape), out, options)
        yield out.getvalue()


def _expenses(count: int, first: int, chance: np.random.Generator, shape: Shape) -> pa.Table:
    # Most of the money is spent at a few merchants and places, as in a real household.
    merchants = (shape.merchants * chance.random(count) ** 2).astype(np.int64)
    places = (len(PLACES) * chance.random(count) ** 2).astype(np.int64)
    cents = np.clip(np.exp(chance.normal(7.6, 1.1, count)), 50, 5_000_000).astype(np.int64)
    notes = chance.integers(0, len(NOTES), count)
    with_id = chance.random(count) < WITH_TRANSACTION_ID
    return pa.table(
        {
            "date": _pick(DATES, len(DATES) - shape.days_before - shape.days + chance.integers(0, shape.days, count)),
            "merchant": _pick(MERCHANTS, merchants),
            "category": _pick(CATEGORIES, merchants % len(CATEGORIES)),
            "account": _pick(ACCOUNTS, chance.integers(0, len(ACCOUNTS), count)),
            "amount": pc.binary_join_element_wise(_text(cents // 100), _pick(CENTS, cents % 100), "."),
            "currency": _pick(CURRENCIES, chance.choice(len(CURRENCIES), count, p=CURRENCY_SHARES)),
            "description": _keep_if(
                notes > 0,
                pc.binary_join_element_wise(_pick(NOTES, notes), _text(chance.integers(10**4, 10**5, count)), " "),
            ),
            "country": _pick(COUNTRIES, places),
            "city": _pick(CITIES, places),
            "transaction_id": _keep_if(
                with_id,
                pc.binary_join_element_wise(
                    "TX", _text(10**10 + shape.first_number + np.arange(first, first + count)), ""
                ),
            ),
        }
    )


def _pick(choices: pa.Array, indices: Indices) -> pa.Array:
    return choices.take(pa.array(indices))


def _text(numbers: Indices) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _keep_if(condition: np.ndarray[Any, np.dtype[np.bool_]], texts: pa.Array) -> pa.Array:
    """Returns the text for elements that meet the condition, and an empty string for the others."""
    return pc.if_else(pa.array(condition), texts, "")
