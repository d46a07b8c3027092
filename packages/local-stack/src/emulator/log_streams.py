"""Corrects the IAM resources of CloudWatch Logs in ministack.

A right to create a stream, or to write to it, applies to the stream and not to its group. ministack checks
`log-group:<name>`, but AWS's Service Authorization Reference specifies `log-group:<name>:log-stream:<name>`. ministack
would therefore reject a policy that works on AWS (`log-group:<name>:*`).
"""

from typing import Any

from ministack.core import iam_evaluator

STREAM_ACTIONS = {"logs:CreateLogStream", "logs:PutLogEvents"}


def install() -> None:
    """Check stream actions against the streams of a group instead of the group."""
    enforce = iam_evaluator.enforce

    def enforce_on_streams(
        access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", **context: Any
    ) -> Any:
        if iam_action in STREAM_ACTIONS and resource_arn != "*":
            resource_arn = f"{resource_arn}:log-stream:"
        return enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, **context)

    iam_evaluator.enforce = enforce_on_streams
