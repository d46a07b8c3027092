"""Emits the metrics of a job run: counts and times of the loaded uploads, read from `uploads`.

The job writes log events in CloudWatch's embedded metric format (EMF), and CloudWatch creates the metrics. The job
therefore needs no permission other than to write to one log group.
"""

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import islice
from typing import Any, Self

import boto3
from botocore.config import Config
from pymysql.connections import Connection
from pymysql.cursors import SSCursor

from centflow_glue.arguments import JobArguments, MetricsDestination
from centflow_glue.database import connect
from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.log_text import describe_error
from centflow_glue.reconcile import Outcome

NAMESPACE = "Centflow"
SERVICE = "load"
# The units of all metrics that the job emits. infra/src/metrics.ts defines their alarms and graphs.
UNITS: Mapping[str, str] = {
    "SecondsToVisible": "Seconds",
    "UploadsPublished": "Count",
    "UploadsRejected": "Count",
    "UploadsFailed": "Count",
    "UploadsRetired": "Count",
    "UploadsFoundBySweep": "Count",
    "RowsRead": "Count",
    "RowsPublished": "Count",
    "RowsDuplicate": "Count",
    "RowsQuarantined": "Count",
    "JobSeconds": "Seconds",
}

# The maximum number of values of one metric that CloudWatch accepts in one event.
VALUES_PER_EVENT = 100
# A request to CloudWatch Logs may hold up to 1 MB and 10,000 events. An event with 100 values takes at most 2 KB.
VALUES_PER_REQUEST = 400 * VALUES_PER_EVENT
# The time-outs are short, so that a slow CloudWatch does not delay the job run.
CLIENT = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})

COUNTS = """
SELECT SUM(published_at IS NOT NULL), SUM(state = 'rejected'), SUM(state = 'failed'),
       SUM(rows_read), SUM(rows_published), SUM(rows_duplicate), SUM(rows_quarantined)
FROM uploads WHERE job_run_id = %s
"""
COUNTED = (
    "UploadsPublished",
    "UploadsRejected",
    "UploadsFailed",
    "RowsRead",
    "RowsPublished",
    "RowsDuplicate",
    "RowsQuarantined",
)
TIMES = """
SELECT TIMESTAMPDIFF(MICROSECOND, received_at, published_at) * 0.000001
FROM uploads WHERE job_run_id = %s AND published_at IS NOT NULL
"""

logger = logging.getLogger(__name__)


class RunMetrics:
    """Emits the metrics of one job run on exit, after success and after failure. Does nothing without a log group.

    If the metrics cannot be emitted, the job run logs a warning and does not fail.
    """

    def __init__(self, arguments: JobArguments) -> None:
        self._arguments = arguments
        self._started = time.monotonic()
        self._missed = 0
        self._retired = 0
        self._is_complete = False

    def record(self, keys: Sequence[KeyToReconcile], outcomes: Sequence[Outcome]) -> None:
        """Records that keys were reconciled."""
        self._missed += sum(key.is_missed for key in keys)
        self._retired += sum(outcome.result == "retired" for outcome in outcomes)

    def complete(self) -> None:
        """Records that all keys were reconciled."""
        self._is_complete = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._arguments.metrics is None:
            return
        try:
            self._emit(_LogStream(self._arguments.metrics, self._arguments))
        except Exception as error:
            logger.warning("some or all metrics of the job run were not emitted: %s", describe_error(error))

    def _emit(self, stream: "_LogStream") -> None:
        # The driver's values come first. They need no database, so they are emitted even if the database is
        # unavailable.
        stream.put([self._collect_driver_values()])
        job_run_id = self._arguments.job_run_id
        with closing(connect(self._arguments.database)) as connection:
            stream.put([_read_counts(connection, job_run_id)])
            for times in _batched(_read_seconds_to_visible(connection, job_run_id), VALUES_PER_REQUEST):
                stream.put([{"SecondsToVisible": values} for values in _batched(times, VALUES_PER_EVENT)])

    def _collect_driver_values(self) -> dict[str, float]:
        values: dict[str, float] = {
            "UploadsRetired": self._retired,
            "JobSeconds": round(time.monotonic() - self._started, 3),
        }
        # This metric also shows that a sweep has finished. A finished sweep therefore emits the value even if it is 0.
        if self._arguments.keys_from == "sweep" and (self._is_complete or self._missed):
            values["UploadsFoundBySweep"] = self._missed
        return values


def _read_counts(connection: Connection, job_run_id: str) -> dict[str, int]:
    """Returns the counts of the uploads that this job run loaded or tried to load."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, (job_run_id,))
        (sums,) = cursor.fetchall()
    return {name: int(value or 0) for name, value in zip(COUNTED, sums, strict=True)}


def _read_seconds_to_visible(connection: Connection, job_run_id: str) -> Iterator[float]:
    """Yields for each upload the seconds from its event, or its LastModified, to its publication."""
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(TIMES, (job_run_id,))
        for (seconds,) in cursor:
            yield round(float(seconds), 3)


class _LogStream:
    """The job run's log stream."""

    def __init__(self, target: MetricsDestination, arguments: JobArguments) -> None:
        self._properties = {
            "service": SERVICE,
            "environment": target.environment,
            "keysFrom": arguments.keys_from,
            "jobRunId": arguments.job_run_id,
        }
        self._name = {"logGroupName": target.log_group, "logStreamName": arguments.job_run_id}
        self._client = boto3.client("logs", config=CLIENT)
        self._client.meta.events.register("before-call.cloudwatch-logs.PutLogEvents", _add_format_header)
        with suppress(self._client.exceptions.ResourceAlreadyExistsException):
            self._client.create_log_stream(**self._name)

    def put(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Writes one event for each mapping from a metric's name to one or several values."""
        now = time.time_ns() // 1_000_000
        messages = [json.dumps(embedded_metrics(values, self._properties, now)) for values in events]
        self._client.put_log_events(
            **self._name, logEvents=[{"timestamp": now, "message": message} for message in messages]
        )


def embedded_metrics(values: Mapping[str, Any], properties: Mapping[str, str], now: int) -> dict[str, Any]:
    """Returns an event in AWS's embedded metric format, with the dimensions service and environment.

    Args:
        values: Maps each metric's name to one number or up to 100 numbers.
        properties: Other fields of the event, including the dimensions.
        now: Milliseconds since 1970.
    """
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["service", "environment"]],
        "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
    }
    return {"_aws": {"Timestamp": now, "CloudWatchMetrics": [directive]}, **properties, **values}


def _add_format_header(params: dict[str, Any], **_: Any) -> None:
    """Adds a header that the format's specification requires. The documentation of PutLogEvents calls it optional."""
    params["headers"]["x-amzn-logs-format"] = "json/emf"


def _batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
