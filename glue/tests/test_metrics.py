"""Tests of a job run's metrics. They are read from the log group in the same way as CloudWatch reads them."""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from flow import Flow, poisoned
from pyspark.sql import SparkSession
from stack import Stack, fetch
from statements import csv_of, expense

from centflow_glue import main as job
from centflow_glue.keys import sweep
from centflow_glue.metrics import UNITS, embedded_metrics

BAD = b"no,csv,of,this,feed\n"
LOG_GROUPS = count(1)
RunJob = Callable[..., None]


class LogGroup:
    """A separate log group for each test."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client: Any = boto3.client("logs")
        self.client.create_log_group(logGroupName=name)

    def events(self, stream: str) -> list[dict[str, Any]]:
        """Returns the events of one job run. Checks each event against the specification."""
        emitted = self.client.get_log_events(logGroupName=self.name, logStreamName=stream, startFromHead=True)
        return [check_embedded_metrics(event["message"], event["timestamp"]) for event in emitted["events"]]

    def metrics(self, stream: str) -> dict[str, list[float]]:
        """Returns all values of each metric of one job run."""
        values: dict[str, list[float]] = {}
        for event in self.events(stream):
            for metric in event["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                value = event[metric["Name"]]
                values.setdefault(metric["Name"], []).extend(value if isinstance(value, list) else [value])
        return values


def check_embedded_metrics(message: str, timestamp: int) -> dict[str, Any]:
    """Checks an event against AWS's specification of the embedded metric format, and returns it."""
    assert len(message.encode()) < 256 * 1024
    event: dict[str, Any] = json.loads(message)
    assert set(event["_aws"]) == {"Timestamp", "CloudWatchMetrics"}
    assert event["_aws"]["Timestamp"] == timestamp
    assert abs(time.time() * 1000 - timestamp) < 60_000
    (directive,) = event["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Centflow"
    assert directive["Dimensions"] == [["service", "environment"]]
    for dimension in ("service", "environment"):
        assert 1 <= len(event[dimension]) <= 1024
    assert 1 <= len(directive["Metrics"]) <= 100
    for metric in directive["Metrics"]:
        assert metric["Unit"] in ("Seconds", "Count")
        value = event[metric["Name"]]
        values = value if isinstance(value, list) else [value]
        assert 1 <= len(values) <= 100
        assert all(isinstance(number, int | float) and not isinstance(number, bool) for number in values)
    return event


@pytest.fixture
def log_group(stack: Stack) -> LogGroup:
    """Creates an empty log group."""
    return LogGroup(f"/centflow/test-{next(LOG_GROUPS)}/job-metrics")


@pytest.fixture
def run_job(spark: SparkSession, stack: Stack, flow: Flow) -> RunJob:
    """Runs the job on the test's bucket and emits metrics to a log group."""

    def run(log_group: str, job_run_id: str, *arguments: str) -> None:
        common = ("--bucket", flow.bucket.name, "--database-secret", stack.secret_id, "--JOB_RUN_ID", job_run_id)
        job.main([*arguments, *common, "--metrics-log-group", log_group, "--environment", "dev"])

    return run


def manifest(flow: Flow, *object_keys: str) -> Sequence[str]:
    """Returns the arguments of a job run that reconciles these keys. Their events happened long ago."""
    lines = [json.dumps({"key": object_key, "eventTime": "2025-01-15T12:00:00.000Z"}) for object_key in object_keys]
    flow.bucket.put("manifests/1.jsonl", "\n".join(lines).encode())
    return ("--keys-from", "manifest", "--manifest", f"s3://{flow.bucket.name}/manifests/1.jsonl")


def books(flow: Flow, job_run_id: str) -> Mapping[str, Any]:
    """Returns the rows of v_upload_accounting for all uploads that one run loaded or tried to load."""
    (sums,) = fetch(
        flow.admin,
        "SELECT SUM(v.state = 'published') AS published, SUM(v.state = 'rejected') AS rejected,"
        " SUM(v.rows_read) AS rows_read, SUM(v.rows_published) AS rows_published,"
        " SUM(v.rows_duplicate) AS rows_duplicate, SUM(v.rows_quarantined) AS rows_quarantined"
        " FROM v_upload_accounting AS v JOIN uploads USING (upload_id) WHERE job_run_id = %s",
        [job_run_id],
    )
    return sums


def test_the_metrics_of_a_run_equal_the_view_of_its_uploads(flow: Flow, run_job: RunJob, log_group: LogGroup):
    flow.put("raw/expenses/old.csv", csv_of(expense(merchant="old")))
    flow.put("raw/expenses/gone.csv", csv_of(expense(merchant="gone")))
    flow.bucket.delete("raw/expenses/gone.csv")
    a, b = expense(merchant="a"), expense(merchant="b")
    flow.bucket.put("raw/expenses/a.csv", csv_of(a, b, expense(date="2025-02-30"), b))
    flow.bucket.put("raw/expenses/b.csv", csv_of(b))
    flow.bucket.put("raw/expenses/bad.csv", BAD)
    names = ("a", "b", "bad", "gone", "old", "never")

    run_job(log_group.name, "jr_1", *manifest(flow, *(f"raw/expenses/{name}.csv" for name in names)))

    emitted, kept = log_group.metrics("jr_1"), books(flow, "jr_1")
    seconds, job_seconds = emitted.pop("SecondsToVisible"), emitted.pop("JobSeconds")
    assert emitted == {
        "UploadsPublished": [2],
        "UploadsRejected": [1],
        "UploadsFailed": [0],
        "UploadsRetired": [1],
        "RowsRead": [5],
        "RowsPublished": [3],
        "RowsDuplicate": [1],
        "RowsQuarantined": [1],
    }
    assert [kept["published"], kept["rejected"]] == [2, 1]
    assert [kept["rows_read"], kept["rows_published"]] == [5, 3]
    assert [kept["rows_duplicate"], kept["rows_quarantined"]] == [1, 1]
    visible = fetch(
        flow.reporter, "SELECT seconds_to_visible FROM v_upload_accounting WHERE object_key REGEXP '/[ab].csv'"
    )
    assert sorted(seconds) == sorted(round(float(row["seconds_to_visible"]), 3) for row in visible)
    assert min(seconds) > 86_400
    assert 0 < job_seconds[0] < 60


def test_each_metric_has_the_service_the_environment_and_the_run(flow: Flow, run_job: RunJob, log_group: LogGroup):
    flow.bucket.put("raw/expenses/a.csv", csv_of(expense()))
    run_job(log_group.name, "jr_2", "--keys-from", "sweep")
    for event in log_group.events("jr_2"):
        assert {name: event[name] for name in ("service", "environment", "keysFrom", "jobRunId")} == {
            "service": "load",
            "environment": "dev",
            "keysFrom": "sweep",
            "jobRunId": "jr_2",
        }
    assert set(log_group.metrics("jr_2")) == set(UNITS)


def test_the_times_of_many_uploads_are_sent_in_events_of_a_hundred(flow: Flow, run_job: RunJob, log_group: LogGroup):
    for number in range(230):
        flow.admin.cursor().execute(
            "INSERT INTO uploads (owner, feed, object_key, version_id, state, job_run_id,"
            " received_at, published_at, updated_at)"
            " VALUES ('default', 'expenses', %s, 'v', 'superseded', 'jr_3', '2025-01-01', %s, '2025-01-01')",
            (f"raw/expenses/{number}.csv", f"2025-01-01 00:00:{number % 60}.{number:06}"),
        )
    run_job(log_group.name, "jr_3", *manifest(flow))
    sizes = [len(event["SecondsToVisible"]) for event in log_group.events("jr_3") if "SecondsToVisible" in event]
    assert sizes == [100, 100, 30]
    expected = [number % 60 + round(number / 1_000_000, 3) for number in range(230)]
    assert sorted(log_group.metrics("jr_3")["SecondsToVisible"]) == pytest.approx(sorted(expected), abs=0.0011)


def test_a_sweep_counts_missed_uploads_but_not_recent_uploads(
    flow: Flow, run_job: RunJob, log_group: LogGroup, monkeypatch: pytest.MonkeyPatch
):
    for name in ("late", "later", "deleted"):
        flow.put(f"raw/expenses/{name}.csv", csv_of(expense(merchant=name)))
    flow.bucket.put("raw/expenses/fresh.csv", csv_of(expense(merchant="fresh")))
    run_job(log_group.name, "jr_4", "--keys-from", "sweep")
    assert log_group.metrics("jr_4")["UploadsFoundBySweep"] == [0]
    assert log_group.metrics("jr_4")["UploadsPublished"] == [1]

    monkeypatch.setattr(sweep, "MISSED_AFTER", timedelta(0))
    flow.bucket.put("raw/expenses/late.csv", csv_of(expense(merchant="late again")))
    flow.bucket.delete("raw/expenses/deleted.csv")
    flow.bucket.put("raw/expenses/killed.csv", csv_of(expense(merchant="killed")))
    with poisoned(flow):
        flow.bucket.put("raw/expenses/poison.csv", csv_of(expense(merchant="poison")))
        with pytest.raises(job.JobFailedError):
            run_job(log_group.name, "jr_5", *manifest(flow, "raw/expenses/poison.csv"))
    run_job(log_group.name, "jr_6", "--keys-from", "sweep")
    # The sweep finds three missed changes: two new versions and one removal. It does not count poison.csv, because an
    # earlier run has already tried poison.csv.
    assert log_group.metrics("jr_6")["UploadsFoundBySweep"] == [3]
    assert log_group.metrics("jr_6")["UploadsPublished"] == [3]

    run_job(log_group.name, "jr_7", "--keys-from", "sweep")
    assert log_group.metrics("jr_7")["UploadsFoundBySweep"] == [0]


def test_a_failed_run_emits_its_metrics(flow: Flow, run_job: RunJob, log_group: LogGroup):
    flow.bucket.put("raw/expenses/a.csv", csv_of(expense(merchant="a")))
    flow.bucket.put("raw/expenses/poison.csv", csv_of(expense(merchant="poison")))
    with poisoned(flow), pytest.raises(job.JobFailedError):
        run_job(log_group.name, "jr_8", *manifest(flow, "raw/expenses/a.csv", "raw/expenses/poison.csv"))
    emitted = log_group.metrics("jr_8")
    assert emitted["UploadsPublished"] == [1]
    assert emitted["UploadsFailed"] == [1]
    assert len(emitted["SecondsToVisible"]) == 1


def test_a_run_that_fails_midway_emits_its_metrics_and_raises_the_error(
    flow: Flow, run_job: RunJob, log_group: LogGroup, monkeypatch: pytest.MonkeyPatch
):
    for name in ("a", "b", "c"):
        flow.bucket.put(f"raw/expenses/{name}.csv", csv_of(expense(merchant=name)))
    reconcile, batches = job.reconcile_keys, count(1)

    def break_at_the_third(*arguments: Any) -> Any:
        if next(batches) == 3:
            raise OSError("the cluster is gone")
        return reconcile(*arguments)

    monkeypatch.setattr(job, "reconcile_keys", break_at_the_third)
    with pytest.raises(OSError, match="the cluster is gone"):
        run_job(log_group.name, "jr_9", "--keys-from", "sweep", "--keys-per-batch", "1")
    emitted = log_group.metrics("jr_9")
    assert emitted["UploadsPublished"] == [2]
    assert "UploadsFoundBySweep" not in emitted, "only a finished sweep emits it"


def test_a_missing_log_group_is_logged_as_a_warning(flow: Flow, run_job: RunJob, caplog: pytest.LogCaptureFixture):
    flow.bucket.put("raw/expenses/a.csv", csv_of(expense(merchant="a")))
    with caplog.at_level(logging.WARNING):
        run_job("/nowhere", "jr_10", *manifest(flow, "raw/expenses/a.csv"))
    assert flow.transactions() == ["a"]
    assert "some or all metrics of the job run were not emitted: ResourceNotFoundException" in caplog.text


def test_a_failed_run_raises_its_own_error_if_the_log_group_is_missing(flow: Flow, run_job: RunJob):
    flow.bucket.put("raw/expenses/poison.csv", csv_of(expense(merchant="poison")))
    with poisoned(flow), pytest.raises(job.JobFailedError, match="1 of 1 keys failed"):
        run_job("/nowhere", "jr_11", *manifest(flow, "raw/expenses/poison.csv"))


def test_without_a_log_group_no_metrics_are_emitted(
    flow: Flow, spark: SparkSession, stack: Stack, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(boto3, "client", None)
    flow.bucket.put("raw/expenses/a.csv", csv_of(expense(merchant="a")))
    job.main(["--keys-from", "sweep", "--bucket", flow.bucket.name, "--database-secret", stack.secret_id])
    assert flow.transactions() == ["a"]


def test_emitting_a_metric_without_a_unit_is_an_error():
    with pytest.raises(KeyError):
        embedded_metrics({"Uploads": 1}, {}, 0)
