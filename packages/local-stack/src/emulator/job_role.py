"""Gives the runs of a Glue job only the rights of the job's role, so that IAM is enforced as on AWS.

ministack does the same for Lambdas (core/lambda_runtime.execution_credentials), but not for Glue runs.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from ministack.core.responses import get_account_id
from ministack.services import glue, sts


def install(credentials_file: str) -> None:
    """Store a session of the last run's role in `credentials_file`, which the Spark process uses as its AWS profile."""
    glue._start_job_run = _with_session(glue._start_job_run, Path(credentials_file))


def _with_session(start: Callable[[dict], tuple], file: Path) -> Callable[[dict], tuple]:
    registered: dict[str, str] = {}

    def start_job_run(data: dict) -> tuple:
        role = glue._jobs.get(data.get("JobName"), {}).get("Role", "")
        if role and role not in registered:
            registered[role] = _session_of(role.rsplit("/", 1)[-1])
        if role and (not file.exists() or file.read_text() != registered[role]):
            _write(file, registered[role])
        return start(data)

    return start_job_run


def _session_of(role_name: str) -> str:
    """Register a session under the name that Glue uses, and return the session as an AWS profile."""
    access_key = f"ASIA{secrets.token_hex(8).upper()}"
    secret_key, token = secrets.token_urlsafe(30), secrets.token_urlsafe(60)
    session_name = "GlueJobRunnerSession"
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{get_account_id()}:assumed-role/{role_name}/{session_name}",
            "UserId": f"{role_name}:{session_name}",
            "SecretAccessKey": secret_key,
            "SessionToken": token,
        },
    )
    keys = {"aws_access_key_id": access_key, "aws_secret_access_key": secret_key, "aws_session_token": token}
    return "\n".join(["[default]", *(f"{name} = {value}" for name, value in keys.items()), ""])


def _write(file: Path, profile: str) -> None:
    """Write the profile atomically into a file that only the current user can read."""
    unfinished = file.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(profile)
    os.replace(unfinished, file)
