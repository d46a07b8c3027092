"""Tests of complete job runs, from the arguments to the outcome."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pymysql
import pytest
from flow import Flow, poisoned
from pymysql.constants import CR, ER
from pyspark.sql import SparkSession
from stack import Stack
from statements import csv_of, expense

from centflow_glue import database, tasks
from centflow_glue.arguments import parse_arguments
from centflow_glue.keys.manifest import KeyToReconcile, ManifestError
from centflow_glue.main import JobFailedError, main
from centflow_glue.reconcile import Outcome, Reconciler

BAD = b"no,csv,of,this,feed\n"
RunJob = Callable[..., None]


@pytest.fixture
def run_job(spark: SparkSession, stack: Stack, flow: Flow) -> RunJob:
    """Runs the job on the test's bucket."""

    def run(*arguments: str) -> None:
        main([*arguments, "--bucket", flow.bucket.name, "--database-secret", stack.secret_id, "--JOB_RUN_ID", "jr_1"])

    return run


def manifest(flow: Flow, *object_keys: str) -> Sequence[str]:
    """Returns the arguments of a job run that reconciles these keys."""
    lines = [f'{{"key":"{object_key}","eventTime":"2025-01-15T12:00:00.000Z"}}' for object_key in object_keys]
    flow.bucket.put("manifests/1.jsonl", "\n".join(lines).encode())
    return ("--keys-from", "manifest", "--manifest", f"s3://{flow.bucket.name}/manifests/1.jsonl")


def test_a_job_run_reconciles_the_keys_of_its_manifest_and_no_others(
    flow: Flow, run_job: RunJob, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    for name in ("a", "b", "c"):
        flow.bucket.put(f"raw/expenses/{name}.csv", csv_of(expense(merchant=name)))
    flow.bucket.put("raw/expenses/bad.csv", BAD)

    run_job(*manifest(flow, "raw/expenses/a.csv", "raw/expenses/b.csv", "raw/expenses/bad.csv", "raw/expenses/no.csv"))

    assert flow.transactions() == ["a", "b"]
    assert flow.states("raw/expenses/bad.csv") == ["rejected"]
    assert flow.unsettled() == ["raw/expenses/c.csv"]
    assert {upload["job_run_id"] for upload in flow.uploads()} == {"jr_1"}
    assert '"keys": {"published": 2, "rejected": 1, "unchanged": 1}' in caplog.text


def test_a_sweep_reconciles_missed_keys_in_batches(flow: Flow, run_job: RunJob):
    names = [f"{number:02}" for number in range(12)]
    for name in names:
        flow.bucket.put(f"raw/expenses/{name}.csv", csv_of(expense(merchant=name)))
    flow.put("raw/expenses/gone.csv", csv_of(expense(merchant="gone")))
    flow.bucket.delete("raw/expenses/gone.csv")

    run_job("--keys-from", "sweep", "--keys-per-batch", "5")

    assert flow.transactions() == names
    assert flow.unsettled() == []


def test_a_job_run_with_a_failed_key_publishes_the_others_and_then_fails(flow: Flow, run_job: RunJob):
    flow.bucket.put("raw/expenses/a.csv", csv_of(expense(merchant="a")))
    flow.bucket.put("raw/expenses/b.csv", csv_of(expense(merchant="b")))
    flow.bucket.put("raw/expenses/poison.csv", csv_of(expense(merchant="poison")))
    arguments = manifest(flow, "raw/expenses/a.csv", "raw/expenses/poison.csv", "raw/expenses/b.csv")
    with poisoned(flow), pytest.raises(JobFailedError) as failed:
        run_job(*arguments, "--keys-per-batch", "1")
    assert str(failed.value).startswith(
        "1 of 3 keys failed; the next sweep tries them again. 'raw/expenses/poison.csv': "
    )
    assert flow.transactions() == ["a", "b"]
    assert flow.states("raw/expenses/poison.csv") == ["failed"]
    run_job("--keys-from", "sweep")
    assert flow.transactions() == ["a", "b", "poison"]


def test_the_error_names_only_a_few_of_many_failed_keys(flow: Flow, run_job: RunJob):
    for number in range(8):
        flow.bucket.put(f"raw/expenses/{number}.csv", csv_of(expense(merchant="poison")))
    with poisoned(flow), pytest.raises(JobFailedError, match="8 of 8 keys failed") as failed:
        run_job("--keys-from", "sweep")
    assert str(failed.value).count("raw/expenses/") == 5


def test_an_unreadable_manifest_fails_the_job_run_with_advice(flow: Flow, run_job: RunJob):
    flow.bucket.put("manifests/broken.jsonl", b"{}\n")
    with pytest.raises(ManifestError, match=r"Line 1 .* run the sweep"):
        run_job("--keys-from", "manifest", "--manifest", f"s3://{flow.bucket.name}/manifests/broken.jsonl")


# Tests of one task, without Spark.


def outcomes(stack: Stack, flow: Flow, *object_keys: str, job_run_id: str = "jr_1") -> dict[str, tuple[str, str]]:
    """Returns the outcomes of a task by key: result, and message without line numbers."""
    argv = ["--keys-from", "sweep", "--bucket", flow.bucket.name, "--database-secret", stack.secret_id]
    parsed = parse_arguments(argv)
    task = tasks._Task(replace(parsed, job_run_id=job_run_id))
    keys = [KeyToReconcile(object_key) for object_key in object_keys]
    return {
        outcome.object_key: (outcome.result, re.sub(r" \([\w/]+\.py:\d+\)", "", outcome.message))
        for outcome in task(keys)
    }


class _Flaky:
    """Makes the job fail for some keys, a given number of times per key."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failures: dict[str, list[Exception]]) -> None:
        self.tries: list[str] = []
        reconcile_key = Reconciler.reconcile_key

        def flaky(job: Reconciler, object_key: str, event_time: datetime | None) -> Outcome:
            self.tries.append(object_key)
            if failures.get(object_key):
                raise failures[object_key].pop()
            return reconcile_key(job, object_key, event_time)

        monkeypatch.setattr(Reconciler, "reconcile_key", flaky)


@pytest.fixture(autouse=True)
def _close_connections() -> Any:
    yield
    tasks._open_connection.cache_clear()


def test_a_task_retries_while_the_database_is_unavailable(flow: Flow, stack: Stack, monkeypatch: pytest.MonkeyPatch):
    flow.bucket.put("raw/expenses/a.csv", csv_of(expense(merchant="a")))
    lost = [pymysql.err.OperationalError(code, "away") for code in (CR.CR_SERVER_LOST, ER.LOCK_DEADLOCK)]
    flaky = _Flaky(monkeypatch, {"raw/expenses/a.csv": [*lost, pymysql.err.InterfaceError(0, "")]})
    assert outcomes(stack, flow, "raw/expenses/a.csv") == {"raw/expenses/a.csv": ("published", "")}
    assert flaky.tries == ["raw/expenses/a.csv"] * 4


def test_a_task_reports_a_key_as_failed_if_the_database_stays_unavailable_and_continues(
    flow: Flow, stack: Stack, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "ATTEMPTS", 2)
    lost = [pymysql.err.OperationalError(CR.CR_SERVER_LOST, "away")] * 100
    _Flaky(monkeypatch, {"raw/expenses/a.csv": lost})
    assert outcomes(stack, flow, "raw/expenses/a.csv", "raw/expenses/b.csv") == {
        "raw/expenses/a.csv": ("failed", "OperationalError 2013"),
        "raw/expenses/b.csv": ("unchanged", ""),
    }


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError("held too long"),
        pymysql.err.ProgrammingError("no table"),
        KeyError("whatever"),
        OSError("no route"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_task_tries_a_key_with_a_permanent_error_once_and_continues_with_the_next(
    flow: Flow, stack: Stack, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    flow.bucket.put("raw/expenses/b.csv", csv_of(expense(merchant="b")))
    flaky = _Flaky(monkeypatch, {"raw/expenses/a.csv": [error]})
    result = outcomes(stack, flow, "raw/expenses/a.csv", "raw/expenses/b.csv")
    assert result == {
        "raw/expenses/a.csv": ("failed", type(error).__name__),
        "raw/expenses/b.csv": ("published", ""),
    }
    assert flaky.tries == ["raw/expenses/a.csv", "raw/expenses/b.csv"]


def test_a_failed_key_leaves_no_lock_and_no_transaction_behind(
    flow: Flow, stack: Stack, reconciler: Callable[..., Reconciler], monkeypatch: pytest.MonkeyPatch
):
    flow.bucket.put("raw/expenses/a.csv", csv_of(expense(merchant="a")))
    with monkeypatch.context() as patched:
        patched.setattr("centflow_glue.reconcile.publish", lambda *_: 1 / 0)
        result = outcomes(stack, flow, "raw/expenses/a.csv")
    assert re.match("ZeroDivisionError", result["raw/expenses/a.csv"][1])
    assert reconciler().reconcile_key("raw/expenses/a.csv", None).result == "published"
