"""Random files with few lines, keys and values, so that uploads share transactions and each key changes often."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import model
from hypothesis import strategies as st
from model import File, Line

KEYS = {
    "raw/expenses/owner=ann/january.csv": "expenses",
    # The previous key is a prefix of this key, so a listing by prefix finds both.
    "raw/expenses/owner=ann/january.csv.gz": "expenses",
    "raw/expenses/owner=ann/2025/all of it + 100% é.csv": "expenses",
    "raw/expenses/owner=bob/january.csv": "expenses",
    "raw/expenses/january.csv": "expenses",
    "raw/incomes/owner=ann/pay.csv": "incomes",
    "raw/incomes/owner=ann/pay (1).csv": "incomes",
    "raw/budgets/owner=ann/plan.csv": "budgets",
    "raw/budgets/owner=ann/plan-b.csv": "budgets",
    "raw/expences/owner=ann/january.csv": "expenses",
    "raw/expenses/owner=ann/notes.txt": "expenses",
}
# With these probabilities, most files and lines are valid.
FLAWS = {11: "missing_header", 12: "not_utf8", 13: "empty_file"}
FAULTS = {
    11: "bad_number",
    12: "too_many_decimals",
    13: "unknown_currency",
    14: "missing_value",
    15: "ragged_row",
}


def lines_of(feed: str) -> st.SearchStrategy[Line]:
    """Draws lines from few values, so that many lines are the same transaction, spelt equally or differently."""
    money = st.sampled_from(
        [("3.50", "EUR"), ("3.5", "EUR"), ("12.00", "EUR"), ("-1.25", "EUR"), ("350", "JPY"), ("350.00", "JPY")]
    )
    category = st.sampled_from(["Food", "Fun"])
    if feed == "budgets":
        months = st.sampled_from(["2025-01", "2025-03"])
        good = st.tuples(months, category, money.filter(lambda pair: pair[0] > "0")).map(
            lambda cells: (*cells[:2], *cells[2])
        )
    else:
        transaction = st.sampled_from(["", "", "t1", "t2"])
        place = st.sampled_from([("", ""), ("ES", "Madrid"), ("ES", "")]) if feed == "expenses" else st.just(())
        good = st.tuples(
            st.sampled_from(["2025-01-31", "2025-02-01", "2025-03-15", "2024-02-29"]),
            st.sampled_from(["Cafe", "Café", 'The "cafe",\nhere']),
            category,
            st.sampled_from(["card", "cash"]),
            money,
            st.sampled_from(["", "NULL"]),
            place,
            transaction,
        ).map(lambda cells: (*cells[:4], *cells[4], cells[5], *cells[6], cells[7]))
    fault = st.integers(0, 29).map(FAULTS.get)
    return st.one_of(
        *[st.builds(partial(break_line, feed), good, fault)] * 9,
        st.just(Line(())),
    )


def break_line(feed: str, cells: tuple[str, ...], fault: str | None) -> Line:
    """Returns the line with one fault."""
    texts = {"bad_number": ("amount", "1,50"), "too_many_decimals": ("amount", "1.2345")}
    texts |= {"unknown_currency": ("currency", "euro"), "missing_value": ("category", "")}
    if fault is None:
        return Line(cells)
    if fault == "ragged_row":
        return Line((*cells, "too much"), fault)
    header, text = texts[fault]
    return Line(
        tuple(text if name == header else cell for name, cell in zip(model.HEADERS[feed], cells, strict=True)), fault
    )


def files_of(feed: str, lines: Sequence[Line]) -> st.SearchStrategy[File]:
    """Draws files of these lines. A line may occur several times, and most files are acceptable."""
    flaw = st.integers(0, 23).map(FLAWS.get)
    return st.builds(
        File,
        feed=st.just(feed),
        lines=st.lists(st.sampled_from(lines), min_size=1, max_size=6).map(tuple),
        flaw=flaw,
        line_end=st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    )


def recategorise(file: File) -> File:
    """Returns the same transactions with other categories.

    A budget's category stays, because it identifies the budget.
    """
    if file.feed == "budgets":
        return file
    return replace(
        file,
        lines=tuple(
            replace(line, cells=(*line.cells[:2], "Other", *line.cells[3:])) if line.cells and not line.fault else line
            for line in file.lines
        ),
    )
