"""Reads the keys that a job run reconciles from manifests, which are JSON lines written by the trigger."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from centflow_glue.bucket import s3_client

# The error codes of a GET of a missing key. S3 returns the second code if the caller may not list the whole bucket.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html.
MISSING_CODES = frozenset({"NoSuchKey", "AccessDenied"})
# The error codes of a conditional delete of a key that another client is deleting or has deleted:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html.
ALREADY_DELETED_CODES = frozenset({"NoSuchKey", "PreconditionFailed", "ConditionalRequestConflict"})


class ManifestError(Exception):
    """The manifest cannot be read. The sweep finds its keys later."""


@dataclass(frozen=True)
class KeyToReconcile:
    """A key that a job run reconciles.

    Attributes:
        object_key: The key.
        event_time: When the key's event occurred, according to S3; None if the sweep found the key.
        is_missed: Whether the sweep found the key although the key's event should already have started a job run.
    """

    object_key: str
    event_time: datetime | None = None
    is_missed: bool = False


def read_manifest(uri: str) -> Iterator[KeyToReconcile]:
    """Yields the keys of `s3://<bucket>/<key>`, one JSON object per line: `{"key": …, "eventTime": …}`.

    Raises:
        ManifestError: The address or a line has the wrong format.
    """
    bucket, object_key = _parse_uri(uri)
    body = s3_client().get_object(Bucket=bucket, Key=object_key)["Body"]
    for number, line in enumerate(body.iter_lines(), start=1):
        if line.strip():
            yield _read_line(line, number, uri)


def take_waiting_manifests(folder: str) -> Iterator[KeyToReconcile]:
    """Takes the manifests that wait in `s3://<bucket>/<folder>/` for a job run, and yields their keys.

    A job run takes a manifest by deleting it. Only one of several job runs can delete the same manifest. The trigger
    detects that the manifest was deleted.

    Raises:
        ManifestError: The address or a line has the wrong format.
    """
    bucket, prefix = _parse_uri(folder)
    client = s3_client()
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            try:
                keys = list(read_manifest(f"s3://{bucket}/{entry['Key']}"))
            except ClientError as error:
                if error.response["Error"]["Code"] in MISSING_CODES:
                    continue  # another job run, or the trigger, has deleted it
                raise
            if _delete_if_exists(bucket, entry["Key"]):
                yield from keys


def _delete_if_exists(bucket: str, object_key: str) -> bool:
    """Deletes an object. Returns False if another client deletes or has deleted the object."""
    try:
        s3_client().delete_object(Bucket=bucket, Key=object_key, IfMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] in ALREADY_DELETED_CODES:
            return False
        raise
    return True


def _parse_uri(uri: str) -> tuple[str, str]:
    # urllib's parser would treat `?` and `#` specially. In a key they are ordinary characters.
    address = re.fullmatch(r"s3://([^/]+)/(.+)", uri)
    if address is None:
        raise ManifestError(f"{uri!r} is not an s3://bucket/key address: check the arguments of the job run.")
    return address[1], address[2]


def _read_line(line: bytes, number: int, uri: str) -> KeyToReconcile:
    try:
        entry = json.loads(line)
        event_time = entry.get("eventTime")
        return KeyToReconcile(_require_text(entry["key"]), datetime.fromisoformat(event_time) if event_time else None)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ManifestError(
            f"Line {number} of {uri} is not a manifest entry ({error!r}): run the sweep to reconcile its keys."
        ) from error


def _require_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value
