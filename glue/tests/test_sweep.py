"""Checks that the sweep finds only keys whose events were lost or whose load was interrupted."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import pytest
from flow import Flow
from hypothesis import given
from hypothesis import strategies as st
from stack import fetch
from statements import csv_of, expense

from centflow_glue.bucket import Version, list_versions
from centflow_glue.contract import load_contracts
from centflow_glue.keys import sweep
from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.keys.sweep import find_keys

KEY = "raw/expenses/a.csv"
OLD, NEW = (csv_of(expense(merchant=name)) for name in ("old", "new"))
BAD = b"no,csv,of,this,feed\n"
ANY_CHARACTERS = [
    f"raw/expenses/{name}.csv"
    for name in (
        *("\U0010fffd", "\U0001f600", "\uff5e", "\ue000", "\u20ac", "\u0130", "\u00e9", "\u00df", "~", "z", "e\u0301"),
        *("b", "aa", "a/a", "a.", "a ", "a", "_", "Zz", "Z z", "Z", "B", "A", "0", "-", "+", "%20", "!", " "),
    )
]
ORDERED = sorted(ANY_CHARACTERS, key=str.encode)


def settle(flow: Flow) -> list[str]:
    """Reconciles the keys that the sweep finds, and returns them."""
    keys = list(flow.unsettled())
    for object_key in keys:
        flow.reconcile(object_key)
    assert flow.unsettled() == []
    return keys


def test_the_sweep_finds_an_upload_whose_event_was_lost(flow: Flow):
    flow.bucket.put(KEY, OLD)
    assert settle(flow) == [KEY]
    assert flow.transactions() == ["old"]


def test_the_sweep_finds_a_correction_whose_event_was_lost(flow: Flow):
    flow.put(KEY, OLD)
    flow.bucket.put(KEY, NEW)
    assert settle(flow) == [KEY]
    assert flow.transactions() == ["new"]


def test_the_sweep_finds_a_delete_whose_event_was_lost(flow: Flow):
    flow.put(KEY, OLD)
    flow.bucket.delete(KEY)
    assert settle(flow) == [KEY]
    assert flow.transactions() == []


def test_the_sweep_finds_the_permanent_removal_of_every_version(flow: Flow):
    version = flow.bucket.put(KEY, OLD)
    flow.reconcile(KEY)
    flow.bucket.remove_version(KEY, version)
    assert settle(flow) == [KEY]
    assert flow.transactions() == []


def test_the_sweep_finds_the_removal_of_a_delete_marker(flow: Flow):
    flow.put(KEY, OLD)
    marker = flow.bucket.delete(KEY)
    flow.reconcile(KEY)
    flow.bucket.remove_version(KEY, marker)
    assert settle(flow) == [KEY]
    assert flow.transactions() == ["old"]


@pytest.mark.parametrize("state", ["loading", "failed"])
def test_the_sweep_finds_an_unfinished_load(flow: Flow, state: str):
    flow.put(KEY, OLD)
    with flow.admin.cursor() as cursor:
        cursor.execute("UPDATE uploads SET state = %s", (state,))
    assert settle(flow) == [KEY]
    assert flow.transactions() == ["old"]
    assert flow.stored_rows() == 1


def test_the_sweep_finds_the_rows_that_a_killed_publication_left(flow: Flow):
    flow.put(KEY, OLD)
    with flow.admin.cursor() as cursor:
        flow.delete(KEY)
        cursor.execute("UPDATE uploads SET rows_stored = TRUE")
    assert settle(flow) == [KEY]


def test_the_sweep_finds_an_object_outside_every_feed_only_once(flow: Flow):
    flow.bucket.put("raw/expences/a.csv", OLD)
    flow.bucket.put("raw/readme", b"")
    assert settle(flow) == ["raw/expences/a.csv", "raw/readme"]
    assert [upload["reason_code"] for upload in flow.uploads()] == ["unknown_feed", "unknown_feed"]


def test_the_sweep_does_not_find_a_reconciled_key_in_any_state(flow: Flow):
    flow.put("raw/expenses/published.csv", OLD)
    flow.put("raw/expenses/superseded.csv", OLD)
    flow.put("raw/expenses/superseded.csv", NEW)
    flow.put("raw/expenses/retired.csv", OLD)
    flow.delete("raw/expenses/retired.csv")
    flow.put("raw/expenses/rejected.csv", BAD)
    flow.put("raw/expenses/rejected correction.csv", OLD)
    flow.put("raw/expenses/rejected correction.csv", BAD)
    flow.put("raw/expenses/rejected and deleted.csv", BAD)
    flow.delete("raw/expenses/rejected and deleted.csv")
    flow.put("raw/expences/no feed.csv", OLD)
    flow.bucket.put("raw/expenses/placeholder/", b"")
    flow.bucket.put("raw/", b"")
    flow.bucket.delete("raw/expenses/never there.csv")
    flow.bucket.put("manifests/2025/01/15/1.jsonl", b"")
    assert flow.unsettled() == []


def test_the_sweep_finds_rejected_uploads_again_after_their_contract_changes(flow: Flow):
    flow.put(KEY, BAD)
    flow.put("raw/budgets/a.csv", BAD)
    with flow.admin.cursor() as cursor:
        cursor.execute("UPDATE uploads SET contract_sha256 = %s WHERE feed = 'expenses'", ("0" * 64,))
    assert flow.unsettled() == [KEY]


# Tests of the order of keys.


def test_s3_and_mysql_list_keys_in_the_order_of_their_utf_8_bytes(flow: Flow):
    for object_key in ANY_CHARACTERS:
        flow.put(object_key, OLD)
    in_bucket = [versions[0].object_key for versions in list_versions(flow.bucket.name, "raw/")]
    in_database = [row["object_key"] for row in fetch(flow.admin, "SELECT object_key FROM uploads ORDER BY object_key")]
    assert in_bucket == ORDERED
    assert in_database == ORDERED


def test_the_order_of_utf_8_bytes_differs_from_utf_16_and_alphabetical_order():
    assert sorted(ANY_CHARACTERS, key=lambda key: key.encode("utf-16-be")) != ORDERED
    assert sorted(ANY_CHARACTERS, key=str.casefold) != ORDERED


def test_keys_with_any_characters_match_between_s3_and_mysql(flow: Flow, small_pages: None):
    for object_key in ANY_CHARACTERS:
        flow.bucket.put(object_key, OLD)
    assert flow.unsettled() == ORDERED
    for object_key in ORDERED:
        flow.reconcile(object_key)
    assert flow.unsettled() == []
    for object_key in ORDERED[::3]:
        flow.bucket.delete(object_key)
    assert flow.unsettled() == ORDERED[::3]


@given(st.sets(st.text(max_size=3)), st.sets(st.text(max_size=3)))
def test_two_sorted_lists_are_joined_by_key(left: set[str], right: set[str]):
    def entries(keys: set[str], value: object) -> Iterator[tuple[str, list[object]]]:
        return ((key, [value]) for key in sorted(keys, key=str.encode))

    joined = list(sweep._merge_by_key(entries(left, "v"), entries(right, "u")))  # type: ignore[arg-type]
    assert joined == [
        (key, ["v"] if key in left else [], ["u"] if key in right else [])
        for key in sorted(left | right, key=str.encode)
    ]


# Tests of large buckets.


def test_the_sweep_streams_tens_of_thousands_of_keys_in_little_memory(flow: Flow, monkeypatch: pytest.MonkeyPatch):
    size = 20_000
    with flow.admin.cursor() as cursor:
        cursor.execute("SET SESSION cte_max_recursion_depth = %s", (size,))
        cursor.execute(
            "INSERT INTO uploads (owner, feed, object_key, version_id, last_modified, state, received_at, updated_at)"
            " WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < %s)"
            " SELECT 'default', 'expenses', CONCAT('raw/expenses/', LPAD(n, 5, '0'), '.csv'), CONCAT('v', n),"
            " '2025-01-15', IF(n %% 2, 'published', 'retired'), '2025-01-15', '2025-01-15' FROM n",
            (size - 1,),
        )
    listed = 0

    def versions(*_: str) -> Iterator[list[Version]]:
        nonlocal listed
        for number in range(size):
            listed += 1
            yield [Version(f"raw/expenses/{number:05}.csv", f"v{number}", datetime(2025, 1, 15, tzinfo=UTC))]

    monkeypatch.setattr(sweep, "list_versions", versions)
    found = find_keys(flow.bucket.name, flow.job.connection, load_contracts())
    assert list(islice(found, 3)) == [KeyToReconcile(f"raw/expenses/{number:05}.csv") for number in (0, 2, 4)]
    assert listed < 10
    tracemalloc.start()
    assert sum(1 for _ in found) == size // 2 - 3
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20
