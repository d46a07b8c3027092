"""Simulates throttling and outages of AWS services for tests: a share of the requests fails with AWS's own errors.

A file sets the share of each service, such as `{"s3": 0.3, "glue": 0.5}`. It can change while the emulator runs.
"""

import json
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from service_errors import error_of, service_of

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
S3_REFUSALS = ((503, "SlowDown"), (500, "InternalError"))
# https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html
OTHER_REFUSALS = ((400, "ThrottlingException"), (500, "InternalFailure"))

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Callable[[dict], Awaitable[None]]], Awaitable[None]]


def wrap(application: Application, file: str) -> Application:
    """Wrap the application so that it rejects the shares set in `file`. Without the file, it accepts all requests."""

    async def refusing(scope: Scope, receive: Any, send: Callable[[dict], Awaitable[None]]) -> None:
        service = _service_of(scope) if scope["type"] == "http" else None
        if service is None or random.random() >= _shares(file).get(service, 0):
            await application(scope, receive, send)
            return
        status, code = random.choice(S3_REFUSALS if service == "s3" else OTHER_REFUSALS)
        kind, body = error_of(service, "", code, "Refused by the test.")
        headers = [(b"content-type", kind.encode()), (b"x-amzn-errortype", code.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    return refusing


def _service_of(scope: Scope) -> str | None:
    signature = b" ".join(value for name, value in scope["headers"] if name == b"authorization")
    return service_of(signature.decode("latin-1"))


def _shares(file: str) -> dict[str, float]:
    try:
        return json.loads(Path(file).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        # The file does not exist yet, or is being written.
        return {}
