"""The AWS region that this process calls AWS in."""

from functools import cache

import boto3


@cache
def use_region_of(secret_id: str) -> None:
    """Let clients that are made from now on call AWS in the region of a secret, where it is named by its ARN.

    Glue documents no region in the environment of its Python workers. Without one boto3 finds neither Secrets Manager
    nor CloudWatch Logs, and S3 only at its global host, which the job's network does not reach. The fourth part of an
    ARN is the region: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html.
    """
    parts = secret_id.split(":")
    if parts[0] == "arn":
        boto3.setup_default_session(region_name=parts[3])
