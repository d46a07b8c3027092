"""Determines the queue of a redrive for the IAM check.

StartMessageMoveTask names the dead-letter queue by its ARN, as `SourceArn`, but ministack reads only a queue's URL.
ministack therefore checks rights on all queues, and rejects roles that may redrive only one queue. ministack does not
implement the move itself.
"""

import json
from typing import Any

from ministack.core import iam_actions


def install() -> None:
    """Check rights on the queue that the request names."""
    extract = iam_actions.extract_resource_arn

    def extract_with_source(service: str, method: str, path: str, headers: dict, body: bytes, *others: Any) -> str:
        resource = extract(service, method, path, headers, body, *others)
        if service != "sqs" or resource != "*":
            return resource
        return _source_of(body) or resource

    iam_actions.extract_resource_arn = extract_with_source


def _source_of(body: bytes) -> str | None:
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        return None
    return asked.get("SourceArn") if isinstance(asked, dict) else None
