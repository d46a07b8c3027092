"""CloudWatch Logs as IAM sees it: making a stream and writing to it is about the stream, not about its group.

ministack asks for `log-group:<name>`, where the Service Authorization Reference has
`log-group:<name>:log-stream:<name>`; a policy that is right on AWS (`log-group:<name>:*`) would be refused.
"""

from typing import Any

from ministack.core import iam_evaluator

STREAM_ACTIONS = {"logs:CreateLogStream", "logs:PutLogEvents"}


def install() -> None:
    """Ask for the streams of a group."""
    enforce = iam_evaluator.enforce

    def enforce_on_streams(
        access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", **context: Any
    ) -> Any:
        if iam_action in STREAM_ACTIONS and resource_arn != "*":
            resource_arn = f"{resource_arn}:log-stream:"
        return enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, **context)

    iam_evaluator.enforce = enforce_on_streams
