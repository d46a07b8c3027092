"""Checks that views give the same values from summaries as from rows, after any sequence of changes to uploads."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from conftest import ALL_SUMMARIES, MakeReconciler
from flow import Flow
from hypothesis import given, settings
from hypothesis import strategies as st
from stack import fetch
from statements import HEADER, csv_of, expense

from centflow_glue.contract import Contract, load_contracts
from centflow_glue.keys.sweep import find_keys
from centflow_glue.limits import SummaryLimits
from centflow_glue.load.running_summaries import RunningSummaries

A, B, C = "raw/expenses/owner=ann/a.csv", "raw/expenses/owner=ann/b.csv", "raw/expenses/owner=ann/c.csv"
EXPENSES = load_contracts()["expenses"]
INCOME_HEADER = ("date", "source", "category", "account", "amount", "currency", "description")
VIEWS = {
    "v_monthly_cash_flow": "month, currency, income, expense, net, savings_rate",
    "v_spend_by_category_month": "month, currency, category, amount, transactions",
    "v_spend_by_merchant_month": "month, currency, category, merchant, amount, transactions",
    "v_spend_by_day": "date, currency, category, amount, transactions",
    "v_spend_by_place": "month, currency, country, city, amount, transactions",
    "v_income_by_source_month": "month, currency, source, amount, transactions",
    "v_budget_vs_actual": "month, currency, category, budget, actual, remaining",
    "v_account_balance": "account, currency, date, movement, balance",
}


def shown(flow: Flow) -> dict[str, list[Any]]:
    """Returns the rows of each view, with the types of the values."""
    return {
        view: sorted(
            tuple(repr(_plain(value)) for value in row.values())
            for row in fetch(flow.admin, f"SELECT owner, {columns} FROM {view}")
        )
        for view, columns in VIEWS.items()
    }


def _plain(value: Any) -> Any:
    """Normalises a string. If the collation treats several strings as equal, MySQL may return any one of them."""
    return unicodedata.normalize("NFC", value).replace("\u200b", "") if isinstance(value, str) else value


@contextmanager
def without_marks(flow: Flow) -> Iterator[None]:
    """Deletes the marks of all summaries during the block. A view reads the rows if a summary has no mark."""
    flow.admin.begin()
    with flow.admin.cursor() as cursor:
        cursor.execute("DELETE FROM upload_summaries")
    try:
        yield
    finally:
        flow.admin.rollback()


def assert_same_as_over_rows(flow: Flow) -> None:
    by_summaries = shown(flow)
    with without_marks(flow):
        assert by_summaries == shown(flow)


def current_summaries(flow: Flow) -> list[tuple[str, str]]:
    """Returns the object key and the table of each summary that the views read."""
    rows = fetch(
        flow.admin,
        "SELECT object_key, summary FROM upload_summaries AS m JOIN uploads AS u"
        " ON u.upload_id = m.upload_id AND u.updated_at = m.as_of WHERE m.usable AND u.state = 'published'",
    )
    return sorted((row["object_key"], row["summary"]) for row in rows)


def all_of(*keys: str) -> list[tuple[str, str]]:
    return sorted((key, summary.table) for key in keys for summary in EXPENSES.summaries)


def summary_rows(flow: Flow) -> int:
    """Returns the number of rows in the summary tables of all feeds and in the table of marks."""
    tables = ["upload_summaries", *(s.table for contract in load_contracts().values() for s in contract.summaries)]
    return sum(fetch(flow.admin, f"SELECT COUNT(*) AS row_count FROM `{table}`")[0]["row_count"] for table in tables)


# Tests of random histories.

# Strings that differ in their bytes but are equal in MySQL's collation. Some contain characters that MySQL ignores.
MERCHANTS = ("Café", "Cafe\u0301", "Bar", "bar", "B\u200bar")
CITIES = ("", "Wien", "\u200b")
ROWS = st.lists(
    st.builds(
        lambda day, merchant, category, city, amount: expense(
            date=day, merchant=merchant, category=category, city=city, amount=amount
        ),
        st.sampled_from(("2025-01-30", "2025-01-31", "2025-02-01")),
        st.sampled_from(MERCHANTS),
        st.sampled_from(("Food", "Fun")),
        st.sampled_from(CITIES),
        st.sampled_from(("1", "-1", "2.5")),
    ),
    max_size=6,
)
STEPS = st.lists(st.tuples(st.sampled_from((A, B, C)), st.none() | ROWS), min_size=2, max_size=6)


@settings(max_examples=25)
@given(steps=STEPS)
def test_views_show_the_same_from_summaries_as_from_rows(flow: Flow, steps: list[Any]):
    for key, rows in steps:
        if rows is None:
            flow.delete(key)
        else:
            flow.put(key, csv_of(*rows, header=[*HEADER, "city"]))
        assert_same_as_over_rows(flow)
    for key in (A, B, C):
        flow.delete(key)
    assert summary_rows(flow) == 0


def test_uploads_of_incomes_have_summaries(flow: Flow):
    rows = [("2025-01-31", "Works", "Salary", "Checking", amount, "EUR", "") for amount in ("10", "10", "5")]
    flow.put("raw/incomes/owner=ann/a.csv", csv_of(*rows, header=INCOME_HEADER))
    flow.put("raw/incomes/owner=ann/b.csv", csv_of(*rows[:2], header=INCOME_HEADER))
    assert len(current_summaries(flow)) == 2 * len(load_contracts()["incomes"].summaries) > 0
    assert_same_as_over_rows(flow)
    (flows,) = fetch(flow.reporter, "SELECT income FROM v_monthly_cash_flow")
    assert flows["income"] == 25


def test_a_summary_changes_when_another_upload_shadows_its_rows(flow: Flow):
    flow.put(A, csv_of(expense(), expense(merchant="Bar")))
    flow.put(B, csv_of(expense()))
    assert current_summaries(flow) == all_of(A, B)
    assert fetch(flow.admin, "SELECT * FROM shadow_changes") == []
    of_a = fetch(
        flow.admin,
        "SELECT merchant, amount, transactions FROM expenses_by_merchant_month JOIN uploads USING (upload_id)"
        " WHERE object_key = %s ORDER BY merchant",
        [A],
    )
    assert [(row["merchant"], row["transactions"]) for row in of_a] == [("Bar", 1), ("Café Central", 0)]
    assert_same_as_over_rows(flow)
    flow.delete(B)
    assert current_summaries(flow) == all_of(A)
    assert_same_as_over_rows(flow)


# Tests of changes by a release without summaries.


def touch_as_the_release_before(flow: Flow, key: str) -> None:
    """Publishes like a release without summaries: shadows a row and updates the counts."""
    with flow.admin.cursor() as cursor:
        cursor.execute(
            "UPDATE expenses JOIN uploads USING (upload_id) SET shadowed = TRUE WHERE object_key = %s AND row_no = 2",
            (key,),
        )
        cursor.execute(
            "UPDATE uploads SET rows_published = rows_published - 1, rows_duplicate = rows_duplicate + 1,"
            " updated_at = UTC_TIMESTAMP(6) WHERE object_key = %s",
            (key,),
        )


def unsummarised(flow: Flow) -> list[str]:
    keys = find_keys(flow.bucket.name, flow.job.connection, load_contracts(), ALL_SUMMARIES)
    return [key.object_key for key in keys]


def test_views_read_the_rows_of_an_upload_that_was_changed_by_a_release_without_summaries(flow: Flow):
    flow.put(A, csv_of(expense(), expense(merchant="Bar", amount="9")))
    flow.put(B, csv_of(expense(date="2025-06-01")))
    touch_as_the_release_before(flow, A)
    assert current_summaries(flow) == all_of(B)
    (january,) = fetch(flow.reporter, "SELECT expense FROM v_monthly_cash_flow WHERE month = '2025-01'")
    assert january["expense"] == 9
    assert_same_as_over_rows(flow)


def test_the_sweep_adds_missing_summaries(flow: Flow):
    flow.put(A, csv_of(expense(), expense(merchant="Bar", amount="9")))
    flow.put(B, csv_of(expense(date="2025-06-01")))
    assert unsummarised(flow) == []
    touch_as_the_release_before(flow, A)
    with flow.admin.cursor() as cursor:
        cursor.execute("DELETE FROM upload_summaries WHERE upload_id = %s", (flow.upload(B)["upload_id"],))
    before = flow.uploads()
    assert unsummarised(flow) == [A, B]
    assert [flow.reconcile(key).result for key in (A, B)] == ["unchanged", "unchanged"]
    assert unsummarised(flow) == []
    assert current_summaries(flow) == all_of(A, B)
    assert flow.uploads() == before
    assert_same_as_over_rows(flow)


def test_a_publication_does_not_mark_an_outdated_summary_as_current(flow: Flow):
    flow.put(A, csv_of(expense(), expense(merchant="Bar", amount="9"), expense(merchant="Inn")))
    touch_as_the_release_before(flow, A)
    flow.put(B, csv_of(expense(merchant="Bar", amount="9")))
    assert current_summaries(flow) == all_of(B)
    assert_same_as_over_rows(flow)
    flow.reconcile(A)
    assert current_summaries(flow) == all_of(A, B)
    assert_same_as_over_rows(flow)


# Tests of which uploads have summaries.


def test_a_summary_with_too_many_groups_is_dropped_and_not_tried_again(reconciler: MakeReconciler, flow: Flow):
    limits = SummaryLimits(least_rows=4, rows_per_group=2)
    job = reconciler(summary_limits=limits)
    flow.bucket.put(A, csv_of(*[expense(merchant=f"m{number % 3}") for number in range(4)]))
    flow.bucket.put(B, csv_of(*[expense(date="2025-06-01")] * 3))
    for key in (A, B):
        assert job.reconcile_key(key, None).result == "published"
    kept = [summary for summary in all_of(A) if summary[1] != "expenses_by_merchant_month"]
    assert current_summaries(flow) == kept
    assert fetch(flow.admin, "SELECT * FROM expenses_by_merchant_month") == []
    assert list(find_keys(flow.bucket.name, job.connection, load_contracts(), limits)) == []
    assert_same_as_over_rows(flow)

    with flow.admin.cursor() as cursor:
        cursor.execute("DELETE FROM upload_summaries")
    assert [key.object_key for key in find_keys(flow.bucket.name, job.connection, load_contracts(), limits)] == [A]
    job.reconcile_key(A, None)
    assert current_summaries(flow) == kept
    assert fetch(flow.admin, "SELECT * FROM expenses_by_merchant_month") == []


def test_a_rejected_upload_has_no_summary(flow: Flow):
    flow.put(A, csv_of(expense(), expense(date="no"), expense(date="no")))
    assert flow.upload(A)["state"] == "rejected"
    assert summary_rows(flow) == 0


# Tests of the sums over streamed rows.


def checked_rows(rows: list[tuple[str, str, str]]) -> pa.Table:
    columns = {column.name: [""] * len(rows) for column in EXPENSES.columns}
    columns["date"], columns["category"] = [row[0] for row in rows], [row[1] for row in rows]
    amounts = pa.array([Decimal(row[2]) for row in rows], pa.decimal128(19, 4))
    return pa.table({**columns, "amount": amounts})


DAYS = st.sampled_from(("2025-01-01", "2025-01-02", "2025-02-01"))
MOST = "999999999999999.9999"


@given(
    batches=st.lists(st.lists(st.tuples(DAYS, st.sampled_from("abc"), st.sampled_from(("1", "-0.0001", MOST))))),
    rows_at_once=st.integers(1, 9),
)
def test_the_sums_of_groups_are_exact_for_any_split_into_batches(
    batches: list[list[tuple[str, str, str]]], rows_at_once: int
):
    running = RunningSummaries(EXPENSES, SummaryLimits(least_rows=1, rows_per_group=0, rows_at_once=rows_at_once))
    expected: dict[tuple[str, str], Decimal] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for batch in batches:
        if batch:
            running.add(checked_rows(batch))
        for day, category, amount in batch:
            group = (day[:7], category)
            expected[group] = expected.get(group, Decimal(0)) + Decimal(amount)
            counts[group] += 1
    table = running.finish().get("expenses_by_category_month")
    found = table.to_pylist() if table else []
    assert {(row["month"], row["category"]): row["amount"] for row in found} == expected
    assert {(row["month"], row["category"]): row["transactions"] for row in found} == counts


def test_a_summary_stays_within_its_memory_limit():
    limits = SummaryLimits(least_rows=1, rows_per_group=0, bytes=20_000, rows_at_once=100)
    running = RunningSummaries(EXPENSES, limits)
    for number in range(50):
        running.add(checked_rows([("2025-01-01", f"category {number * 100 + row}", "1") for row in range(100)]))
    finished = running.finish()
    assert finished["expenses_by_category_month"] is None
    assert finished["expenses_by_account_day"] is not None


def test_a_summary_with_nearly_one_group_per_row_is_dropped_early():
    running = RunningSummaries(EXPENSES, SummaryLimits(least_rows=1, rows_per_group=4, rows_at_once=100))
    for number in range(8):
        running.add(checked_rows([("2025-01-01", f"category {number * 100 + row}", "1") for row in range(100)]))
    assert running._parts["expenses_by_category_month"] is None
    assert running.finish()["expenses_by_account_day"] is not None


def test_a_feed_without_summaries_creates_none():
    contract: Contract = load_contracts()["budgets"]
    running = RunningSummaries(contract, SummaryLimits(least_rows=0))
    running.add(pa.table({"month": ["2025-01"]}))
    assert running.finish() == {}


@pytest.mark.parametrize("rows", [9, 10])
def test_a_small_upload_has_no_summaries(rows: int):
    running = RunningSummaries(EXPENSES, SummaryLimits(least_rows=10, rows_per_group=1))
    running.add(checked_rows([("2025-01-01", "a", "1")] * rows))
    assert bool(running.finish()) == (rows == 10)
