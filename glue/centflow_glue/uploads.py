"""The rows of `uploads`: what the database knows of each version of each object."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pymysql.connections import Connection

from centflow_glue.contract import Contract
from centflow_glue.load import Tally, TooManyBadRowsError
from centflow_glue.object_key import owner_or_default
from centflow_glue.plan import Upload, Version
from centflow_glue.publish import remove_rows
from centflow_glue.rejection import UploadRejectedError

TEXT_MAX = 1000

# What planning needs of an upload, as `upload_of` reads it.
PLANNED = """
  uploads.upload_id, version_id, state, rows_stored, contract_sha256, rows_published + rows_duplicate,
  (SELECT GROUP_CONCAT(summary) FROM upload_summaries
   WHERE upload_summaries.upload_id = uploads.upload_id AND as_of = uploads.updated_at)
"""

INSERT = """
INSERT INTO uploads (
  owner, feed, object_key, version_id, etag, size_bytes, last_modified,
  state, rows_stored, contract_sha256, job_run_id, received_at, loading_at, updated_at
) VALUES (
  %(owner)s, %(feed)s, %(object_key)s, %(version_id)s, %(etag)s, %(size_bytes)s, %(last_modified)s,
  'loading', FALSE, %(contract_sha256)s, %(job_run_id)s, %(received_at)s, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
) ON DUPLICATE KEY UPDATE upload_id = LAST_INSERT_ID(upload_id)
"""

# An upload that is undone and done again is received anew; one whose load was interrupted still waits since then.
BEGIN = """
  received_at = IF(state IN ('retired', 'superseded'), COALESCE(%s, UTC_TIMESTAMP(6)), received_at),
  state = 'loading', rows_stored = TRUE, feed = %s, contract_sha256 = %s, job_run_id = %s,
  rows_read = 0, rows_published = 0, rows_duplicate = 0, rows_quarantined = 0,
  amount_read = 0, amount_published = 0, amount_duplicate = 0, amount_quarantined = 0,
  reason_code = NULL, reason = NULL, notes = NULL,
  loading_at = UTC_TIMESTAMP(6), loaded_at = NULL, published_at = NULL
"""

REJECT = """
  state = 'rejected', rows_stored = FALSE, rows_read = %s, rows_quarantined = %s,
  amount_read = %s, amount_quarantined = %s,
  reason_code = %s, reason = %s, notes = %s
"""


def uploads_of(connection: Connection, object_key: str) -> list[Upload]:
    """What is known of the versions of one key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {PLANNED} FROM uploads WHERE object_key_sha256 = UNHEX(SHA2(%s, 256))",
            (object_key,),
        )
        rows = cursor.fetchall()
    connection.commit()  # so that the next query sees what others commit meanwhile
    return [upload_of(row) for row in rows]


def upload_of(row: Sequence[Any]) -> Upload:
    """An upload from the columns `PLANNED`."""
    upload_id, version_id, state, rows_stored, contract_sha256, rows_good, summaries = row
    standing = frozenset(summaries.split(",")) if summaries else frozenset[str]()
    return Upload(upload_id, version_id, state, bool(rows_stored), contract_sha256, rows_good, standing)


def claim(
    connection: Connection, version: Version, contract: Contract | None, event_time: datetime | None, job_run_id: str
) -> int:
    """The version's row in state `loading` and without rows, whatever an earlier run left; returns its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "owner": owner_or_default(version.object_key),
                "feed": contract and contract.feed,
                "object_key": version.object_key,
                "version_id": version.version_id,
                "etag": version.etag,
                "size_bytes": version.size,
                "last_modified": _utc(version.last_modified),
                "contract_sha256": contract and contract.sha256,
                "job_run_id": job_run_id,
                "received_at": _utc(event_time or version.last_modified),
            },
        )
        upload_id = int(cursor.lastrowid)
        is_new = cursor.rowcount == 1
    connection.commit()
    if contract is None:
        if not is_new:  # its feed is gone
            _update(connection, upload_id, "feed = NULL, contract_sha256 = NULL", ())
    else:
        if not is_new:
            remove_rows(connection, contract, upload_id)
        received_at = event_time and _utc(event_time)
        _update(connection, upload_id, BEGIN, (received_at, contract.feed, contract.sha256, job_run_id))
    return upload_id


def record_loaded(connection: Connection, upload_id: int) -> None:
    """All rows of the upload are stored, and not visible yet."""
    _update(connection, upload_id, "loaded_at = UTC_TIMESTAMP(6)", ())


def record_rejection(connection: Connection, upload_id: int, error: UploadRejectedError) -> None:
    """The upload is not acceptable: nothing of it is published, all rows that were read count as quarantined."""
    tally = error.tally if isinstance(error, TooManyBadRowsError) else Tally()
    amount = tally.amount_good + tally.amount_quarantined
    reason = error.reason[:TEXT_MAX]
    _update(connection, upload_id, REJECT, (tally.read, tally.read, amount, amount, error.code, reason, tally.remarks))


def record_failure(connection: Connection, upload_id: int, error: Exception) -> None:
    """The upload could not be loaded for a reason that is not the uploader's."""
    reason = f"The upload could not be loaded and will be retried: {error}"[:TEXT_MAX]
    _update(connection, upload_id, "state = 'failed', reason_code = 'load_failed', reason = %s", (reason,))


def record_withdrawal(connection: Connection, upload_id: int, state: str) -> None:
    """An upload that has no rows is `superseded` or `retired`."""
    _update(connection, upload_id, "state = %s, rows_stored = FALSE", (state,))


def _update(connection: Connection, upload_id: int, assignments: str, parameters: Sequence[object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE uploads SET {assignments}, updated_at = UTC_TIMESTAMP(6) WHERE upload_id = %s",
            (*parameters, upload_id),
        )
    connection.commit()


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
