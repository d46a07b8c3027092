"""Finds the keys whose events were lost or whose load was killed: compares `raw/` in S3 with the table `uploads`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from pymysql.connections import Connection
from pymysql.cursors import SSCursor

from centflow_glue.bucket import Version, list_versions
from centflow_glue.contract import Contract
from centflow_glue.keys.decide import decide, find_live_versions
from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.keys.object_key import RAW_PREFIX, is_folder_placeholder, parse_feed
from centflow_glue.keys.uploads import UPLOAD_COLUMNS, Upload, parse_upload
from centflow_glue.limits import SUMMARY_LIMITS, SummaryLimits

# A newer version counts as missed only after this time. The event, its batch and the start of the job run take a minute
# or two.
MISSED_AFTER = timedelta(minutes=15)


def find_keys(
    bucket: str,
    connection: Connection,
    contracts: Mapping[str, Contract],
    summary_limits: SummaryLimits = SUMMARY_LIMITS,
) -> Iterator[KeyToReconcile]:
    """Yields the keys that need reconciling.

    S3's listing and the rows of `uploads` are both sorted by the UTF-8 bytes of the key. The sweep reads both streams
    in parallel and holds neither of them in memory.

    Args:
        bucket: The uploads bucket.
        connection: A connection to MySQL. No other code may use it until the iteration ends.
        contracts: The contracts by feed.
        summary_limits: The limits that decide which uploads have summaries.
    """
    in_bucket = ((versions[0].object_key, versions) for versions in list_versions(bucket, RAW_PREFIX))
    in_database = _list_uploads(connection)
    for object_key, versions, uploads in _merge_by_key(in_bucket, in_database):
        if any(is_folder_placeholder(object_key, version.size) for version in find_live_versions(versions)):
            continue
        decision = decide(versions, uploads, contracts.get(parse_feed(object_key)), summary_limits)
        if not decision.is_empty:
            yield KeyToReconcile(object_key, is_missed=_is_missed(versions, uploads))


def _is_missed(versions: Sequence[Version], uploads: Sequence[Upload]) -> bool:
    """Returns whether the newest version or the deletion is older than `MISSED_AFTER` and missing in `uploads`."""
    if not versions:
        return any(upload.state == "published" for upload in uploads)
    newest = versions[0]
    if datetime.now(UTC) - newest.last_modified < MISSED_AFTER:
        return False
    if newest.is_delete_marker:
        return any(upload.state == "published" for upload in uploads)
    return all(upload.version_id != newest.version_id for upload in uploads)


def _list_uploads(connection: Connection) -> Iterator[tuple[str, list[Upload]]]:
    """Yields the uploads of every key, in the order of the keys."""
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(f"SELECT {UPLOAD_COLUMNS}, object_key FROM uploads ORDER BY object_key, upload_id")
        for object_key, rows in groupby(cursor, key=lambda row: row[-1]):
            yield object_key, [parse_upload(row[:-1]) for row in rows]
    connection.commit()


def _merge_by_key(
    left: Iterator[tuple[str, list[Version]]], right: Iterator[tuple[str, list[Upload]]]
) -> Iterator[tuple[str, list[Version], list[Upload]]]:
    """Joins two sorted streams by key. A key that is missing in one stream gets an empty list for that stream."""
    versions, uploads = next(left, None), next(right, None)
    while versions or uploads:
        key = min((side[0] for side in (versions, uploads) if side), key=str.encode)
        yield (
            key,
            versions[1] if versions and versions[0] == key else [],
            uploads[1] if uploads and uploads[0] == key else [],
        )
        if versions and versions[0] == key:
            versions = next(left, None)
        if uploads and uploads[0] == key:
            uploads = next(right, None)
