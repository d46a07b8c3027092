"""Checks that readers see each transaction of several uploads once, and never see an intermediate state."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from flow import Flow
from stack import Stack, fetch
from statements import BUDGET_HEADER, HEADER, csv_of, expense

A, B, C = "raw/expenses/a.csv", "raw/expenses/b.csv", "raw/expenses/c.csv"
WITH_ID = [*HEADER, "transaction_id"]


def accounts(flow: Flow) -> dict[str, tuple[str, int, int, Decimal, Decimal]]:
    """Returns for each key the state, the row counts and the amounts of its newest upload."""
    rows = fetch(flow.reporter, "SELECT * FROM v_upload_accounting ORDER BY upload_id")
    names = ("state", "rows_published", "rows_duplicate", "amount_published", "amount_duplicate")
    return {row["object_key"]: tuple(row[name] for name in names) for row in rows}


# Tests of overlapping uploads.


def test_two_identical_rows_in_one_file_count_twice(flow: Flow):
    flow.put(A, csv_of(expense(), expense()))
    assert flow.transactions("merchant", "row_no") == [("Café Central", 2), ("Café Central", 3)]


def test_the_same_statement_uploaded_twice_counts_once(flow: Flow):
    statement = csv_of(expense(), expense(), expense(merchant="Bar", amount="9"))
    flow.put(A, statement)
    flow.put(B, statement)
    assert flow.transactions() == ["Bar", "Café Central", "Café Central"]
    assert accounts(flow) == {A: ("published", 0, 3, 0, Decimal(16)), B: ("published", 3, 0, Decimal(16), 0)}


def test_overlapping_statements_show_each_transaction_once(flow: Flow):
    january = [expense(date=f"2025-01-{day:02}", merchant=f"m{day:02}") for day in range(1, 21)]
    flow.put(A, csv_of(*january[:15]))
    flow.put(B, csv_of(*january[10:]))
    assert flow.transactions() == [f"m{day:02}" for day in range(1, 21)]
    assert accounts(flow)[A][1:3] == (10, 5)
    assert accounts(flow)[B][1:3] == (10, 0)


@pytest.mark.parametrize(("first", "second"), [(1, 3), (3, 1), (2, 2)])
def test_the_upload_with_the_most_copies_of_a_row_decides_how_often_readers_see_the_row(
    flow: Flow, first: int, second: int
):
    flow.put(A, csv_of(*[expense()] * first))
    flow.put(B, csv_of(*[expense()] * second, expense(merchant="Bar")))
    assert flow.transactions() == ["Bar"] + ["Café Central"] * max(first, second)


def test_deleting_one_of_three_overlapping_uploads_hides_only_the_rows_that_no_other_upload_contains(flow: Flow):
    flow.put(A, csv_of(expense(), expense(merchant="a")))
    flow.put(B, csv_of(expense(), expense(), expense(merchant="b")))
    flow.put(C, csv_of(expense(), expense(), expense(), expense(merchant="a"), expense(merchant="b")))
    assert flow.transactions() == ["a", "b"] + ["Café Central"] * 3
    assert accounts(flow)[C][1:3] == (5, 0)
    assert flow.delete(C).result == "retired"
    assert flow.transactions() == ["a", "b"] + ["Café Central"] * 2
    flow.delete(B)
    assert flow.transactions() == ["a", "Café Central"]


def test_the_newest_object_decides_the_category_of_a_shared_row_in_any_loading_order(flow: Flow):
    flow.bucket.put(A, csv_of(expense(category="Food")))
    flow.bucket.put(B, csv_of(expense(category="Coffee")))
    flow.reconcile(B)
    flow.reconcile(A)
    assert flow.transactions("merchant", "category") == [("Café Central", "Coffee")]
    assert accounts(flow)[A][1:3] == (0, 1)


def test_deleting_an_upload_makes_the_rows_that_it_hid_visible_again(flow: Flow):
    flow.put(A, csv_of(expense(category="Food"), expense(merchant="Bar")))
    flow.put(B, csv_of(expense(category="Coffee")))
    assert flow.transactions("merchant", "category") == [("Bar", "Coffee"), ("Café Central", "Coffee")]
    flow.delete(B)
    assert flow.transactions("merchant", "category") == [("Bar", "Coffee"), ("Café Central", "Food")]
    assert accounts(flow)[A][1:3] == (2, 0)


def test_a_shared_row_stays_visible_if_a_correction_removes_it_from_one_upload(flow: Flow):
    flow.put(A, csv_of(expense(category="Food"), expense(merchant="Bar")))
    flow.put(B, csv_of(expense(category="Coffee")))
    flow.put(B, csv_of(expense(merchant="Else")))
    assert flow.transactions("merchant", "category") == [
        ("Bar", "Coffee"),
        ("Café Central", "Food"),
        ("Else", "Coffee"),
    ]


def test_uploads_of_different_owners_or_feeds_share_no_rows(flow: Flow):
    body = csv_of(expense())
    flow.put("raw/expenses/owner=ana/a.csv", body)
    flow.put("raw/expenses/owner=Ana/a.csv", body)
    flow.put("raw/expenses/owner=ana /a.csv", body)
    flow.put("raw/expenses/a.csv", body)
    assert flow.transactions("owner") == ["Ana", "ana", "ana ", "default"]


def test_amounts_with_the_same_value_are_the_same_transaction(flow: Flow):
    flow.put(A, csv_of(expense(amount="12.5")))
    flow.put(B, csv_of(expense(amount="0012.5000")))
    assert flow.transactions("amount") == [Decimal("12.5")]


def test_strings_that_only_the_collation_treats_as_equal_are_different_transactions(flow: Flow):
    names = ["Café", "Cafe", "cafe", "CAFÉ", "Cafe\u0301", "Café ", " Café"]
    for number, name in enumerate(names):
        flow.put(f"raw/expenses/{number}.csv", csv_of(expense(merchant=name)))
    assert sorted(flow.transactions()) == sorted(names)


def test_a_transaction_id_identifies_a_row_even_after_its_date_and_amount_change(flow: Flow):
    flow.put(A, csv_of(expense(transaction_id="T-1"), expense(transaction_id="T-2"), header=WITH_ID))
    flow.put(B, csv_of(expense(date="2026-06-30", amount="99", transaction_id="T-1"), header=WITH_ID))
    assert flow.transactions("transaction_id", "amount") == [("T-1", Decimal(99)), ("T-2", Decimal("3.5"))]


def test_rows_with_and_without_a_transaction_id_are_different_transactions(flow: Flow):
    flow.put(A, csv_of(expense(transaction_id="T-1"), header=WITH_ID))
    flow.put(B, csv_of(expense()))
    assert flow.transactions("transaction_id") == [None, "T-1"]


def test_a_budget_counts_once_per_month_category_and_currency_with_the_newest_amount(flow: Flow):
    flow.put(
        "raw/budgets/a.csv",
        csv_of(
            ["2025-01", "Food", "100", "EUR"],
            ["2025-02", "Food", "100", "EUR"],
            ["2025-01", "Food", "90", "USD"],
            header=BUDGET_HEADER,
        ),
    )
    flow.put("raw/budgets/b.csv", csv_of(["2025-01", "Food", "150", "EUR"], header=BUDGET_HEADER))
    budgets = fetch(flow.reporter, "SELECT month, currency, budget FROM v_budget_vs_actual ORDER BY month, currency")
    assert [tuple(row.values()) for row in budgets] == [
        ("2025-01", "EUR", Decimal(150)),
        ("2025-01", "USD", Decimal(90)),
        ("2025-02", "EUR", Decimal(100)),
    ]


def test_a_quarantined_row_does_not_shadow_a_row_of_another_upload(flow: Flow):
    flow.put(A, csv_of(expense(), expense(merchant="Bar")))
    flow.put(B, csv_of(expense(category="c" * 65), expense(merchant="x"), expense(merchant="y")))
    assert flow.transactions() == ["Bar", "Café Central", "x", "y"]


def test_a_file_without_rows_is_published_and_changes_no_other_upload(flow: Flow):
    flow.put(A, csv_of(expense()))
    flow.put(B, csv_of())
    flow.delete(B)
    assert flow.transactions() == ["Café Central"]


# Tests of readers during a publication. They must never see an intermediate state.


@contextmanager
def polling(stack: Stack, query: str) -> Iterator[set[tuple[object, ...]]]:
    """Repeats a query as `reporter` until the block ends. Yields the set of all results."""
    seen: set[tuple[object, ...]] = set()
    failures: list[BaseException] = []
    stop = threading.Event()

    def poll() -> None:
        connection = stack.connect(stack.reporter)
        try:
            while not stop.is_set():
                for row in fetch(connection, query):
                    seen.add(tuple(row.values()))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
    assert not failures


COUNT_AND_SUM = "SELECT COUNT(*), COUNT(DISTINCT category), MIN(category), SUM(amount) FROM v_transactions"


def test_a_reader_sees_either_the_old_version_or_the_correction(flow: Flow, stack: Stack):
    versions = [[expense(category=f"v{number}", merchant=f"m{row}") for row in range(400)] for number in range(8)]
    flow.put(A, csv_of(*versions[0]))
    with polling(stack, COUNT_AND_SUM) as seen:
        for rows in versions[1:]:
            flow.put(A, csv_of(*rows))
            time.sleep(0.02)
    assert {answer[:2] for answer in seen} == {(400, 1)}
    assert {answer[3] for answer in seen} == {Decimal(1400)}
    assert len(seen) > 2


def test_a_reader_always_sees_a_shared_row_exactly_once_while_uploads_change(flow: Flow, stack: Stack):
    rows = [expense(merchant=f"m{row}") for row in range(300)]
    flow.put(A, csv_of(*rows))
    with polling(stack, "SELECT COUNT(*), COUNT(DISTINCT counterparty) FROM v_transactions") as seen:
        for _ in range(4):
            flow.put(B, csv_of(*rows))
            flow.delete(B)
    assert seen == {(300, 300)}


def test_the_published_row_counts_always_equal_the_number_of_visible_rows(flow: Flow, stack: Stack):
    rows = [expense(merchant=f"m{row}") for row in range(100)]
    question = (
        "SELECT SUM(rows_published), (SELECT COUNT(*) FROM v_transactions)"
        " FROM v_upload_accounting WHERE state = 'published'"
    )
    flow.put(A, csv_of(*rows))
    with polling(stack, question) as seen:
        for number in range(4):
            flow.put(B, csv_of(*rows[: 20 * (number + 1)]))
        flow.delete(B)
    assert seen == {(100, 100)}


# Tests of the removal of rows.


def test_the_rows_of_a_superseded_upload_are_deleted(flow: Flow):
    flow.put(A, csv_of(*[expense(date="soon"), expense(), expense(), expense()]))
    flow.put(A, csv_of(expense(merchant="Bar")))
    old, new = flow.uploads(A)
    assert (old["state"], old["rows_stored"], new["state"], new["rows_stored"]) == ("superseded", 0, "published", 1)
    assert flow.stored_rows() == 1
    assert fetch(flow.admin, "SELECT * FROM quarantined_rows") == []


def test_rows_beyond_the_limit_of_one_delete_are_removed_too(flow: Flow, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("centflow_glue.load.remove_rows.DELETE_ROWS", 10)
    flow.put(A, csv_of(*[expense(), expense(), expense(date="soon")] * 35))
    flow.delete(A)
    assert flow.stored_rows() == 0
    assert fetch(flow.admin, "SELECT * FROM quarantined_rows") == []
