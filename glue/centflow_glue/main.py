"""The job: find the keys, reconcile them, fail at the end when one of them failed."""

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
from centflow_glue.log_text import shown_key
from centflow_glue.metrics import RunMetrics
from centflow_glue.reconcile import Outcome
from centflow_glue.region import use_region_of
from centflow_glue.tasks import reconcile_in_turns, reconcile_keys

# Failures named in the job run's error message; all are in the log.
FAILURES_SHOWN = 5

logger = logging.getLogger("centflow")


class JobFailedError(Exception):
    """Some keys could not be reconciled; the others were. The sweep tries them again."""


def main(argv: Sequence[str]) -> None:
    """Run the job once.

    Raises:
        JobFailedError: Some keys could not be reconciled.
        ManifestError: The manifest cannot be read.
    """
    arguments = parse_arguments(argv)
    use_region_of(arguments.database.secret_id)
    with RunMetrics(arguments) as metrics:
        _run(arguments, metrics)


def _run(arguments: JobArguments, metrics: RunMetrics) -> None:
    spark = SparkSession.builder.appName("centflow-load").getOrCreate()
    results: Counter[str] = Counter()
    failures: list[str] = []
    for key, outcome in _outcomes(spark, arguments):
        results[outcome.result] += 1
        if outcome.result == "failed":
            failure = f"{shown_key(outcome.object_key)}: {outcome.message}"
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


def _outcomes(spark: SparkSession, arguments: JobArguments) -> Iterator[tuple[KeyToReconcile, Outcome]]:
    """Reconcile the keys: those of a manifest in turns, and those of a sweep, which nobody waits for, in batches."""
    if arguments.manifest is not None:
        yield from reconcile_in_turns(spark, arguments, _keys(arguments))
        return
    for keys in _in_batches(_keys(arguments), arguments.keys_per_batch):
        yield from zip(keys, reconcile_keys(spark, arguments, keys), strict=True)


def _keys(arguments: JobArguments) -> Iterator[KeyToReconcile]:
    if arguments.manifest is not None:
        yield from read_manifest(arguments.manifest)
        return
    # The two listings are compared to their ends before the first key is reconciled: neither S3's page nor MySQL's
    # cursor has to wait for a load that takes minutes.
    with TemporaryFile("w+", encoding="utf-8") as found:
        with closing(connect(arguments.database)) as connection:
            for key in find_keys(arguments.bucket, connection, load_contracts(), arguments.summary_limits):
                found.write(json.dumps([key.object_key, key.missed]) + "\n")
        found.seek(0)
        for line in found:
            object_key, missed = json.loads(line)
            yield KeyToReconcile(object_key, missed=missed)


def _in_batches(keys: Iterator[KeyToReconcile], size: int) -> Iterator[list[KeyToReconcile]]:
    while batch := list(islice(keys, size)):
        yield batch
