"""Spark's part: hand keys to executors, which reconcile them side by side. No row of a file passes through Spark."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from pyspark.sql import SparkSession

from centflow_glue.arguments import JobArguments
from centflow_glue.contract import load_contracts
from centflow_glue.database import DatabaseAddress, connect, retrying
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.log_text import describe_error
from centflow_glue.manifest import KeyToReconcile
from centflow_glue.reconcile import Outcome, Reconciler
from centflow_glue.region import use_region_of

# Tasks per core: so that one key that takes long does not leave the other cores idle behind it.
TASKS_PER_CORE = 4

logger = logging.getLogger(__name__)


def reconcile_keys(spark: SparkSession, arguments: JobArguments, keys: Sequence[KeyToReconcile]) -> list[Outcome]:
    """Reconcile some keys, side by side over the cluster; the outcome of each, `failed` ones too."""
    tasks = min(len(keys), spark.sparkContext.defaultParallelism * TASKS_PER_CORE)
    # An RDD, because keys are not a table: a DataFrame costs 270 ms more each time, in plans and code generation. Spark
    # Connect and Lake Formation's fine-grained access have no RDDs: do not turn these on (docs/adr/0019-glue-6.md).
    return spark.sparkContext.parallelize(keys, tasks).mapPartitions(_Task(arguments)).collect()


class _Task:
    """What an executor does with its share of the keys."""

    def __init__(self, arguments: JobArguments) -> None:
        self._arguments = arguments

    def __call__(self, keys: Iterable[KeyToReconcile]) -> Iterator[Outcome]:
        return map(self._reconcile, keys)

    def _reconcile(self, key: KeyToReconcile) -> Outcome:
        """One key, tried again while the database is away; a failure is an outcome, so that the other keys go on."""
        try:
            for attempt in retrying():
                with attempt:
                    return self._attempt(key)
        except Exception as error:
            # Neither the text nor the traceback, which ends with it.
            logger.error("could not reconcile %s: %s", key.object_key, describe_error(error))  # noqa: TRY400
            return Outcome(key.object_key, "failed", describe_error(error))
        raise AssertionError("unreachable: retrying() ends by an outcome or an error")

    def _attempt(self, key: KeyToReconcile) -> Outcome:
        arguments = self._arguments
        use_region_of(arguments.database.secret_id)
        connection = _connection(arguments.database)
        try:
            return Reconciler(
                connection=connection,
                bucket=arguments.bucket,
                database=connection.db.decode() if isinstance(connection.db, bytes) else str(connection.db),
                contracts=load_contracts(),
                limits=arguments.limits,
                job_run_id=arguments.job_run_id,
                summary_limits=arguments.summary_limits,
            ).reconcile(key.object_key, key.event_time)
        except BaseException:
            # Closing ends the key's lock and whatever was not committed.
            _connection.cache_clear()
            connection.close()
            raise


@cache
def _connection(address: DatabaseAddress) -> GuardedConnection:
    """This worker process's connection, kept from key to key and from run to run."""
    return connect(address)
