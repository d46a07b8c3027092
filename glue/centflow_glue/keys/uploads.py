"""The rows of `uploads` as the database has them: what is known of each version of each object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymysql.connections import Connection


@dataclass(frozen=True)
class Upload:
    """A row of `uploads`, as far as planning needs it.

    Attributes:
        upload_id: Its id.
        version_id: The version of the object it stands for.
        state: `loading`, `published`, `superseded`, `retired`, `rejected` or `failed`.
        rows_stored: Whether rows of it may stand in the feed's table.
        contract_sha256: The contract it was judged by.
        rows_good: Rows that keep the contract, shown or not.
        summaries: Those that stand for it as it is.
    """

    upload_id: int
    version_id: str
    state: str
    rows_stored: bool
    contract_sha256: str | None
    rows_good: int = 0
    summaries: frozenset[str] = frozenset()


# What planning needs of an upload, as `upload_of` reads it.
PLANNED = """
  uploads.upload_id, version_id, state, rows_stored, contract_sha256, rows_published + rows_duplicate,
  (SELECT GROUP_CONCAT(summary) FROM upload_summaries
   WHERE upload_summaries.upload_id = uploads.upload_id AND as_of = uploads.updated_at)
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
