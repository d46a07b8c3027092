"""Spark's part: hand keys to executors, which reconcile them side by side. No row of a file passes through Spark."""

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
from centflow_glue.log_text import describe_error, shown_key
from centflow_glue.reconcile import Outcome, Reconciler
from centflow_glue.region import use_region_of

# Tasks per core: so that one key that takes long does not leave the other cores idle behind it.
TASKS_PER_CORE = 4
# Turns of one owner under way in one job run. The smallest run has four cores, so two stay free for other owners. MySQL
# gains little from more: its own client loads 1.5 times as much through two connections as through one.
OWNER_AT_ONCE = 2
# How often a run looks for waiting manifests, how often after it found one, and for how long after its start: it must
# end before Glue's time-out.
ARRIVAL_SECONDS = 0.25
NEXT_ARRIVAL_SECONDS = 0.1
ARRIVALS_FOR_SECONDS = 30 * 60
# Keys that a run holds before it leaves further manifests to others; at most 1 KB each.
MOST_WAITING_KEYS = 50_000

logger = logging.getLogger(__name__)

Turn = Sequence[KeyToReconcile]


def reconcile_in_turns(
    spark: SparkSession, arguments: JobArguments, keys: Iterator[KeyToReconcile]
) -> Iterator[tuple[KeyToReconcile, Outcome]]:
    """Reconcile keys so that no owner waits for the many or large uploads of another (ADR 0023).

    Owners take turns, and an owner has few turns under way at a time. Keys that come while the run is at work join it,
    so their owners need not wait until it ends.

    Args:
        spark: Runs each turn as one task.
        arguments: Of the run.
        keys: Those of the run's manifest.
    """
    turns = Turns(OWNER_AT_ONCE)
    arrivals = _Arrivals(arguments.waiting_manifests)
    at_once = spark.sparkContext.defaultParallelism * TASKS_PER_CORE
    workers = _Workers(lambda turn: reconcile_keys(spark, arguments, turn, tasks=1))
    try:
        while True:
            turns.add(islice(keys, max(0, arguments.keys_per_batch - len(turns))))
            if len(turns) < MOST_WAITING_KEYS:
                turns.add(arrivals.take(at_once=not turns and not workers.busy))
            while workers.busy < at_once and (turn := turns.take()):
                workers.submit(turn)
            if not workers.busy:
                return
            ended = workers.next_ended(arrivals.pause)
            if ended is not None:
                keys_of_turn, outcomes = ended
                turns.end(keys_of_turn, sum(outcome.seconds for outcome in outcomes))
                yield from zip(keys_of_turn, outcomes, strict=True)
    finally:
        workers.stop()


class _Arrivals:
    """The manifests that wait for a job run, looked for now and then.

    Attributes:
        pause: Seconds between two looks. Where one manifest has come, others follow.
    """

    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._started = self._looked = time.monotonic()
        self.pause = ARRIVAL_SECONDS

    def take(self, at_once: bool) -> list[KeyToReconcile]:
        """Return the keys that have come since the last look.

        Args:
            at_once: Look even if the last look was a moment ago.
        """
        now = time.monotonic()
        if self._folder is None or now - self._started > ARRIVALS_FOR_SECONDS:
            return []
        if not at_once and now - self._looked < self.pause:
            return []
        self._looked = now
        keys: list[KeyToReconcile] = []
        try:
            keys.extend(take_waiting_manifests(self._folder))
        except Exception as error:
            # The trigger keeps what nobody takes, and the sweep finds what was taken and lost.
            logger.error("could not take waiting manifests: %s", describe_error(error))  # noqa: TRY400
            self._folder = None
        self.pause = NEXT_ARRIVAL_SECONDS if keys else ARRIVAL_SECONDS
        return keys


class _Workers:
    """Threads of the driver. Each hands one turn at a time to Spark and waits for its outcomes.

    Args:
        reconcile: Reconciles the keys of a turn.
    """

    def __init__(self, reconcile: Callable[[Turn], list[Outcome]]) -> None:
        self.busy = 0
        self._reconcile = reconcile
        self._threads = 0
        self._turns: SimpleQueue[Turn | None] = SimpleQueue()
        self._ended: SimpleQueue[tuple[Turn, list[Outcome] | BaseException]] = SimpleQueue()

    def submit(self, turn: Turn) -> None:
        """Reconcile the keys of a turn, beside those under way."""
        self.busy += 1
        if self._threads < self.busy:
            self._threads += 1
            # Of Spark's kind: it returns its connection to the JVM when it ends.
            InheritableThread(target=self._work, name="centflow-turns", daemon=True).start()
        self._turns.put(turn)

    def next_ended(self, seconds: float) -> tuple[Turn, list[Outcome]] | None:
        """Wait for a turn to end; None if none does within this time.

        Raises:
            Exception: Whatever Spark failed of.
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
        """End each thread once it has nothing to do."""
        for _ in range(self._threads):
            self._turns.put(None)

    def _work(self) -> None:
        while (turn := self._turns.get()) is not None:
            try:
                self._ended.put((turn, self._reconcile(turn)))
            except BaseException as error:
                self._ended.put((turn, error))


def reconcile_keys(
    spark: SparkSession, arguments: JobArguments, keys: Sequence[KeyToReconcile], tasks: int | None = None
) -> list[Outcome]:
    """Reconcile some keys in so many tasks, else side by side over the cluster; the outcome of each, `failed` too."""
    tasks = tasks or min(len(keys), spark.sparkContext.defaultParallelism * TASKS_PER_CORE)
    # An RDD, because keys are not a table: a DataFrame costs 270 ms more each time, in plans and code generation. Spark
    # Connect and Lake Formation's fine-grained access have no RDDs: do not turn these on (docs/adr/0019-glue-6.md).
    return spark.sparkContext.parallelize(keys, tasks).mapPartitions(_Task(arguments)).collect()


class _Task:
    """What an executor does with its share of the keys."""

    def __init__(self, arguments: JobArguments) -> None:
        self._arguments = arguments

    def __call__(self, keys: Iterable[KeyToReconcile]) -> Iterator[Outcome]:
        for key in keys:
            started = time.monotonic()
            outcome = self._reconcile(key)
            yield replace(outcome, seconds=time.monotonic() - started)
        _forget_zip_finders()
        _freeze_heap()

    def _reconcile(self, key: KeyToReconcile) -> Outcome:
        """One key, tried again while the database is away; a failure is an outcome, so that the other keys go on."""
        try:
            for attempt in retrying():
                with attempt:
                    return self._attempt(key)
        except Exception as error:
            # Neither the text nor the traceback, which ends with it.
            logger.error("could not reconcile %s: %s", shown_key(key.object_key), describe_error(error))  # noqa: TRY400
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


def _forget_zip_finders() -> None:
    """Spare the next task of this process a third of a second.

    PySpark's worker calls `importlib.invalidate_caches()` as a task begins, and each finder of a zip then reads the
    zip's index again: one for every package of pyspark.zip. Python makes a finder anew where it needs one:
    https://docs.python.org/3/library/sys.html#sys.path_importer_cache.
    """
    for path, finder in list(sys.path_importer_cache.items()):
        if isinstance(finder, zipimporter):
            del sys.path_importer_cache[path]


@cache
def _freeze_heap() -> None:
    """Spare each task of this process a twentieth of a second.

    PySpark's worker calls `gc.collect()` as a task ends, which goes through every object of the libraries. Frozen
    objects are left out: https://docs.python.org/3/library/gc.html#gc.freeze. Those of the first task stay for good.
    """
    gc.collect()
    gc.freeze()


@cache
def _connection(address: DatabaseAddress) -> GuardedConnection:
    """This worker process's connection, kept from key to key and from run to run."""
    return connect(address)
