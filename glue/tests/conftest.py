"""Fixtures: one stack for all tests, with an empty bucket and an empty database for each test."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pymysql
import pytest
from flow import Flow
from hypothesis import HealthCheck, settings
from pymysql.connections import Connection
from pyspark.sql import SparkSession
from stack import Bucket, Stack, fetch, start_stack, tool_paths

from centflow_glue.bucket import s3_client
from centflow_glue.contract import load_contracts
from centflow_glue.database import DatabaseAddress, connect
from centflow_glue.limits import ReadLimits, SummaryLimits
from centflow_glue.reconcile import Reconciler

# The default profile always runs the same examples. `pytest --hypothesis-profile=explore` runs many more.
COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
settings.register_profile("centflow", max_examples=200, derandomize=True, **COMMON)
settings.register_profile("explore", max_examples=3000, **COMMON)
settings.load_profile("centflow")

BUCKETS = count(1)

# With these limits every upload has summaries, even a small upload, and each row is added to the summaries separately.
ALL_SUMMARIES = SummaryLimits(least_rows=0, rows_per_group=0, rows_at_once=1)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """MySQL with the migrated database, S3 and Secrets Manager. AWS clients of this process use this stack."""
    with start_stack(tmp_path_factory.mktemp("stack")) as running, pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture(scope="session")
def s3(stack: Stack) -> Any:
    """The S3 client that the job uses."""
    return s3_client()


@pytest.fixture
def bucket(stack: Stack, s3: Any) -> Bucket:
    """An empty versioned bucket."""
    name = f"centflow-test-{next(BUCKETS)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": stack.region})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return Bucket(name, s3)


@pytest.fixture
def small_pages(s3: Any) -> Iterator[None]:
    """Makes S3 list versions in pages of 7 instead of 1,000."""

    def shrink(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**params, "MaxKeys": 7}

    event = "provide-client-params.s3.ListObjectVersions"
    s3.meta.events.register(event, shrink)
    yield
    s3.meta.events.unregister(event, shrink)


@pytest.fixture(scope="session")
def administrator(stack: Stack) -> Iterator[Connection]:
    """The administrator's connection for the whole session. Tests use the fixture `admin` instead."""
    connection = stack.connect(stack.admin)
    yield connection
    connection.close()


@pytest.fixture
def database(stack: Stack, administrator: Connection) -> str:
    """The name of the database. All its tables are empty."""
    empty_tables(administrator)
    return stack.database


def empty_tables(connection: Connection) -> None:
    """Deletes all rows, except the record of the applied migrations."""
    tables = fetch(
        connection,
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()"
        " AND table_type = 'BASE TABLE' AND table_name <> 'schema_migrations'",
    )
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM `{table['name']}`")


@pytest.fixture
def admin(administrator: Connection, database: str) -> Connection:
    """The administrator's connection to the emptied database, with autocommit. Rows are dicts."""
    return administrator


@pytest.fixture
def reporter(stack: Stack, database: str) -> Iterator[Connection]:
    """A connection of the user who reads the views, with autocommit. Rows are dicts."""
    connection = stack.connect(stack.reporter)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def address(stack: Stack) -> DatabaseAddress:
    """The address with which the job connects to the database."""
    return DatabaseAddress(stack.secret_id)


MakeReconciler = Callable[..., Reconciler]


@pytest.fixture
def reconciler(address: DatabaseAddress, database: str, bucket: Bucket) -> Iterator[MakeReconciler]:
    """Creates reconcilers, each with a separate connection. Keyword arguments replace the default attributes."""
    connections: list[Connection] = []

    def make(**overrides: Any) -> Reconciler:
        connections.append(connect(address))
        made: dict[str, Any] = {
            "connection": connections[-1],
            "bucket": bucket.name,
            "database": database,
            "contracts": load_contracts(),
            "limits": ReadLimits(),
            "job_run_id": "jr_test",
            "summary_limits": ALL_SUMMARIES,
        }
        return Reconciler(**{**made, **overrides})

    yield make
    for connection in connections:
        with suppress(pymysql.err.Error):
            connection.close()


@pytest.fixture
def flow(bucket: Bucket, reconciler: MakeReconciler, admin: Connection, reporter: Connection) -> Flow:
    """Returns a `Flow` that turns objects in S3 into rows in the views, one key at a time."""
    return Flow(bucket, reconciler(), admin, reporter)


@pytest.fixture(scope="session")
def spark(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A Spark session with two cores that starts fast. The Python workers inherit the stack's environment."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if "javaHome" in tool_paths():
        os.environ.setdefault("JAVA_HOME", tool_paths()["javaHome"])
    session = (
        SparkSession.builder.master("local[2]")
        .appName("centflow-test")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.catalogImplementation", "in-memory")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.local.dir", str(tmp_path_factory.mktemp("spark")))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
