"""Tests of four job runs at the same time, on the same or different keys, while users upload and delete files."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

import pytest
from crash_points import start, sweep
from model import File, Line, Twins
from pymysql.connections import Connection
from pyspark.sql import SparkSession
from stack import Stack, fetch
from test_crash import assert_settled, reading, run_job, signature

from centflow_glue.database import DatabaseAddress, connect
from centflow_glue.main import main

RUNS = 4
JOIN_SECONDS = 120
MANIFESTS = count(1)


def statement(first: int, last: int, category: str = "Food", feed: str = "expenses") -> File:
    """Returns a CSV of the payments `first` to `last`. A number always gives the same payment. Each tenth has an id."""
    place = ("", "") if feed == "expenses" else ()
    return File(
        feed,
        tuple(
            Line(
                (
                    *(f"2025-01-{number % 28 + 1:02}", "Cafe", category, "card", f"{number}.50", "EUR", "", *place),
                    f"t{number}" if number % 10 == 0 else "",
                )
            )
            for number in range(first, last)
        ),
    )


@pytest.fixture
def uploads(s3: Any, stack: Stack) -> Twins:
    return Twins.of_new_bucket(s3, stack.region)


@contextmanager
def no_deadlocks(admin: Connection) -> Iterator[None]:
    """Checks that no deadlock occurs. The job survives deadlocks, but then loads the upload a second time."""
    sql = "SELECT COUNT AS n FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'"
    before = fetch(admin, sql)
    yield
    assert fetch(admin, sql) == before, fetch(admin, "SHOW ENGINE INNODB STATUS")[0]["Status"]


def reconcile_in_processes(
    stack: Stack, address: DatabaseAddress, uploads: Twins, shares: Sequence[Sequence[str]]
) -> None:
    """Runs one process for each share of the keys, all at once."""
    processes = [start(stack.environment(), address, uploads.bucket.name, share) for share in shares]
    for process in processes:
        process.join(JOIN_SECONDS)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def run_manifest(stack: Stack, uploads: Twins, object_keys: Sequence[str]) -> None:
    """Runs the job for these keys, in the running Spark session."""
    manifest = f"manifests/{next(MANIFESTS)}.jsonl"
    uploads.bucket.put(manifest, "\n".join(json.dumps({"key": key}) for key in object_keys).encode())
    arguments = ["--keys-from", "manifest", "--manifest", f"s3://{uploads.bucket.name}/{manifest}"]
    main([*arguments, "--bucket", uploads.bucket.name, "--database-secret", stack.secret_id])


def a_busy_day(uploads: Twins) -> Iterator[None]:
    """Corrects and deletes objects, and yields after each change.

    If a job run is reconciling the changed key, the run must see the change or repeat its work.
    """
    for number in range(2):
        uploads.put("raw/expenses/owner=ann/a.csv", statement(number, 30 + number, category=f"Food {number}"))
        yield
        uploads.delete("raw/expenses/owner=ann/b.csv")
        yield
        uploads.put("raw/incomes/owner=ann/pay.csv", statement(0, 5 * number, feed="incomes"))
        yield
        uploads.put("raw/expenses/owner=ann/b.csv", statement(10, 40))
        yield
        uploads.put("raw/expenses/owner=bob/a.csv", File("expenses", flaw="missing_header"))
        yield


def first_uploads(uploads: Twins) -> list[str]:
    """Uploads the first files of the day. Returns their keys."""
    for name in "abc":
        uploads.put(f"raw/expenses/owner=ann/{name}.csv", statement(0, 30))
    uploads.put("raw/expenses/owner=bob/a.csv", statement(0, 30))
    uploads.put("raw/incomes/owner=ann/pay.csv", statement(0, 10, feed="incomes"))
    uploads.put("raw/expences/typo.csv", statement(0, 3))
    return uploads.object_keys


def test_four_processes_on_the_same_keys_produce_the_same_result_as_one_process(
    stack: Stack, admin: Connection, address: DatabaseAddress, uploads: Twins
) -> None:
    keys = first_uploads(uploads)
    shares = [keys * 3, keys[::-1] * 3, sorted(keys * 3), keys[2:] * 3 + keys[:2] * 3]

    with no_deadlocks(admin), ThreadPoolExecutor() as threads:
        done = threads.submit(reconcile_in_processes, stack, address, uploads, shares)
        for _ in a_busy_day(uploads):
            wait([done], 0.1)
        done.result()
        with closing(connect(address)) as connection:
            sweep(connection, uploads.bucket.name)

    assert_settled(admin, address, uploads)


@pytest.mark.parametrize("owners", [["ann"], ["ann", "bob", "cid", "dan"]], ids=["one owner", "four owners"])
def test_a_statement_that_is_published_many_times_at_once_counts_once(
    owners: list[str], stack: Stack, admin: Connection, address: DatabaseAddress, uploads: Twins
) -> None:
    for number in range(16):
        uploads.put(f"raw/expenses/owner={owners[number % len(owners)]}/{number}.csv", statement(0, 40))
    keys = uploads.object_keys
    # With one owner all processes publish into the same feed. With four owners the processes also meet in each feed.
    shares = [keys[number::RUNS] for number in range(RUNS)]

    with no_deadlocks(admin), reading(lambda: stack.connect(stack.reporter)) as reader:
        reconcile_in_processes(stack, address, uploads, shares)

    assert_settled(admin, address, uploads)
    rows, amount, _, _ = signature(uploads)
    a_statement = (rows // len(owners), amount / len(owners))
    seen = [(n, money) for n, money, _, _ in reader.seen]
    assert set(seen) <= {(a_statement[0] * times, a_statement[1] * times) for times in range(len(owners) + 1)}
    assert seen == sorted(seen), "no visible row disappears"


def test_four_job_runs_on_the_same_keys_produce_the_same_result_as_one_run(
    stack: Stack, spark: SparkSession, admin: Connection, address: DatabaseAddress, uploads: Twins
) -> None:
    keys = first_uploads(uploads)

    with no_deadlocks(admin), ThreadPoolExecutor(RUNS) as threads:
        runs = [threads.submit(run_manifest, stack, uploads, keys) for _ in range(RUNS)]
        for _ in a_busy_day(uploads):
            runs.append(threads.submit(run_manifest, stack, uploads, keys[::-1]))
            wait(runs[-RUNS:], return_when=FIRST_COMPLETED)
        for run in runs:
            run.result()
        run_job(stack.secret_id, uploads.bucket.name)

    assert_settled(admin, address, uploads)


def test_four_job_runs_on_different_keys_of_one_owner_produce_the_same_result_as_one_run(
    stack: Stack, spark: SparkSession, admin: Connection, address: DatabaseAddress, uploads: Twins
) -> None:
    for number in range(12):
        uploads.put(f"raw/expenses/owner=ann/{number}.csv", statement(number, 30 + number, category=f"Food {number}"))
    keys = uploads.object_keys

    with no_deadlocks(admin), ThreadPoolExecutor(RUNS) as threads:
        runs = [threads.submit(run_manifest, stack, uploads, keys[number::RUNS]) for number in range(RUNS)]
        for run in runs:
            run.result()

    assert_settled(admin, address, uploads)
