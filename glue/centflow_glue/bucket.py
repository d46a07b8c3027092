"""What the uploads bucket holds now: versions of keys, and the bytes of one version."""

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
        last_modified: When it was written, UTC.
        etag: S3's entity tag without quotes; empty for a delete marker.
        size: Bytes; 0 for a delete marker.
        is_delete_marker: Whether it says that the object is deleted.
    """

    object_key: str
    version_id: str
    last_modified: datetime
    etag: str = ""
    size: int = 0
    is_delete_marker: bool = False


@cache
def s3_client() -> Any:
    """This process's S3 client; `AWS_ENDPOINT_URL` and the usual variables configure it."""
    client = boto3.client("s3", config=Config(retries={"mode": "adaptive", "max_attempts": 8}, max_pool_connections=32))
    client.meta.events.register("before-parse.s3.ListObjectVersions", _keep_order)
    return client


def list_versions(bucket: str, prefix: str) -> Iterator[list[Version]]:
    """The versions of every key that begins with `prefix`: one list a key, newest first, keys in the order of UTF-8.

    Holds one page of the listing (1,000 entries) and the versions of one key in memory.
    """
    entries = _list_entries(bucket, prefix)
    for _, versions in groupby(entries, key=lambda version: version.object_key):
        yield list(versions)


def versions_of(bucket: str, object_key: str) -> list[Version]:
    """The versions of one key, newest first; empty where S3 knows nothing of it."""
    for versions in list_versions(bucket, object_key):
        # Of all keys that begin with this one, S3 lists this one first.
        return versions if versions[0].object_key == object_key else []
    return []


def open_version(bucket: str, version: Version) -> IO[bytes]:
    """The bytes of exactly this version, as a stream.

    Raises:
        botocore.exceptions.ClientError: Among others where it has been removed since it was listed: see `is_gone`.
    """
    response = s3_client().get_object(Bucket=bucket, Key=version.object_key, VersionId=version.version_id)
    stream: IO[bytes] = response["Body"]
    return stream


def is_gone(bucket: str, version: Version, error: Exception) -> bool:
    """Whether S3 refused a version because it has none of that id any more.

    S3 says so only to those who may list the whole bucket; to others it denies access:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html. The job may list versions alone, and they tell.
    """
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
    if code != "AccessDenied":
        return code in ("NoSuchVersion", "NoSuchKey")
    return all(known.version_id != version.version_id for known in versions_of(bucket, version.object_key))


def _list_entries(bucket: str, prefix: str) -> Iterator[Version]:
    """Versions and delete markers in S3's own order: by key, then newest first."""
    for page in s3_client().get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        versions, markers = iter(page.get("Versions", [])), iter(page.get("DeleteMarkers", []))
        for is_marker in page["IsDeleteMarker"]:
            yield _version(next(markers if is_marker else versions), is_marker)


def _keep_order(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Note which entries of a listing are delete markers, in the order of the document.

    botocore parses versions and delete markers into two lists, and `LastModified` has whole seconds only: without the
    document's order, an upload and a delete within one second could not be told apart.
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
