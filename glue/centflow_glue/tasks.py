"""Spark's part: hand keys to executors, which reconcile them side by side. No row of a file passes through Spark."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache

import pyarrow as pa
from pymysql.connections import Connection
from pymysql.err import MySQLError
from pyspark.sql import SparkSession

from centflow_glue.arguments import JobArguments
from centflow_glue.contract import load_contracts
from centflow_glue.database import DatabaseAddress, connect, retrying
from centflow_glue.manifest import KeyToReconcile
from centflow_glue.reconcile import LoadFailedError, Outcome, Reconciler

KEY_SCHEMA = "object_key string, event_time string"
OUTCOME_SCHEMA = "object_key string, result string, message string"
# Tasks per core: so that one key that takes long does not leave the other cores idle behind it.
TASKS_PER_CORE = 4


def reconcile_keys(spark: SparkSession, arguments: JobArguments, keys: Sequence[KeyToReconcile]) -> list[Outcome]:
    """Reconcile some keys, side by side over the cluster; the outcome of each, `failed` ones too."""
    tasks = min(len(keys), spark.sparkContext.defaultParallelism * TASKS_PER_CORE)
    entries = [(key.object_key, key.event_time.isoformat() if key.event_time else None) for key in keys]
    frame = spark.createDataFrame(spark.sparkContext.parallelize(entries, tasks), KEY_SCHEMA)
    outcomes = frame.mapInArrow(_Task(arguments), OUTCOME_SCHEMA).collect()
    return [Outcome(row.object_key, row.result, row.message) for row in outcomes]


class _Task:
    """What an executor does with its share of the keys."""

    def __init__(self, arguments: JobArguments) -> None:
        self._arguments = arguments

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for key in batch.to_pylist():
                outcome = self._reconcile(key["object_key"], key["event_time"])
                yield pa.RecordBatch.from_pylist([vars(outcome)])

    def _reconcile(self, object_key: str, event_time: str | None) -> Outcome:
        """One key, tried again while the database is away; a failure is an outcome, so that the other keys go on."""
        try:
            for attempt in retrying():
                with attempt:
                    return self._attempt(object_key, datetime.fromisoformat(event_time) if event_time else None)
        except (LoadFailedError, TimeoutError, MySQLError) as error:
            return Outcome(object_key, "failed", f"{type(error).__name__}: {error}")
        raise AssertionError("unreachable: retrying() ends by an outcome or an error")

    def _attempt(self, object_key: str, event_time: datetime | None) -> Outcome:
        arguments = self._arguments
        connection = _connection(arguments.database)
        try:
            return Reconciler(
                connection=connection,
                bucket=arguments.bucket,
                database=connection.db.decode() if isinstance(connection.db, bytes) else str(connection.db),
                contracts=load_contracts(),
                limits=arguments.limits,
                job_run_id=arguments.job_run_id,
            ).reconcile(object_key, event_time)
        except BaseException:
            # Closing ends the key's lock and whatever was not committed.
            _connection.cache_clear()
            connection.close()
            raise


@cache
def _connection(address: DatabaseAddress) -> Connection:
    """This worker process's connection, kept from key to key and from run to run."""
    return connect(address)
