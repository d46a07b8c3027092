"""Kills the job or MySQL at any point.

Readers must see a complete change or none, and the next run must complete it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import model
import pymysql
import pytest
from conftest import empty_tables
from crash_points import (
    CRASH_POINTS,
    CrashPoint,
    KilledError,
    is_locked,
    keys_to_sweep,
    killed_before,
    reconcile_key,
    start,
    sweep,
)
from model import File, Line, Twins
from mysql_server import DATABASE, MysqlServer, mysql_server
from pymysql.connections import Connection
from pyspark.sql import SparkSession
from stack import REPOSITORY, Bucket, Stack, fetch

from centflow_glue.database import DatabaseAddress, connect
from centflow_glue.main import main

CORRECTED = "raw/expenses/owner=ann/january.csv"
OVERLAPPING = "raw/expenses/owner=ann/export.csv"
# Spark starts in 5 s on an idle machine, and in up to a minute on a busy machine.
PATIENCE_SECONDS = 180
SPARK_OPTIONS = (
    "--master local[1] --driver-memory 512m --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1"
    " --conf spark.driver.bindAddress=127.0.0.1 --driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'"
    " pyspark-shell"
)


def expenses(first: int, last: int, category: str = "Food") -> File:
    """Returns a file with the expenses `first` to `last - 1`. The same number always gives the same transaction."""
    return File(
        "expenses",
        tuple(
            Line((f"2025-01-{number % 28 + 1:02}", "Cafe", category, "card", f"{number}.50", "EUR", "", "", "", ""))
            for number in range(first, last)
        ),
    )


@dataclass
class Reader:
    """A reader who queries the views continuously.

    Attributes:
        seen: The results in order, without consecutive repetitions. `look` documents the figures in a result.
        looks: Number of queries so far.
    """

    seen: list[tuple[Any, ...]] = field(default_factory=list)
    looks: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)

    def look(self, connection: Connection) -> tuple[Any, ...]:
        """Returns row count, total amount, number of rows in "Other" and total monthly expense, from one snapshot."""
        (row,) = fetch(
            connection,
            "SELECT (SELECT COUNT(*) FROM v_transactions) AS n,"
            " (SELECT COALESCE(SUM(amount), 0) FROM v_transactions) AS amount,"
            " (SELECT COUNT(*) FROM v_transactions WHERE category = 'Other') AS other,"
            " (SELECT COALESCE(SUM(expense), 0) FROM v_monthly_cash_flow) AS expense",
        )
        if None in row.values():
            # Counts and sums are normally never NULL. During a shutdown, MySQL kills the query and may return NULLs.
            raise pymysql.err.OperationalError("the query was killed")
        return tuple(row.values())

    def run(self, open_connection: Callable[[], Connection]) -> None:
        """Queries the views until `stop` is called. Reconnects while the database is unavailable."""
        while not self._stopped.is_set():
            try:
                with closing(open_connection()) as connection:
                    while not self._stopped.is_set():
                        now = self.look(connection)
                        self.looks += 1
                        if not self.seen or self.seen[-1] != now:
                            self.seen.append(now)
                        time.sleep(0.005)
            except pymysql.err.Error:
                time.sleep(0.05)

    def stop(self) -> None:
        """Stops the background reader."""
        self._stopped.set()


@contextmanager
def reading(open_connection: Callable[[], Connection]) -> Iterator[Reader]:
    """Runs a reader in the background during the block."""
    reader = Reader()
    thread = threading.Thread(target=reader.run, args=(open_connection,), name="reader")
    thread.start()
    try:
        wait_until(lambda: reader.looks > 0, "the reader has looked once")
        yield reader
        looks = reader.looks
        wait_until(lambda: reader.looks > looks + 1, "the reader has seen the end")
    finally:
        reader.stop()
        thread.join()


def signature(uploads: Twins) -> tuple[Any, ...]:
    """Returns the result of `Reader.look` that the model expects."""
    shown = model.shown_rows(uploads.published())
    amount = sum((row.amount for row in shown), Decimal(0))
    return len(shown), amount, sum(row["category"] == "Other" for row in shown), amount


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Waits until the condition holds. Fails after `PATIENCE_SECONDS`."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {PATIENCE_SECONDS} s in vain until {what}"
        # InnoDB refreshes its list of transactions only if nobody has read the list for 0.1 s.
        time.sleep(0.15)


def assert_settled(admin: Connection, address: DatabaseAddress, uploads: Twins) -> None:
    """Asserts that the views equal the model, and that no unfinished load, hidden row, lock or transaction is left."""
    model.assert_same(model.shown_views(admin), model.views(uploads.published()))
    left = "SELECT COUNT(*) AS n FROM expenses LEFT JOIN uploads USING (upload_id) WHERE state <=> 'published' = 0"
    assert fetch(admin, left) == [{"n": 0}]
    states = fetch(admin, "SELECT DISTINCT state FROM uploads WHERE state IN ('loading', 'failed') OR rows_stored"
                          " <> (state = 'published')")  # fmt: skip
    assert states == []
    with closing(connect(address)) as connection:
        assert keys_to_sweep(connection, uploads.bucket.name) == []
        assert [key for key in uploads.object_keys if is_locked(connection, uploads.bucket.name, key)] == []
    wait_until(lambda: not open_transactions(admin), "no transaction is open")


def open_transactions(admin: Connection) -> list[dict[str, Any]]:
    """Returns the open transactions of this database. Other tests use other databases on the same server.

    The result includes transactions that MySQL recovered after a restart, which belong to no connection.
    """
    return fetch(
        admin,
        "SELECT trx_id, trx_state, trx_rows_modified FROM information_schema.innodb_trx"
        " WHERE trx_mysql_thread_id NOT IN (SELECT id FROM information_schema.processlist WHERE db <> DATABASE())",
    )


@pytest.fixture
def uploads(bucket: Bucket) -> Twins:
    return Twins(bucket)


@pytest.mark.parametrize("point", CRASH_POINTS, ids=str)
def test_the_sweep_completes_a_killed_correction_and_readers_never_see_half_of_the_correction(
    point: CrashPoint, stack: Stack, admin: Connection, address: DatabaseAddress, uploads: Twins
) -> None:
    with closing(connect(address)) as connection:
        uploads.put(CORRECTED, expenses(0, 700))
        uploads.put(OVERLAPPING, expenses(300, 900))
        for object_key in (CORRECTED, OVERLAPPING):
            reconcile_key(connection, uploads.bucket.name, object_key)
        assert_settled(admin, address, uploads)
        before = signature(uploads)
        uploads.put(CORRECTED, expenses(100, 800, category="Other"))
        after = signature(uploads)

        with reading(lambda: stack.connect(stack.reporter)) as reader:
            process = start(stack.environment(), address, uploads.bucket.name, [CORRECTED], point)
            process.join(PATIENCE_SECONDS)
            assert process.exitcode == -signal.SIGKILL
            found = sweep(connection, uploads.bucket.name)

    assert found in ([CORRECTED], []), "the sweep finds the key that was killed, and no other"
    assert reader.seen == [before, after]
    assert_settled(admin, address, uploads)


# Each case takes a different path through the job. Before a case runs, CORRECTED and OVERLAPPING are published and
# share rows. The case changes one object and returns its key.
CASES: dict[str, Callable[[Twins], str]] = {}


def case(make: Callable[[Twins], str]) -> Callable[[Twins], str]:
    """Registers a case under the name of its function."""
    CASES[make.__name__] = make
    return make


@case
def a_new_upload(uploads: Twins) -> str:
    uploads.put("raw/expenses/owner=ann/new.csv", expenses(1, 4, category="Other"))
    return "raw/expenses/owner=ann/new.csv"


@case
def a_correction(uploads: Twins) -> str:
    uploads.put(CORRECTED, expenses(2, 6, category="Other"))
    return CORRECTED


@case
def a_rejected_correction(uploads: Twins) -> str:
    uploads.put(CORRECTED, File("expenses", (Line(("2025-01-01", "", "", "", "x", "", ""), "missing_value"),)))
    return CORRECTED


@case
def a_correction_after_a_rejected_one(uploads: Twins) -> str:
    uploads.put(CORRECTED, expenses(2, 6, category="Other"))
    uploads.put(CORRECTED, File("expenses", flaw="missing_header"))
    return CORRECTED


@case
def a_delete(uploads: Twins) -> str:
    uploads.delete(CORRECTED)
    return CORRECTED


@case
def an_object_of_no_feed(uploads: Twins) -> str:
    uploads.put("raw/expences/january.csv", expenses(0, 2))
    return "raw/expences/january.csv"


@pytest.mark.parametrize("happens", CASES.values(), ids=CASES)
def test_the_sweep_completes_a_killed_run_whichever_statement_was_next(
    happens: Callable[[Twins], str], admin: Connection, address: DatabaseAddress, stack: Stack, s3: Any
) -> None:
    """Repeats the run in this process until it completes. Each time, kills the run one statement later."""
    with closing(connect(address)) as connection:
        uploads = Twins.of_new_bucket(s3, stack.region)
        uploads.put(CORRECTED, expenses(0, 3))
        uploads.put(OVERLAPPING, expenses(1, 5))
        for object_key in (OVERLAPPING, CORRECTED):
            reconcile_key(connection, uploads.bucket.name, object_key)
        before = model.views(uploads.published())
        rows, first_versions = stored_rows(admin), list(uploads.all_versions())

        for statement in count(1):
            if statement > 1:
                store_rows(admin, rows)
                for version in set(uploads.all_versions()).difference(first_versions):
                    uploads.remove(version)
            object_key = happens(uploads)
            after = model.views(uploads.published())

            finished = True
            with killed_before(connection, statement):
                try:
                    reconcile_key(connection, uploads.bucket.name, object_key)
                except KilledError:
                    finished = False
            assert model.shown_views(admin) in (before, after)
            assert sweep(connection, uploads.bucket.name) in ([object_key], [])
            assert_settled(admin, address, uploads)
            if finished:
                break
    assert statement > 5, "so many statements are sent at least"


def stored_rows(admin: Connection) -> dict[str, list[dict[str, Any]]]:
    """Returns the rows of each table that has any, without the columns that MySQL generates."""
    columns: dict[str, list[str]] = {}
    for column in fetch(
        admin,
        "SELECT table_name AS in_table, column_name AS name FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name) WHERE table_schema = DATABASE()"
        " AND table_type = 'BASE TABLE' AND table_name <> 'schema_migrations' AND generation_expression = ''",
    ):
        columns.setdefault(column["in_table"], []).append(f"`{column['name']}`")
    rows = {table: fetch(admin, f"SELECT {', '.join(names)} FROM `{table}`") for table, names in columns.items()}
    return {table: found for table, found in rows.items() if found}


def store_rows(admin: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Replaces all rows in the database with these rows."""
    empty_tables(admin)
    with admin.cursor() as cursor:
        for table, found in rows.items():
            columns = ", ".join(f"`{column}`" for column in found[0])
            places = ", ".join(["%s"] * len(found[0]))
            statement = f"INSERT INTO `{table}` ({columns}) VALUES ({places})"
            cursor.executemany(statement, [tuple(row.values()) for row in found])


def test_the_next_job_run_completes_a_load_that_was_killed_on_spark(
    stack: Stack, spark: SparkSession, admin: Connection, address: DatabaseAddress, uploads: Twins
) -> None:
    uploads.put(CORRECTED, expenses(0, 10))
    run_job(stack.secret_id, uploads.bucket.name)
    before = signature(uploads)
    uploads.put(CORRECTED, expenses(5, 3000, category="Other"))

    with reading(lambda: stack.connect(stack.reporter)) as reader:
        with loads_stopped(stack.connect(stack.admin)):
            job = subprocess.Popen(
                [
                    sys.executable,
                    str(REPOSITORY / "glue/job.py"),
                    *sweep_arguments(stack.secret_id, uploads.bucket.name),
                ],
                env={**os.environ, "PYSPARK_SUBMIT_ARGS": SPARK_OPTIONS},
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                wait_until(lambda: job.poll() is not None or is_in_the_midst(admin), "a part of the rows is stored")
                assert job.poll() is None
            finally:
                kill_session(job)
        assert fetch(admin, "SELECT state FROM uploads ORDER BY upload_id DESC LIMIT 1") == [{"state": "loading"}]
        run_job(stack.secret_id, uploads.bucket.name)

    assert reader.seen == [before, signature(uploads)]
    assert_settled(admin, address, uploads)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM], ids=["after SIGKILL", "after a shutdown"])
def test_the_job_completes_a_load_after_the_database_restarts(
    signal_number: int, stack: Stack, spark: SparkSession, server: MysqlServer, uploads: Twins, secret: str
) -> None:
    uploads.put(CORRECTED, expenses(0, 10))
    with closing(server.connect()) as admin:
        empty_tables(admin)
        run_job(secret, uploads.bucket.name)
        before = signature(uploads)
        uploads.put(CORRECTED, expenses(5, 3000, category="Other"))

        with (
            reading(lambda: server.connect("reporter")) as reader,
            loads_stopped(server.connect()),
            ThreadPoolExecutor() as threads,
        ):
            job = threads.submit(run_job, secret, uploads.bucket.name)
            wait_until(lambda: job.done() or is_in_the_midst(admin), "a part of the rows is stored")
            assert not job.done()
            server.stop(signal_number)
            server.start()
            job.result(PATIENCE_SECONDS)

    with closing(server.connect()) as admin:
        assert reader.seen == [before, signature(uploads)]
        assert_settled(admin, DatabaseAddress(secret), uploads)


def sweep_arguments(secret_id: str, bucket: str) -> list[str]:
    """Returns the job's arguments for a sweep."""
    return ["--keys-from", "sweep", "--bucket", bucket, "--database-secret", secret_id]


def run_job(secret_id: str, bucket: str) -> None:
    """Runs a sweep in the Spark session that is already running."""
    main(sweep_arguments(secret_id, bucket))


@contextmanager
def loads_stopped(connection: Connection) -> Iterator[None]:
    """Makes the next upload's load wait at its 1,000th row. Another connection inserts that row and does not commit."""
    columns = "date, merchant, category, account, amount, currency, description, fingerprint"
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SET SESSION transaction_isolation = 'READ-COMMITTED'")  # locks only that row
        cursor.execute("BEGIN")
        cursor.execute(
            f"INSERT INTO expenses (upload_id, row_no, {columns})"
            f" SELECT upload_id + 1, 1000, {columns} FROM expenses ORDER BY upload_id DESC LIMIT 1"
        )
        yield
        connection._force_close()


def is_in_the_midst(admin: Connection) -> bool:
    """Returns whether a load is waiting for the lock of `loads_stopped`."""
    return any(row["trx_state"] == "LOCK WAIT" and row["trx_rows_modified"] > 500 for row in open_transactions(admin))


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """Kills a process and all processes of its session with SIGKILL: driver, JVM and Python workers."""
    for entry in Path("/proc").iterdir():
        with suppress(ProcessLookupError, PermissionError):
            if entry.name.isdigit() and os.getsid(int(entry.name)) == process.pid:
                os.kill(int(entry.name), signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MysqlServer]:
    with mysql_server(tmp_path_factory.mktemp("m")) as running:
        yield running


@pytest.fixture(scope="module")
def secret(server: MysqlServer, stack: Stack) -> str:
    """The name of the secret with the loader's credentials for this server."""
    credentials = {"host": "127.0.0.1", "port": server.port, "username": "loader", "password": server.password}
    client = boto3.client("secretsmanager")
    client.create_secret(Name="restarting", SecretString=json.dumps({**credentials, "dbname": DATABASE}))
    return "restarting"
