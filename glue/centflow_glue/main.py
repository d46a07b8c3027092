"""Runs the job: finds the keys, reconciles them, and fails at the end if a key failed.

The call chain for one key is `main` → `tasks.reconcile_keys` → `reconcile.Reconciler.reconcile_key` → `keys.decide` →
`load.load_version`, which calls `rows.read` and `rows.validate` → `publish.publication.publish`.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from tempfile import TemporaryFile

from pyspark.sql import SparkSession

from centflow_glue.arguments import JobArguments, parse_arguments
from centflow_glue.contract import load_contracts
from centflow_glue.database import connect
from centflow_glue.keys.manifest import KeyToReconcile, read_manifest
from centflow_glue.keys.sweep import find_keys
from centflow_glue.log_text import quote_key
from centflow_glue.metrics import RunMetrics
from centflow_glue.reconcile import Outcome
from centflow_glue.region import use_secret_region
from centflow_glue.tasks import reconcile_in_turns, reconcile_keys

# The error message of the job run names up to this many failed keys. The log names all of them.
FAILURES_SHOWN = 5

logger = logging.getLogger("centflow")


class JobFailedError(Exception):
    """Some keys could not be reconciled. All other keys were. The next sweep tries the failed keys again."""


def main(argv: Sequence[str]) -> None:
    """Runs the job once.

    Raises:
        JobFailedError: Some keys could not be reconciled.
        ManifestError: The manifest cannot be read.
    """
    arguments = parse_arguments(argv)
    use_secret_region(arguments.database.secret_id)
    with RunMetrics(arguments) as metrics:
        _reconcile_and_report(arguments, metrics)


def _reconcile_and_report(arguments: JobArguments, metrics: RunMetrics) -> None:
    spark = SparkSession.builder.appName("centflow-load").getOrCreate()
    results: Counter[str] = Counter()
    failures: list[str] = []
    for key, outcome in _reconcile(spark, arguments):
        results[outcome.result] += 1
        if outcome.result == "failed":
            failure = f"{quote_key(outcome.object_key)}: {outcome.message}"
            logger.error("failed %s", failure)
            failures.append(failure)
            del failures[FAILURES_SHOWN:]
        metrics.record([key], [outcome])
    metrics.complete()
    logger.info(
        "finished %s",
        json.dumps(
            {"keysFrom": arguments.keys_from, "jobRunId": arguments.job_run_id, "keys": dict(sorted(results.items()))}
        ),
    )
    if results["failed"]:
        raise JobFailedError(
            f"{results['failed']} of {results.total()} keys failed; the next sweep tries them again. "
            + " | ".join(failures)
        )


def _reconcile(spark: SparkSession, arguments: JobArguments) -> Iterator[tuple[KeyToReconcile, Outcome]]:
    """Reconciles the keys of a manifest or of a sweep.

    Owners take turns for the keys of a manifest. The keys of a sweep are split into batches, because no owner waits for
    them.
    """
    if arguments.manifest is not None:
        yield from reconcile_in_turns(spark, arguments, read_manifest(arguments.manifest))
        return
    for keys in _split_into_batches(_sweep(arguments), arguments.keys_per_batch):
        yield from zip(keys, reconcile_keys(spark, arguments, keys), strict=True)


def _sweep(arguments: JobArguments) -> Iterator[KeyToReconcile]:
    """Yields the keys that the sweep finds.

    S3's listing and MySQL's cursor are read to their ends before the first key is reconciled. Otherwise both would stay
    open during every load, and a load may take minutes.
    """
    with TemporaryFile("w+", encoding="utf-8") as found:
        with closing(connect(arguments.database)) as connection:
            for key in find_keys(arguments.bucket, connection, load_contracts(), arguments.summary_limits):
                found.write(json.dumps([key.object_key, key.is_missed]) + "\n")
        found.seek(0)
        for line in found:
            object_key, is_missed = json.loads(line)
            yield KeyToReconcile(object_key, is_missed=is_missed)


def _split_into_batches(keys: Iterator[KeyToReconcile], size: int) -> Iterator[list[KeyToReconcile]]:
    while batch := list(islice(keys, size)):
        yield batch
