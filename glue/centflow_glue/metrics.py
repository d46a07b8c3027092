"""What a job run tells CloudWatch: counts and times of the uploads it settled, read from the bookkeeping.

Figures travel as log events in CloudWatch's embedded metric format (EMF), from which CloudWatch makes metrics: no other
API and no other permission than writing to one log group is needed.
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

from centflow_glue.arguments import JobArguments, MetricsTarget
from centflow_glue.database import connect
from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.log_text import describe_error
from centflow_glue.reconcile import Outcome

NAMESPACE = "Centflow"
SERVICE = "load"
# The unit of every metric, as the job names them; infra/src/metrics.ts has alarms and graphs for them.
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

# CloudWatch takes no more values of a metric in one event.
VALUES_PER_EVENT = 100
# A request takes 1 MB and 10,000 events; an event of 100 values has at most 2 KB.
VALUES_PER_REQUEST = 400 * VALUES_PER_EVENT
# A job run has better things to do than to wait for CloudWatch.
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
    """The metrics of one job run, told when its block ends, however that ends; without a log group there are none.

    Whatever goes wrong with them is logged, and never a failure of the run.
    """

    def __init__(self, arguments: JobArguments) -> None:
        self._arguments = arguments
        self._started = time.monotonic()
        self._missed = 0
        self._retired = 0
        self._is_complete = False

    def record(self, keys: Sequence[KeyToReconcile], outcomes: Sequence[Outcome]) -> None:
        """Some keys were reconciled."""
        self._missed += sum(key.missed for key in keys)
        self._retired += sum(outcome.result == "retired" for outcome in outcomes)

    def complete(self) -> None:
        """All keys were."""
        self._is_complete = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        target = self._arguments.metrics
        if target is None:
            return
        # Of what the driver knows nothing is lost where the database is away.
        known: dict[str, float] = {
            "UploadsRetired": self._retired,
            "JobSeconds": round(time.monotonic() - self._started, 3),
        }
        # That a sweep came to its end is told by this figure, also where it is 0.
        if self._arguments.keys_from == "sweep" and (self._is_complete or self._missed):
            known["UploadsFoundBySweep"] = self._missed
        try:
            stream = _LogStream(target, self._arguments)
            stream.put([known])
            with closing(connect(self._arguments.database)) as connection:
                stream.put([_counts(connection, self._arguments.job_run_id)])
                for times in _batched(_seconds_to_visible(connection, self._arguments.job_run_id), VALUES_PER_REQUEST):
                    stream.put([{"SecondsToVisible": values} for values in _batched(times, VALUES_PER_EVENT)])
        except Exception as error:
            logger.warning("the run's metrics were not told, or not all: %s", describe_error(error))


def _counts(connection: Connection, job_run_id: str) -> dict[str, int]:
    """What the books say of the uploads that this run loaded, or tried to."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, (job_run_id,))
        (sums,) = cursor.fetchall()
    return {name: int(value or 0) for name, value in zip(COUNTED, sums, strict=True)}


def _seconds_to_visible(connection: Connection, job_run_id: str) -> Iterator[float]:
    """From the event, or the object's LastModified, to the publication: a figure for each upload."""
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(TIMES, (job_run_id,))
        for (seconds,) in cursor:
            yield round(float(seconds), 3)


class _LogStream:
    """The job run's log stream."""

    def __init__(self, target: MetricsTarget, arguments: JobArguments) -> None:
        self._properties = {
            "service": SERVICE,
            "environment": target.environment,
            "keysFrom": arguments.keys_from,
            "jobRunId": arguments.job_run_id,
        }
        self._name = {"logGroupName": target.log_group, "logStreamName": arguments.job_run_id}
        self._client = boto3.client("logs", config=CLIENT)
        self._client.meta.events.register("before-call.cloudwatch-logs.PutLogEvents", _say_format)
        with suppress(self._client.exceptions.ResourceAlreadyExistsException):
            self._client.create_log_stream(**self._name)

    def put(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Tell the metrics of each event: a value, or some, by the metric's name."""
        now = time.time_ns() // 1_000_000
        messages = [json.dumps(embedded_metrics(values, self._properties, now)) for values in events]
        self._client.put_log_events(
            **self._name, logEvents=[{"timestamp": now, "message": message} for message in messages]
        )


def embedded_metrics(values: Mapping[str, Any], properties: Mapping[str, str], now: int) -> dict[str, Any]:
    """An event of AWS's embedded metric format, with the dimensions service and environment.

    Args:
        values: A number, or at most 100, by the metric's name.
        properties: Other members of the event, the dimensions among them.
        now: Milliseconds since 1970.
    """
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["service", "environment"]],
        "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
    }
    return {"_aws": {"Timestamp": now, "CloudWatchMetrics": [directive]}, **properties, **values}


def _say_format(params: dict[str, Any], **_: Any) -> None:
    """The format's specification asks for this header, while PutLogEvents calls it optional."""
    params["headers"]["x-amzn-logs-format"] = "json/emf"


def _batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
