"""Glue job runs like those of AWS: a limit on concurrent runs, a real Spark, and an event at the end of each run.

ministack runs Spark only in Docker, has no limit and sends no event. This module replaces the functions that do this.
"""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import eventbridge, glue

logger = logging.getLogger("centflow.glue_runs")

ACTIVE_STATES = ("STARTING", "RUNNING")
MAX_MESSAGE = 2_000
# The maximum wait of a run for a Spark process that is starting. A start takes less time.
WORKER_START_SECONDS = 900.0


class _Images:
    def get(self, *_: object) -> bool:
        return True


class _NoDocker:
    """A stand-in for the Docker client, whose existence ministack checks before it calls `_execute_spark_docker`."""

    images = _Images()


def install(worker_socket: str) -> None:
    """Send job runs to the Spark process that listens on `worker_socket`."""

    def execute(run: dict, job: dict, job_name: str, arguments: dict, _script: str, _docker: object) -> None:
        argv = [part for pair in arguments.items() for part in map(str, pair)]
        wanted = {"runId": run["Id"], "argv": argv, "job": _code_of(job)}
        state, message = _run_in_worker(worker_socket, wanted, timeout_seconds=60 * job.get("Timeout", 2880))
        if run["JobRunState"] in ACTIVE_STATES:
            run["JobRunState"] = state
            run["ErrorMessage"] = message[:MAX_MESSAGE]
        _announce(run, job_name)

    glue._get_docker = _NoDocker
    glue._execute_spark_docker = execute
    glue._start_job_run = _limited(glue._start_job_run)
    glue._create_job = _with_execution_property(glue._create_job, lambda data: (data.get("Name"), data))
    glue._update_job = _with_execution_property(
        glue._update_job, lambda data: (data.get("JobName"), data.get("JobUpdate", {}))
    )


def _with_execution_property(
    change: Callable[[dict], tuple], read: Callable[[dict], tuple[str | None, dict]]
) -> Callable[[dict], tuple]:
    """Store `ExecutionProperty`, which ministack drops. Without it, every job has Glue's default limit of one run."""

    def change_job(data: dict) -> tuple:
        answer = change(data)
        name, settings = read(data)
        if answer[0] == 200 and "ExecutionProperty" in settings:
            glue._jobs[name]["ExecutionProperty"] = settings["ExecutionProperty"]
        return answer

    return change_job


def _limited(start: Callable[[dict], tuple]) -> Callable[[dict], tuple]:
    """Reject a run beyond the job's `ExecutionProperty.MaxConcurrentRuns` with Glue's own exception."""
    one_at_a_time = threading.Lock()

    def start_job_run(data: dict) -> tuple:
        name = data.get("JobName")
        with one_at_a_time:
            job = glue._jobs.get(name, {})
            limit = (job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns", 1)
            runs = glue._job_runs.get(name, [])
            if sum(run["JobRunState"] in ACTIVE_STATES for run in runs) >= limit:
                text = f"Concurrent runs exceeded for {name}"
                return error_response_json("ConcurrentRunsExceededException", text, 400)
            return start(data)

    return start_job_run


def _code_of(job: dict) -> dict[str, str]:
    """Return the location of the job's code. Each run reads it at its start, because a deployment can change it."""
    return {
        "script": (job.get("Command") or {}).get("ScriptLocation", ""),
        "wheels": (job.get("DefaultArguments") or {}).get("--additional-python-modules", ""),
    }


def _run_in_worker(path: str, wanted: dict[str, Any], timeout_seconds: float) -> tuple[str, str]:
    """Run the job in the worker and return the final state and the error message."""
    deadline = time.monotonic() + WORKER_START_SECONDS
    while True:
        taken = False
        try:
            with _connect(path, deadline) as connection:
                connection.settimeout(timeout_seconds)
                connection.sendall(json.dumps(wanted).encode() + b"\n")
                with connection.makefile("rb") as answers:
                    for line in answers:
                        outcome: dict[str, Any] = json.loads(line)
                        if outcome["state"] != "RUNNING":
                            return outcome["state"], outcome["message"]
                        taken = True
        except TimeoutError:
            return "TIMEOUT", f"Job run exceeded its timeout of {timeout_seconds / 60:.0f} minutes"
        except OSError as error:
            logger.warning("run %s lost its Spark process: %s", wanted["runId"], error)
        if taken:
            return "FAILED", "the Spark process ended during the run"
        if time.monotonic() > deadline:
            return "FAILED", f"no Spark process took the run within {WORKER_START_SECONDS / 60:.0f} minutes"
        # The worker ended before it began the run, so the restarted worker takes the run.
        time.sleep(0.1)


def _connect(path: str, deadline: float) -> socket.socket:
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return connection


def _announce(run: dict, job_name: str) -> None:
    """Send the event 'Glue Job State Change' to EventBridge, as Glue does at the end of a run."""
    detail = {
        "jobName": job_name,
        "jobRunId": run["Id"],
        "severity": "INFO" if run["JobRunState"] == "SUCCEEDED" else "ERROR",
        "state": run["JobRunState"],
        "message": run["ErrorMessage"] or "Job run succeeded",
    }
    entry = {"Source": "aws.glue", "DetailType": "Glue Job State Change", "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
