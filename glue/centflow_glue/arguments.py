"""The job's arguments, as Glue passes them: `--name value`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

from centflow_glue.database import DatabaseAddress
from centflow_glue.limits import SUMMARY_LIMITS, ReadLimits, SummaryLimits


@dataclass(frozen=True)
class MetricsDestination:
    """The destination of the metrics of a job run.

    Attributes:
        log_group: The CloudWatch log group.
        environment: The dimension `environment` of each metric.
    """

    log_group: str
    environment: str


@dataclass(frozen=True)
class JobArguments:
    """The arguments of one job run.

    Attributes:
        keys_from: `manifest` reconciles the keys of one manifest; `sweep` reconciles all keys for which S3 and
            `uploads` differ.
        bucket: The uploads bucket.
        manifest: `s3://…` of the manifest; None with `sweep`.
        waiting_manifests: `s3://…` of the folder where manifests wait while Glue cannot start another job run; None if
            the run takes no further manifests.
        database: The address of MySQL.
        limits: How large an upload may be.
        keys_per_batch: How many keys the driver holds at once.
        job_run_id: Glue's id of this run, `local` outside Glue.
        metrics: Where to emit metrics; None if the run emits no metrics, for example because it loads into another
            database.
        summary_limits: The limits that decide which summaries are stored, and how much memory they may use.
    """

    keys_from: str
    bucket: str
    manifest: str | None
    waiting_manifests: str | None
    database: DatabaseAddress
    limits: ReadLimits
    keys_per_batch: int
    job_run_id: str
    metrics: MetricsDestination | None
    summary_limits: SummaryLimits = SUMMARY_LIMITS


def parse_arguments(argv: Sequence[str]) -> JobArguments:
    """Parses the arguments. Ignores the arguments that Glue adds.

    Raises:
        SystemExit: An argument is missing or wrong. argparse has printed the reason.
    """
    parser = argparse.ArgumentParser(prog="centflow-load", description=__doc__, allow_abbrev=False)
    parser.add_argument("--keys-from", choices=("manifest", "sweep"), required=True)
    parser.add_argument("--bucket", required=True, help="the uploads bucket")
    parser.add_argument("--manifest", help="s3://… of the manifest (with --keys-from manifest)")
    parser.add_argument("--waiting-manifests", help="s3://… of the folder where further manifests wait for a job run")
    parser.add_argument(
        "--database-secret", required=True, help="name or ARN of the secret, whose JSON has the form that RDS writes"
    )
    parser.add_argument("--database-name", help="database to use instead of the one in the secret")
    parser.add_argument(
        "--database-host",
        help="host to use instead of the one in the secret: a restored RDS instance of the same account and region",
    )
    parser.add_argument("--database-ca", help="PEM of the authorities that the job trusts: a file or s3://…")
    parser.add_argument("--max-object-bytes", type=_positive, default=ReadLimits.object_bytes)
    parser.add_argument("--max-expanded-bytes", type=_positive, default=ReadLimits.expanded_bytes)
    parser.add_argument("--max-summary-bytes", type=_positive, default=SUMMARY_LIMITS.bytes)
    parser.add_argument("--keys-per-batch", type=_positive, default=1000)
    parser.add_argument(
        "--metrics-log-group", help="CloudWatch log group for the run's metrics; without a group the run emits none"
    )
    parser.add_argument("--environment", help="the dimension `environment` of the metrics")
    parser.add_argument("--JOB_RUN_ID", dest="job_run_id", default="local")
    known, _ = parser.parse_known_args(argv)
    if (known.keys_from == "manifest") != (known.manifest is not None):
        parser.error("--keys-from manifest requires --manifest, and --keys-from sweep does not accept --manifest")
    if known.waiting_manifests is not None and known.manifest is None:
        parser.error("--waiting-manifests requires --manifest")
    if (known.metrics_log_group is None) != (known.environment is None):
        parser.error("--environment and --metrics-log-group require each other")
    database = DatabaseAddress(known.database_secret, known.database_name, known.database_ca, known.database_host)
    # The environment's metrics and alarms must describe only the environment's own database.
    is_other_database = database.database is not None or database.host is not None
    return JobArguments(
        keys_from=known.keys_from,
        bucket=known.bucket,
        manifest=known.manifest,
        waiting_manifests=known.waiting_manifests,
        database=database,
        limits=ReadLimits(known.max_object_bytes, known.max_expanded_bytes),
        keys_per_batch=known.keys_per_batch,
        job_run_id=known.job_run_id,
        metrics=None
        if is_other_database or known.environment is None
        else MetricsDestination(known.metrics_log_group, known.environment),
        summary_limits=replace(SUMMARY_LIMITS, bytes=known.max_summary_bytes),
    )


def _positive(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} must be greater than 0")
    return value
