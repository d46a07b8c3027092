"""Checks that readers always see the newest acceptable version of a key since its last delete marker."""

import io
import json
import logging
import time
import urllib.parse
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pymysql
import pytest
from flow import Flow
from pymysql.constants import CR, ER
from stack import Stack, fetch
from statements import HEADER, csv_of, expense

from centflow_glue import reconcile
from centflow_glue.bucket import Version, open_version
from centflow_glue.contract import load_contracts
from centflow_glue.database import DatabaseAddress, connect, is_transient
from centflow_glue.reconcile import LoadFailedError, Reconciler

KEY = "raw/expenses/a.csv"
OLD, NEW, NEWEST = (csv_of(expense(merchant=name)) for name in ("old", "new", "newest"))
BAD = b"no,csv,of,this,feed\n"


def test_an_upload_adds_rows_an_overwrite_corrects_them_and_a_delete_removes_them(flow: Flow):
    assert flow.put(KEY, OLD).result == "published"
    assert flow.transactions() == ["old"]
    assert flow.put(KEY, NEW).result == "published"
    assert flow.transactions() == ["new"]
    assert flow.states(KEY) == ["superseded", "published"]
    assert flow.delete(KEY).result == "retired"
    assert flow.transactions() == []
    assert flow.states(KEY) == ["superseded", "retired"]
    assert flow.stored_rows() == 0
    assert flow.unsettled() == []


def test_reconciling_an_unchanged_key_again_changes_nothing(flow: Flow):
    flow.put(KEY, OLD)
    before = flow.uploads()
    assert [flow.reconcile(KEY).result for _ in range(3)] == ["unchanged"] * 3
    assert flow.uploads() == before
    assert flow.reconcile("raw/expenses/never.csv").result == "unchanged"
    assert flow.uploads() == before


def test_removing_the_delete_marker_restores_a_deleted_object(flow: Flow):
    flow.put(KEY, OLD)
    marker = flow.bucket.delete(KEY)
    flow.reconcile(KEY)
    flow.bucket.remove_version(KEY, marker)
    assert flow.reconcile(KEY).result == "published"
    assert flow.transactions() == ["old"]
    assert flow.states(KEY) == ["published"]


def test_uploading_after_a_delete_does_not_restore_earlier_versions(flow: Flow):
    flow.put(KEY, OLD)
    flow.delete(KEY)
    assert flow.put(KEY, BAD).result == "rejected"
    assert flow.transactions() == []
    assert flow.put(KEY, NEW).result == "published"
    assert flow.transactions() == ["new"]


def test_the_previous_version_replaces_a_permanently_removed_version(flow: Flow):
    flow.put(KEY, OLD)
    newest = flow.bucket.put(KEY, NEW)
    flow.reconcile(KEY)
    flow.bucket.remove_version(KEY, newest)
    assert flow.reconcile(KEY).result == "published"
    assert flow.transactions() == ["old"]
    assert flow.states(KEY) == ["published", "superseded"]
    assert flow.stored_rows() == 1


def test_an_object_that_is_removed_with_all_its_versions_is_retired(flow: Flow):
    only = flow.bucket.put(KEY, OLD)
    flow.reconcile(KEY)
    flow.bucket.remove_version(KEY, only)
    assert flow.reconcile(KEY).result == "retired"
    assert flow.transactions() == []
    assert flow.states(KEY) == ["retired"]


def test_only_the_newest_of_several_new_versions_is_loaded(flow: Flow):
    for body in (OLD, NEW, NEWEST):
        flow.bucket.put(KEY, body)
    assert flow.reconcile(KEY).result == "published"
    assert flow.transactions() == ["newest"]
    assert flow.states(KEY) == ["published"]


def test_late_repeated_or_reordered_events_change_nothing(flow: Flow):
    flow.bucket.put(KEY, OLD)
    flow.bucket.delete(KEY)
    flow.bucket.put(KEY, NEW)
    moments = [datetime(2025, 1, 15, hour, tzinfo=UTC) for hour in (12, 10, 11, 12)]
    assert [flow.job.reconcile_key(KEY, moment).result for moment in moments] == ["published"] + ["unchanged"] * 3
    assert flow.transactions() == ["new"]


# Tests of rejected corrections.


def test_a_rejected_correction_leaves_the_last_good_version_published(flow: Flow):
    flow.put(KEY, OLD)
    outcome = flow.put(KEY, BAD)
    assert outcome.result == "rejected"
    assert "is missing date, merchant" in outcome.message
    assert flow.transactions() == ["old"]
    accounts = fetch(flow.reporter, "SELECT state, reason FROM v_upload_accounting ORDER BY upload_id")
    assert [account["state"] for account in accounts] == ["published", "rejected"]
    assert accounts[1]["reason"] == outcome.message
    assert flow.unsettled() == []


def test_the_newest_good_version_is_published_if_newer_versions_are_rejected(flow: Flow):
    for body in (OLD, NEW, BAD, b""):
        flow.bucket.put(KEY, body)
    outcome = flow.reconcile(KEY)
    assert (outcome.result, outcome.message[:18]) == ("rejected", "The file is empty.")
    assert flow.transactions() == ["new"]
    assert sorted(flow.states(KEY)) == ["published", "rejected", "rejected"]
    assert flow.unsettled() == []


def test_a_correction_after_a_rejected_correction_is_published(flow: Flow):
    for body in (OLD, BAD, NEW):
        flow.put(KEY, body)
    assert flow.transactions() == ["new"]
    assert flow.states(KEY) == ["superseded", "rejected", "published"]


def test_removing_a_rejected_version_changes_nothing_for_readers(flow: Flow):
    flow.put(KEY, OLD)
    bad = flow.bucket.put(KEY, BAD)
    flow.reconcile(KEY)
    flow.bucket.remove_version(KEY, bad)
    assert flow.reconcile(KEY).result == "unchanged"
    assert flow.transactions() == ["old"]
    assert flow.unsettled() == []


# Tests of changed contracts.


def with_contract(job: Reconciler, **changes: Any) -> Reconciler:
    """Returns a reconciler with a changed expenses contract, as after a release."""
    contract = replace(load_contracts()["expenses"], sha256="f" * 64, **changes)
    return replace(job, contracts={**load_contracts(), "expenses": contract})


def test_a_rejected_upload_is_tried_again_after_its_contract_changes(flow: Flow):
    flow.put(KEY, csv_of(expense(category=""), expense(category="", merchant="Bar"), expense(date="soon"), expense()))
    assert flow.states(KEY) == ["rejected"]
    assert len(flow.quarantined(KEY)) == 3
    assert flow.reconcile(KEY).result == "unchanged"

    columns = load_contracts()["expenses"].columns
    job = with_contract(flow.job, columns=tuple(replace(column, empty_allowed=True) for column in columns))
    assert job.reconcile_key(KEY, None).result == "published"
    assert flow.states(KEY) == ["published"]
    assert [row["code"] for row in flow.quarantined(KEY)] == ["bad_date"]
    assert flow.transactions() == ["Bar", "Café Central", "Café Central"]
    assert job.reconcile_key(KEY, None).result == "unchanged"


def test_a_rejected_upload_is_rejected_again_if_it_also_breaks_the_new_contract(flow: Flow):
    flow.put(KEY, BAD)
    job = with_contract(flow.job)
    assert job.reconcile_key(KEY, None).result == "rejected"
    assert job.reconcile_key(KEY, None).result == "unchanged"
    assert flow.states(KEY) == ["rejected"]


def test_a_published_upload_is_not_loaded_again_after_its_contract_changes(flow: Flow):
    flow.put(KEY, OLD)
    assert with_contract(flow.job).reconcile_key(KEY, None).result == "unchanged"


def test_an_upload_outside_every_feed_is_loaded_once_its_feed_exists(flow: Flow):
    object_key = "raw/expences/a.csv"
    assert flow.put(object_key, OLD).result == "rejected"
    assert flow.upload(object_key)["feed"] is None
    expenses = load_contracts()["expenses"]
    job = replace(flow.job, contracts={**load_contracts(), "expences": replace(expenses, feed="expences")})
    assert job.reconcile_key(object_key, None).result == "published"
    upload = flow.upload(object_key)
    assert (upload["state"], upload["feed"], upload["reason"]) == ("published", "expences", None)
    assert flow.transactions() == ["old"]


def test_a_rejected_upload_of_a_removed_feed_is_reconciled_only_once(flow: Flow):
    flow.put(KEY, BAD)
    job = replace(flow.job, contracts={})
    assert job.reconcile_key(KEY, None).result == "rejected"
    assert flow.upload(KEY)["reason_code"] == "unknown_feed"
    assert job.reconcile_key(KEY, None).result == "unchanged"


# Tests of interrupted loads.


def interrupt(flow: Flow, body: bytes, rows: int = 1) -> None:
    """Creates the state that a job run leaves if it is killed while loading this version."""
    flow.put(KEY, body)
    with flow.admin.cursor() as cursor:
        cursor.execute(
            "UPDATE uploads SET state = 'loading', rows_stored = TRUE, reason = NULL, reason_code = NULL,"
            " rows_read = 0, rows_published = 0, rows_quarantined = 0, amount_read = 0, amount_published = 0,"
            " amount_quarantined = 0 ORDER BY upload_id DESC LIMIT 1"
        )


def test_a_killed_load_is_invisible_and_the_next_run_repeats_it(flow: Flow):
    interrupt(flow, NEW)
    assert flow.transactions() == []
    assert flow.unsettled() == [KEY]
    assert flow.reconcile(KEY).result == "published"
    assert flow.transactions() == ["new"]
    assert flow.stored_rows() == 1
    assert flow.unsettled() == []


def test_the_next_run_after_a_killed_load_rejects_a_bad_version_and_stores_its_bad_rows(flow: Flow):
    interrupt(flow, csv_of(expense(date="soon")))
    assert flow.reconcile(KEY).result == "rejected"
    upload = flow.upload(KEY)
    assert (upload["state"], upload["reason_code"], upload["rows_quarantined"]) == ("rejected", "too_many_bad_rows", 1)
    assert [row["code"] for row in flow.quarantined(KEY)] == ["bad_date"]
    assert flow.unsettled() == []


def test_a_killed_load_of_an_overwritten_version_is_cleaned_up(flow: Flow):
    interrupt(flow, OLD)
    assert flow.put(KEY, NEW).result == "published"
    assert flow.states(KEY) == ["superseded", "published"]
    assert flow.stored_rows() == 1
    assert flow.transactions() == ["new"]


def test_a_killed_load_of_a_deleted_object_is_cleaned_up(flow: Flow):
    interrupt(flow, OLD)
    assert flow.delete(KEY).result == "retired"
    assert flow.stored_rows() == 0
    assert flow.unsettled() == []


def test_s3_is_listed_again_if_a_version_is_removed_while_it_is_read(flow: Flow, monkeypatch: pytest.MonkeyPatch):
    flow.bucket.put(KEY, OLD)
    going = flow.bucket.put(KEY, NEW)

    def remove_first(bucket: str, version: Version) -> Any:
        if version.version_id == going:
            flow.bucket.remove_version(KEY, going)
        return open_version(bucket, version)

    monkeypatch.setattr(reconcile, "open_version", remove_first)
    assert flow.reconcile(KEY).result == "published"
    assert flow.transactions() == ["old"]
    assert {upload["version_id"]: upload["state"] for upload in flow.uploads(KEY)}[going] == "superseded"
    assert flow.unsettled() == []


def test_a_version_that_s3_lists_but_cannot_return_fails_after_ten_listings(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
):
    flow.put(KEY, OLD)
    flow.bucket.put(KEY, NEW)

    def never_find(bucket: str, version: Version) -> Any:
        return open_version(bucket, replace(version, version_id=str(uuid4())))

    with monkeypatch.context() as patched:
        patched.setattr(reconcile, "open_version", never_find)
        with pytest.raises(
            LoadFailedError, match="10 times in a row, a version was removed from S3 after it was listed"
        ):
            flow.reconcile(KEY)
    assert flow.transactions() == ["old"]
    assert flow.reconcile(KEY).result == "published"
    assert flow.transactions() == ["new"]


class _Stalling(io.RawIOBase):
    """A stream of rows that pauses in the middle."""

    def __init__(self, content: bytes, pause_s: float) -> None:
        self._parts = [content, b""]
        self._pause_s = pause_s

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._parts[0]:
            time.sleep(self._pause_s)
            return b""
        part, self._parts[0] = self._parts[0][:size], self._parts[0][size:]
        return part


def test_a_load_that_the_server_aborts_is_recorded_as_failed_and_succeeds_later(
    flow: Flow, address: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
):
    # This file is larger than the buffers between the job and the server.
    flow.bucket.put(KEY, csv_of(*(expense(merchant=f"shop {number}") for number in range(40_000))))

    def stall(bucket: str, version: Version) -> Any:
        return _Stalling(open_version(bucket, version).read(), pause_s=3)

    with closing(connect(address)) as connection, monkeypatch.context() as patched:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION net_read_timeout = 1")
        patched.setattr(reconcile, "open_version", stall)
        with pytest.raises((LoadFailedError, pymysql.err.OperationalError)) as failure:
            replace(flow.job, connection=connection).reconcile_key(KEY, None)
    cause = failure.value.__cause__ if isinstance(failure.value, LoadFailedError) else failure.value
    # The client sees the server's error only if the error arrives before the connection ends. Otherwise PyMySQL
    # reports a lost connection.
    assert isinstance(cause, pymysql.err.OperationalError)
    assert cause.args[0] in (ER.NET_READ_INTERRUPTED, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST)
    assert flow.reconcile(KEY).result == "published"


def test_a_failure_that_breaks_the_connection_keeps_its_cause_and_is_not_retried_at_once(
    flow: Flow, address: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
):
    flow.bucket.put(KEY, NEW)
    with closing(connect(address)) as connection, monkeypatch.context() as patched:

        def fail(bucket: str, version: Version) -> Any:
            with flow.admin.cursor() as cursor:
                cursor.execute("KILL %s", (connection.thread_id(),))
            raise ValueError("it cannot be read")

        patched.setattr(reconcile, "open_version", fail)
        with pytest.raises(LoadFailedError) as failure:
            replace(flow.job, connection=connection).reconcile_key(KEY, None)
    assert isinstance(failure.value.__cause__, ValueError)
    assert not is_transient(failure.value)
    assert flow.reconcile(KEY).result == "published"


# Tests of the values that an upload records.


def test_an_upload_records_its_origin_and_its_times(flow: Flow):
    moment = datetime(2025, 1, 15, 12, 0, 0, 123000, tzinfo=UTC)
    version = flow.bucket.put("raw/expenses/owner=ana/a.csv", OLD)
    flow.job.reconcile_key("raw/expenses/owner=ana/a.csv", moment)
    (upload,) = flow.uploads()
    assert (upload["owner"], upload["feed"], upload["version_id"]) == ("ana", "expenses", version)
    assert (upload["size_bytes"], upload["job_run_id"]) == (len(OLD), "jr_test")
    assert upload["received_at"] == moment.replace(tzinfo=None)
    assert upload["contract_sha256"] == load_contracts()["expenses"].sha256
    assert upload["loading_at"] <= upload["loaded_at"] <= upload["published_at"] <= upload["updated_at"]
    assert abs((upload["published_at"] - datetime.now(UTC).replace(tzinfo=None)).total_seconds()) < 60


def test_the_received_time_is_the_last_modified_time_if_an_upload_has_no_event(flow: Flow):
    flow.put(KEY, OLD)
    (upload,) = flow.uploads()
    assert upload["received_at"] == upload["last_modified"]


def test_the_notes_list_ignored_columns_even_for_a_rejected_upload(flow: Flow):
    flow.put(KEY, csv_of(expense(date="soon", saldo="1"), header=[*HEADER, "Saldo"]))
    assert flow.upload(KEY)["notes"] == "Ignored columns: Saldo."


def test_a_very_long_reason_is_shortened(flow: Flow):
    assert flow.put(KEY, ("x" * 60 + ",").encode() * 900 + b"\n").result == "rejected"
    assert flow.put(KEY, csv_of(header=[*HEADER, *["y" * 60] * 500])).result == "published"
    rejected, published = flow.uploads(KEY)
    assert len(rejected["reason"]) <= 1000
    assert len(published["notes"]) <= 1000


def test_logs_reasons_and_outcomes_contain_no_secret(
    flow: Flow, stack: Stack, reconciler, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    caplog.set_level(logging.DEBUG)
    recorded = [flow.put(KEY, OLD), flow.put(KEY, BAD)]

    def fail(*_: Any) -> None:
        raise OSError(f"cannot reach {stack.endpoint_url}")

    flow.bucket.put(KEY, NEW)
    monkeypatch.setattr(reconcile, "open_version", fail)
    with pytest.raises(LoadFailedError) as failed:
        flow.reconcile(KEY)
    job = reconciler()
    text = "\n".join(
        [caplog.text, repr(recorded), repr(job), str(failed.value), json.dumps(flow.uploads(), default=str)]
    )
    for account in (stack.loader, stack.admin, stack.migrator, stack.reporter):
        for shown in {account.password, urllib.parse.quote(account.password, safe="")}:
            assert shown not in text
