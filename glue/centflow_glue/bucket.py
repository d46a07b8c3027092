"""Reads the uploads bucket: lists the versions of keys, and opens the bytes of one version."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import IO, Any
from xml.etree import ElementTree

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENTRY_TAGS = ("Version", "DeleteMarker")


@dataclass(frozen=True)
class Version:
    """One version of an object, or a delete marker, as S3 lists it.

    Attributes:
        object_key: The key.
        version_id: S3's version id.
        last_modified: When the version was written, UTC.
        etag: S3's entity tag without quotes; empty for a delete marker.
        size: Bytes; 0 for a delete marker.
        is_delete_marker: Whether the entry is a delete marker.
    """

    object_key: str
    version_id: str
    last_modified: datetime
    etag: str = ""
    size: int = 0
    is_delete_marker: bool = False


@cache
def s3_client() -> Any:
    """Returns this process's S3 client. `AWS_ENDPOINT_URL` and the usual variables configure it."""
    client = boto3.client("s3", config=Config(retries={"mode": "adaptive", "max_attempts": 8}, max_pool_connections=32))
    client.meta.events.register("before-parse.s3.ListObjectVersions", _record_entry_order)
    return client


def list_versions(bucket: str, prefix: str) -> Iterator[list[Version]]:
    """Yields the versions of every key that begins with `prefix`: one list per key, newest first.

    The keys are sorted by their UTF-8 bytes. Only one page of the listing (1,000 entries) and the versions of one key
    are in memory.
    """
    entries = _list_entries(bucket, prefix)
    for _, versions in groupby(entries, key=lambda version: version.object_key):
        yield list(versions)


def list_key_versions(bucket: str, object_key: str) -> list[Version]:
    """Returns the versions of one key, newest first; an empty list if S3 has none."""
    for versions in list_versions(bucket, object_key):
        # If the key exists, S3 lists it before the longer keys that begin with it.
        return versions if versions[0].object_key == object_key else []
    return []


def open_version(bucket: str, version: Version) -> IO[bytes]:
    """Returns the bytes of exactly this version, as a stream.

    Raises:
        botocore.exceptions.ClientError: The request failed, perhaps because the version was removed: see `is_removed`.
    """
    response = s3_client().get_object(Bucket=bucket, Key=version.object_key, VersionId=version.version_id)
    stream: IO[bytes] = response["Body"]
    return stream


def is_removed(bucket: str, version: Version, error: Exception) -> bool:
    """Returns whether S3 refused to return a version because the version was removed.

    If a version is missing, S3 returns AccessDenied to callers that may not list the bucket's objects:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html. The job may list only versions, so this function
    searches the list of versions.
    """
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
    if code != "AccessDenied":
        return code in ("NoSuchVersion", "NoSuchKey")
    return all(known.version_id != version.version_id for known in list_key_versions(bucket, version.object_key))


def _list_entries(bucket: str, prefix: str) -> Iterator[Version]:
    """Yields versions and delete markers in the order of S3: by key, then newest first."""
    for page in s3_client().get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        versions, markers = iter(page.get("Versions", [])), iter(page.get("DeleteMarkers", []))
        for is_marker in page["IsDeleteMarker"]:
            yield _version(next(markers if is_marker else versions), is_marker)


def _record_entry_order(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Records which entries of a listing are delete markers, in the order of the response.

    botocore parses versions and delete markers into two lists, and `LastModified` has whole seconds only. Without the
    order of the response, the job could not know whether an upload or a delete in the same second came first.
    """
    if response_dict["status_code"] == 200:
        tags = (element.tag.rpartition("}")[2] for element in ElementTree.fromstring(response_dict["body"]))
        customized_response_dict["IsDeleteMarker"] = [tag == "DeleteMarker" for tag in tags if tag in ENTRY_TAGS]


def _version(entry: dict[str, Any], is_delete_marker: bool) -> Version:
    return Version(
        object_key=entry["Key"],
        version_id=entry["VersionId"],
        last_modified=entry["LastModified"],
        etag="" if is_delete_marker else entry["ETag"].strip('"'),
        size=0 if is_delete_marker else entry["Size"],
        is_delete_marker=is_delete_marker,
    )
