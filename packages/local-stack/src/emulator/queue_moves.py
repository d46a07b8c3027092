"""Which queue a redrive is about, where IAM is asked whether somebody may start it.

StartMessageMoveTask names the dead-letter queue by its ARN, as `SourceArn`. ministack looks for a queue's URL alone,
asks IAM for every queue there is, and so refuses roles that may redrive one. The task itself it does not have.
"""

import json
from typing import Any

from ministack.core import iam_actions


def install() -> None:
    """Let IAM be asked for the queue that the request names."""
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
