"""The keys one job run is to reconcile: JSON lines written by the trigger."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from centflow_glue.bucket import s3_client

# S3's answer to a GET of a key that does not exist, to who may list the whole bucket and to who may not:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html.
GONE = frozenset({"NoSuchKey", "AccessDenied"})
# S3's answer to a conditional delete of a key that somebody else deletes or has deleted:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html.
TAKEN = frozenset({"NoSuchKey", "PreconditionFailed", "ConditionalRequestConflict"})


class ManifestError(Exception):
    """The manifest cannot be read; the sweep will find its keys."""


@dataclass(frozen=True)
class KeyToReconcile:
    """A key, and when the event that named it happened (None: no event did).

    Attributes:
        object_key: The key.
        event_time: S3's time of the event.
        missed: Whether the sweep found it, and no event's run had taken it up in all the time it had.
    """

    object_key: str
    event_time: datetime | None = None
    missed: bool = False


def read_manifest(uri: str) -> Iterator[KeyToReconcile]:
    """Stream the keys of `s3://<bucket>/<key>`, one JSON object a line: `{"key": …, "eventTime": …}`.

    Raises:
        ManifestError: The address or a line is not of that form.
    """
    bucket, object_key = _split(uri)
    body = s3_client().get_object(Bucket=bucket, Key=object_key)["Body"]
    for number, line in enumerate(body.iter_lines(), start=1):
        if line.strip():
            yield _read_line(line, number, uri)


def take_waiting_manifests(folder: str) -> Iterator[KeyToReconcile]:
    """Take the manifests that wait in `s3://<bucket>/<folder>/` for a job run, and return their keys.

    A manifest that is taken is deleted, and its trigger sees that. Of several job runs, one can delete it.

    Raises:
        ManifestError: The address or a line is not of that form.
    """
    bucket, prefix = _split(folder)
    client = s3_client()
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            try:
                keys = list(read_manifest(f"s3://{bucket}/{entry['Key']}"))
            except ClientError as error:
                if error.response["Error"]["Code"] in GONE:
                    continue  # another job run, or its trigger, was faster
                raise
            if _delete_if_there(bucket, entry["Key"]):
                yield from keys


def _delete_if_there(bucket: str, object_key: str) -> bool:
    """Delete a key, and return whether it was this call that did."""
    try:
        s3_client().delete_object(Bucket=bucket, Key=object_key, IfMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] in TAKEN:
            return False
        raise
    return True


def _split(uri: str) -> tuple[str, str]:
    # Not urllib's parser: `?` and `#` are characters of a key like any other.
    address = re.fullmatch(r"s3://([^/]+)/(.+)", uri)
    if address is None:
        raise ManifestError(f"{uri!r} is no s3://bucket/key: check the arguments of the job run.")
    return address[1], address[2]


def _read_line(line: bytes, number: int, uri: str) -> KeyToReconcile:
    try:
        entry = json.loads(line)
        event_time = entry.get("eventTime")
        return KeyToReconcile(_text(entry["key"]), datetime.fromisoformat(event_time) if event_time else None)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ManifestError(
            f"Line {number} of {uri} is no manifest entry ({error!r}): run the sweep to reconcile its keys."
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
