"""Writes to `uploads`: claims a row for each version, and records how its load ended."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pymysql.connections import Connection

from centflow_glue.bucket import Version
from centflow_glue.contract import Contract
from centflow_glue.keys.object_key import parse_owner_or_default
from centflow_glue.load.load_version import TooManyBadRowsError
from centflow_glue.load.remove_rows import remove_rows
from centflow_glue.load.tally import Tally
from centflow_glue.rejection import UploadRejectedError

TEXT_MAX = 1000

INSERT = """
INSERT INTO uploads (
  owner, feed, object_key, version_id, etag, size_bytes, last_modified,
  state, rows_stored, contract_sha256, job_run_id, received_at, loading_at, updated_at
) VALUES (
  %(owner)s, %(feed)s, %(object_key)s, %(version_id)s, %(etag)s, %(size_bytes)s, %(last_modified)s,
  'loading', FALSE, %(contract_sha256)s, %(job_run_id)s, %(received_at)s, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
) ON DUPLICATE KEY UPDATE upload_id = LAST_INSERT_ID(upload_id)
"""

# An upload that was withdrawn and is loaded again gets a new `received_at`. After an interrupted load, `received_at`
# stays, because the uploader has been waiting since then.
BEGIN_LOADING = """
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


def claim_upload(
    connection: Connection, version: Version, contract: Contract | None, event_time: datetime | None, job_run_id: str
) -> int:
    """Creates or resets the version's row in state `loading`, without any rows of its feed. Returns the upload's id."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "owner": parse_owner_or_default(version.object_key),
                "feed": contract and contract.feed,
                "object_key": version.object_key,
                "version_id": version.version_id,
                "etag": version.etag,
                "size_bytes": version.size,
                "last_modified": _to_utc(version.last_modified),
                "contract_sha256": contract and contract.sha256,
                "job_run_id": job_run_id,
                "received_at": _to_utc(event_time or version.last_modified),
            },
        )
        upload_id = int(cursor.lastrowid)
        is_new = cursor.rowcount == 1
    connection.commit()
    if contract is None:
        if not is_new:  # the key's feed no longer exists
            _update(connection, upload_id, "feed = NULL, contract_sha256 = NULL", ())
    else:
        if not is_new:
            remove_rows(connection, contract, upload_id)
        received_at = event_time and _to_utc(event_time)
        _update(connection, upload_id, BEGIN_LOADING, (received_at, contract.feed, contract.sha256, job_run_id))
    return upload_id


def record_loaded(connection: Connection, upload_id: int) -> None:
    """Records that all rows of the upload are stored. The rows are not visible yet."""
    _update(connection, upload_id, "loaded_at = UTC_TIMESTAMP(6)", ())


def record_rejection(connection: Connection, upload_id: int, error: UploadRejectedError) -> None:
    """Records that the upload is rejected. All rows that were read count as quarantined."""
    tally = error.tally if isinstance(error, TooManyBadRowsError) else Tally()
    amount = tally.amount_good + tally.amount_quarantined
    reason = error.reason[:TEXT_MAX]
    parameters = (tally.read, tally.read, amount, amount, error.code, reason, tally.notes_text)
    _update(connection, upload_id, REJECT, parameters)


def record_failure(connection: Connection, upload_id: int, error: Exception) -> None:
    """Records that the upload could not be loaded, for a reason other than its content."""
    reason = f"The upload could not be loaded and will be retried: {error}"[:TEXT_MAX]
    _update(connection, upload_id, "state = 'failed', reason_code = 'load_failed', reason = %s", (reason,))


def record_withdrawal(connection: Connection, upload_id: int, state: str) -> None:
    """Records that an upload without rows is now `superseded` or `retired`."""
    _update(connection, upload_id, "state = %s, rows_stored = FALSE", (state,))


def _update(connection: Connection, upload_id: int, assignments: str, parameters: Sequence[object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE uploads SET {assignments}, updated_at = UTC_TIMESTAMP(6) WHERE upload_id = %s",
            (*parameters, upload_id),
        )
    connection.commit()


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
