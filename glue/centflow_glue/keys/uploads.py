"""Reads the columns of `uploads` that a decision about an object key needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymysql.connections import Connection

# The columns that `parse_upload` reads. A summary is current only if its row in `upload_summaries` has an `as_of`
# equal to the upload's `updated_at`.
UPLOAD_COLUMNS = """
  uploads.upload_id, version_id, state, rows_stored, contract_sha256, rows_published + rows_duplicate,
  (SELECT GROUP_CONCAT(summary) FROM upload_summaries
   WHERE upload_summaries.upload_id = uploads.upload_id AND as_of = uploads.updated_at)
"""


@dataclass(frozen=True)
class Upload:
    """A row of `uploads`: one version of one object.

    Attributes:
        upload_id: The upload's id.
        version_id: The version of the object.
        state: `loading`, `published`, `superseded`, `retired`, `rejected` or `failed`.
        rows_stored: Whether the feed's table may hold rows of the upload.
        contract_sha256: The SHA-256 of the contract that the upload was checked against.
        rows_good: Number of rows that satisfy the contract, visible or shadowed.
        summaries: Tables with a current summary of the upload.
    """

    upload_id: int
    version_id: str
    state: str
    rows_stored: bool
    contract_sha256: str | None
    rows_good: int = 0
    summaries: frozenset[str] = frozenset()


def find_uploads(connection: Connection, object_key: str) -> list[Upload]:
    """Returns the uploads of one object key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {UPLOAD_COLUMNS} FROM uploads WHERE object_key_sha256 = UNHEX(SHA2(%s, 256))",
            (object_key,),
        )
        rows = cursor.fetchall()
    connection.commit()  # so that the next query sees later commits of other job runs
    return [parse_upload(row) for row in rows]


def parse_upload(row: Sequence[Any]) -> Upload:
    """Returns the upload in a row with the columns `UPLOAD_COLUMNS`."""
    upload_id, version_id, state, rows_stored, contract_sha256, rows_good, summaries = row
    current = frozenset(summaries.split(",")) if summaries else frozenset[str]()
    return Upload(upload_id, version_id, state, bool(rows_stored), contract_sha256, rows_good, current)
