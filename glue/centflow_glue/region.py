"""The AWS region of this process."""

from functools import cache

import boto3


@cache
def use_secret_region(secret_id: str) -> None:
    """Makes later boto3 clients use the region in the secret's ARN. Does nothing if given a secret's name.

    Glue documents no region in the environment of its Python workers. Without a region boto3 finds neither Secrets
    Manager nor CloudWatch Logs. boto3 then finds S3 only at its global host, which the job's network does not reach.
    The fourth part of an ARN is the region: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html.
    """
    parts = secret_id.split(":")
    if parts[0] == "arn":
        boto3.setup_default_session(region_name=parts[3])
