"""Distributes keys over Spark. Executors reconcile the keys in parallel. No row of a file passes through Spark."""

import gc
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from queue import Empty, SimpleQueue
from zipimport import zipimporter

from pyspark import InheritableThread
from pyspark.sql import SparkSession

from centflow_glue.arguments import JobArguments
from centflow_glue.contract import load_contracts
from centflow_glue.database import DatabaseAddress, connect, retrying
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.keys.manifest import KeyToReconcile, take_waiting_manifests
from centflow_glue.keys.turns import Turns
from centflow_glue.log_text import describe_error, quote_key
from centflow_glue.reconcile import Outcome, Reconciler
from centflow_glue.region import use_secret_region

# The number of tasks per core. With several tasks per core, one slow key does not leave the other cores idle.
TASKS_PER_CORE = 4
# The maximum number of turns of one owner that run at a time in one job run. The smallest job run has four cores, so
# two stay free for other owners. More turns would gain little. MySQL's own client loads only 1.5 times as fast with two
# connections as with one.
MAX_TURNS_PER_OWNER = 2
# The interval between polls for waiting manifests, the shorter interval after a manifest was found, and the time during
# which a job run polls, in seconds. Polling stops early enough for the job run to end before Glue's time-out.
POLL_SECONDS = 0.25
BUSY_POLL_SECONDS = 0.1
POLL_FOR_SECONDS = 30 * 60
# A job run with more waiting keys than this number leaves further manifests to other runs. A key takes at most 1 KB.
MAX_WAITING_KEYS = 50_000

logger = logging.getLogger(__name__)

Turn = Sequence[KeyToReconcile]


def reconcile_in_turns(
    spark: SparkSession, arguments: JobArguments, keys: Iterator[KeyToReconcile]
) -> Iterator[tuple[KeyToReconcile, Outcome]]:
    """Reconciles keys so that no owner waits for the many or large uploads of another owner (ADR 0023).

    Owners take turns, and only a few turns of one owner run at a time. Keys that arrive during the job run join it, so
    their owners do not wait until the run ends.

    Args:
        spark: Runs each turn as one task.
        arguments: The arguments of the job run.
        keys: The keys of the run's manifest.
    """
    turns = Turns(MAX_TURNS_PER_OWNER)
    waiting_manifests = _WaitingManifests(arguments.waiting_manifests)
    max_busy = spark.sparkContext.defaultParallelism * TASKS_PER_CORE
    workers = _Workers(lambda turn: reconcile_keys(spark, arguments, turn, tasks=1))
    try:
        while True:
            turns.add(islice(keys, max(0, arguments.keys_per_batch - len(turns))))
            if len(turns) < MAX_WAITING_KEYS:
                turns.add(waiting_manifests.poll(is_idle=not turns and not workers.busy))
            while workers.busy < max_busy and (turn := turns.take()):
                workers.submit(turn)
            if not workers.busy:
                return
            ended = workers.wait_for_turn(waiting_manifests.poll_seconds)
            if ended is not None:
                ended_turn, outcomes = ended
                turns.end(ended_turn, sum(outcome.seconds for outcome in outcomes))
                yield from zip(ended_turn, outcomes, strict=True)
    finally:
        workers.stop()


class _WaitingManifests:
    """The manifests that wait for a job run.

    Attributes:
        poll_seconds: Seconds between two polls. The interval is shorter after a manifest was found, because others
            often follow.
    """

    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._started = self._polled = time.monotonic()
        self.poll_seconds = POLL_SECONDS

    def poll(self, is_idle: bool) -> list[KeyToReconcile]:
        """Returns the keys that have arrived since the last poll, or an empty list if no poll is due yet.

        Args:
            is_idle: Whether the job run has nothing else to do. A poll is then due at once.
        """
        now = time.monotonic()
        if self._folder is None or now - self._started > POLL_FOR_SECONDS:
            return []
        if not is_idle and now - self._polled < self.poll_seconds:
            return []
        self._polled = now
        keys: list[KeyToReconcile] = []
        try:
            keys.extend(take_waiting_manifests(self._folder))
        except Exception as error:
            # The trigger keeps manifests that no run takes. If a run took a manifest and then failed, the sweep finds
            # the keys.
            logger.error("could not take the waiting manifests: %s", describe_error(error))  # noqa: TRY400
            self._folder = None
        self.poll_seconds = BUSY_POLL_SECONDS if keys else POLL_SECONDS
        return keys


class _Workers:
    """Threads of the driver. Each thread passes one turn at a time to Spark and waits for the outcomes of the turn.

    Args:
        reconcile_turn: Reconciles the keys of a turn.

    Attributes:
        busy: Number of turns that are running.
    """

    def __init__(self, reconcile_turn: Callable[[Turn], list[Outcome]]) -> None:
        self.busy = 0
        self._reconcile_turn = reconcile_turn
        self._threads = 0
        self._turns: SimpleQueue[Turn | None] = SimpleQueue()
        self._ended: SimpleQueue[tuple[Turn, list[Outcome] | BaseException]] = SimpleQueue()

    def submit(self, turn: Turn) -> None:
        """Starts to reconcile the keys of a turn."""
        self.busy += 1
        if self._threads < self.busy:
            self._threads += 1
            # An InheritableThread returns its connection to the JVM when it ends.
            InheritableThread(target=self._work, name="centflow-turns", daemon=True).start()
        self._turns.put(turn)

    def wait_for_turn(self, seconds: float) -> tuple[Turn, list[Outcome]] | None:
        """Returns the next turn that ends, with its outcomes; None if no turn ends in time.

        Raises:
            Exception: The error with which Spark failed.
        """
        try:
            turn, outcomes = self._ended.get(timeout=seconds)
        except Empty:
            return None
        self.busy -= 1
        if isinstance(outcomes, BaseException):
            raise outcomes
        return turn, outcomes

    def stop(self) -> None:
        """Ends each thread after the turns that are already queued."""
        for _ in range(self._threads):
            self._turns.put(None)

    def _work(self) -> None:
        while (turn := self._turns.get()) is not None:
            try:
                self._ended.put((turn, self._reconcile_turn(turn)))
            except BaseException as error:
                self._ended.put((turn, error))


def reconcile_keys(
    spark: SparkSession, arguments: JobArguments, keys: Sequence[KeyToReconcile], tasks: int | None = None
) -> list[Outcome]:
    """Reconciles keys on the executors. Returns one outcome per key, including `failed` outcomes.

    Args:
        spark: Runs the tasks.
        arguments: The arguments of the job run.
        keys: The keys.
        tasks: Number of Spark tasks; None to use the whole cluster.
    """
    tasks = tasks or min(len(keys), spark.sparkContext.defaultParallelism * TASKS_PER_CORE)
    # An RDD is used because a DataFrame costs 270 ms more each time, for plans and generated code. Spark Connect and
    # Lake Formation's fine-grained access do not support RDDs, so do not turn them on (docs/adr/0019-glue-6.md).
    return spark.sparkContext.parallelize(keys, tasks).mapPartitions(_Task(arguments)).collect()


class _Task:
    """Reconciles an executor's share of the keys."""

    def __init__(self, arguments: JobArguments) -> None:
        self._arguments = arguments

    def __call__(self, keys: Iterable[KeyToReconcile]) -> Iterator[Outcome]:
        for key in keys:
            started = time.monotonic()
            outcome = self._run(key)
            yield replace(outcome, seconds=time.monotonic() - started)
        _forget_zip_finders()
        _freeze_heap()

    def _run(self, key: KeyToReconcile) -> Outcome:
        """Reconciles one key, and tries again while the database is unavailable.

        A failure is returned as an outcome, so that the other keys are reconciled too.
        """
        try:
            for attempt in retrying():
                with attempt:
                    return self._reconcile_with_connection(key)
        except Exception as error:
            # Log neither the error's text nor its traceback, which ends with the text.
            logger.error("could not reconcile %s: %s", quote_key(key.object_key), describe_error(error))  # noqa: TRY400
            return Outcome(key.object_key, "failed", describe_error(error))
        raise AssertionError("unreachable: retrying() ends with an outcome or an error")

    def _reconcile_with_connection(self, key: KeyToReconcile) -> Outcome:
        arguments = self._arguments
        use_secret_region(arguments.database.secret_id)
        connection = _open_connection(arguments.database)
        try:
            reconciler = Reconciler(
                connection=connection,
                bucket=arguments.bucket,
                database=connection.db.decode() if isinstance(connection.db, bytes) else str(connection.db),
                contracts=load_contracts(),
                limits=arguments.limits,
                job_run_id=arguments.job_run_id,
                summary_limits=arguments.summary_limits,
            )
            return reconciler.reconcile_key(key.object_key, key.event_time)
        except BaseException:
            # Closing the connection releases the key's lock and rolls back the open transaction.
            _open_connection.cache_clear()
            connection.close()
            raise


def _forget_zip_finders() -> None:
    """Removes Python's finders of zip files, so that the next task of this process starts 0.33 s sooner.

    When a task begins, PySpark's worker calls `importlib.invalidate_caches()`. Each finder then reads its zip's index
    again, and pyspark.zip has one finder per package. Python recreates a removed finder when necessary:
    https://docs.python.org/3/library/sys.html#sys.path_importer_cache.
    """
    for path, finder in list(sys.path_importer_cache.items()):
        if isinstance(finder, zipimporter):
            del sys.path_importer_cache[path]


@cache
def _freeze_heap() -> None:
    """Freezes all current objects, so that each task of this process ends 0.05 s sooner.

    When a task ends, PySpark's worker calls `gc.collect()`, which visits every object of the libraries. The collector
    skips frozen objects: https://docs.python.org/3/library/gc.html#gc.freeze. As a consequence, the objects of the
    first task are never freed.
    """
    gc.collect()
    gc.freeze()


@cache
def _open_connection(address: DatabaseAddress) -> GuardedConnection:
    """Returns this worker process's connection. The connection stays open between keys and between job runs."""
    return connect(address)
