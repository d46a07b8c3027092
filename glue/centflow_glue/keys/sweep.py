"""The keys whose events were lost or whose load was killed: `raw/` as S3 lists it against the table `uploads`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from pymysql.connections import Connection
from pymysql.cursors import SSCursor

from centflow_glue.bucket import Version, list_versions
from centflow_glue.contract import Contract
from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.keys.object_key import RAW_PREFIX, feed_folder, is_folder_placeholder
from centflow_glue.keys.plan import lacking, live_versions, plan_key
from centflow_glue.keys.uploads import PLANNED, Upload, upload_of
from centflow_glue.limits import SUMMARY_LIMITS, SummaryLimits

# An event, its batch and the start of a job run take a minute or two; what the sweep finds sooner is only on its way.
MISSED_AFTER = timedelta(minutes=15)


def find_keys(
    bucket: str,
    connection: Connection,
    contracts: Mapping[str, Contract],
    summary_limits: SummaryLimits = SUMMARY_LIMITS,
) -> Iterator[KeyToReconcile]:
    """Stream the keys that need reconciling, by walking both lists side by side in the order of their keys.

    Both sides are sorted by the keys' UTF-8 bytes, and neither is held in memory.

    Args:
        bucket: The uploads bucket.
        connection: To MySQL, used for nothing else until the iteration ends.
        contracts: By feed.
        summary_limits: Which uploads are to have summaries.
    """
    in_bucket = ((versions[0].object_key, versions) for versions in list_versions(bucket, RAW_PREFIX))
    in_database = _uploads_by_key(connection)
    for object_key, versions, uploads in _side_by_side(in_bucket, in_database):
        if any(is_folder_placeholder(object_key, version.size) for version in live_versions(versions)):
            continue
        contract = contracts.get(feed_folder(object_key))
        plan = plan_key(versions, uploads, contract.sha256 if contract else None)
        if not plan.is_empty or lacking(plan.published, contract, summary_limits):
            yield KeyToReconcile(object_key, missed=_is_missed(versions, uploads))


def _is_missed(versions: Sequence[Version], uploads: Sequence[Upload]) -> bool:
    """Whether the key's newest version, or its removal, has been there for long and is in no books."""
    if not versions:
        return any(upload.state == "published" for upload in uploads)
    newest = versions[0]
    if datetime.now(UTC) - newest.last_modified < MISSED_AFTER:
        return False
    if newest.is_delete_marker:
        return any(upload.state == "published" for upload in uploads)
    return all(upload.version_id != newest.version_id for upload in uploads)


def _uploads_by_key(connection: Connection) -> Iterator[tuple[str, list[Upload]]]:
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(f"SELECT {PLANNED}, object_key FROM uploads ORDER BY object_key, upload_id")
        for object_key, rows in groupby(cursor, key=lambda row: row[-1]):
            yield object_key, [upload_of(row[:-1]) for row in rows]
    connection.commit()


def _side_by_side(
    left: Iterator[tuple[str, list[Version]]], right: Iterator[tuple[str, list[Upload]]]
) -> Iterator[tuple[str, list[Version], list[Upload]]]:
    """Join two sorted streams by key; a key that one side lacks comes with an empty list."""
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
