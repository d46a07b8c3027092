"""The step that readers see: uploads become visible, or stop being so, and rows that several of them share show once.

Within an owner and feed the visible rows are the multiset union of the published uploads, with the highest
multiplicity. A row's identity is its fingerprint and its occurrence number within its upload; of several published
uploads that have it, the one with the newest LastModified shows it, and the others' rows are `shadowed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from centflow_glue.contract import Contract, Summary
from centflow_glue.limits import SummaryLimits
from centflow_glue.load.remove_rows import remove_rows
from centflow_glue.load.tally import Tally
from centflow_glue.publish.shared_rows import share_rows
from centflow_glue.publish.summaries import add_up, mark

# First and last date of an upload's rows, and whether one of them has a transaction id.
Bounds = Sequence[Any]


@dataclass(frozen=True)
class Change:
    """What one key's reconciliation changes for the readers.

    Attributes:
        owner: Whose uploads they are.
        contract: Of their feed.
        publish: The upload that becomes visible, with what was counted while it was loaded; None for no such upload.
        withdraw: Uploads of the key that stop being visible (or never were).
        withdrawn_state: `superseded` where the key has another upload, `retired` where its object is deleted.
    """

    owner: str
    contract: Contract
    publish: tuple[int, Tally] | None
    withdraw: Sequence[int]
    withdrawn_state: str


def publish(connection: Connection, change: Change) -> None:
    """Make a change visible in one transaction, then remove the rows of what was withdrawn.

    A reader sees the state before or after, never between. Whatever is killed before the commit leaves everything as
    it was; whatever is killed after it leaves invisible rows, which the next reconciliation of the key removes.
    """
    with connection.cursor() as cursor:
        _lock_publications(cursor, change.owner, change.contract.feed)
        visible_before = _published_bounds(cursor, change.withdraw)
        touched = [*visible_before, *([change.publish[0]] if change.publish else [])]
        others = _overlapping(cursor, change, touched, list(visible_before.values()))
        if change.withdraw:
            cursor.execute(
                "UPDATE uploads SET state = %s, updated_at = UTC_TIMESTAMP(6) WHERE upload_id IN %s",
                (change.withdrawn_state, tuple(change.withdraw)),
            )
        if change.publish:
            _mark_published(cursor, *change.publish)
            mark(cursor, change.publish[0], change.publish[1].summaries)
        if others:
            share_rows(cursor, change.contract, touched, others, change.publish)
    connection.commit()
    for upload_id in change.withdraw:
        remove_rows(connection, change.contract, upload_id)


def summarise(
    connection: Connection,
    owner: str,
    contract: Contract,
    upload_id: int,
    summaries: Sequence[Summary],
    limits: SummaryLimits,
) -> None:
    """Add up anew the rows of an upload whose summaries do not stand, unless it has gone meanwhile."""
    with connection.cursor() as cursor:
        _lock_publications(cursor, owner, contract.feed)
        if _published_bounds(cursor, [upload_id]):
            add_up(cursor, contract, upload_id, summaries, limits)
    connection.commit()


def _lock_publications(cursor: Cursor, owner: str, feed: str) -> None:
    """One publication at a time within an owner and feed; others wait here until it commits.

    The row is inserted in a transaction of its own: INSERT IGNORE takes a shared lock on a row that exists, and two
    publications that both held it while they want the row FOR UPDATE would deadlock.
    """
    select = "SELECT owner FROM publication_locks WHERE owner = %s AND feed = %s FOR UPDATE"
    if not cursor.execute(select, (owner, feed)):
        cursor.execute("INSERT IGNORE INTO publication_locks (owner, feed) VALUES (%s, %s)", (owner, feed))
        cursor.connection.commit()
        cursor.execute(select, (owner, feed))


def _published_bounds(cursor: Cursor, upload_ids: Sequence[int]) -> dict[int, Bounds]:
    """Which of these uploads readers see now, with the bounds of their rows."""
    if not upload_ids:
        return {}
    cursor.execute(
        "SELECT upload_id, first_date, last_date, has_transaction_ids FROM uploads"
        " WHERE state = 'published' AND upload_id IN %s",
        (tuple(upload_ids),),
    )
    return {upload_id: bounds for upload_id, *bounds in cursor.fetchall()}


def _overlapping(cursor: Cursor, change: Change, touched: Sequence[int], bounds: list[Bounds]) -> list[int]:
    """Published uploads, other than those touched, that can share rows with one of them.

    Rows are shared by date (the natural key holds the row's date or month) or by transaction id. The bounds of an
    upload about to be published are not in its row yet, so they come from its tally.
    """
    if change.publish:
        tally = change.publish[1]
        bounds = [*bounds, (tally.first_date, tally.last_date, tally.has_transaction_ids)]
    found: set[int] = set()
    for first_date, last_date, has_transaction_ids in bounds:
        cursor.execute(
            "SELECT upload_id FROM uploads WHERE owner = %s AND feed = %s AND state = 'published'"
            " AND upload_id NOT IN %s AND ((first_date <= %s AND last_date >= %s) OR (has_transaction_ids AND %s))",
            (change.owner, change.contract.feed, tuple(touched), last_date, first_date, bool(has_transaction_ids)),
        )
        found.update(upload_id for (upload_id,) in cursor.fetchall())
    return sorted(found)


def _mark_published(cursor: Cursor, upload_id: int, tally: Tally) -> None:
    cursor.execute(
        "UPDATE uploads SET state = 'published', rows_read = %(read)s, rows_published = %(good)s, rows_duplicate = 0,"
        " rows_quarantined = %(quarantined)s, amount_read = %(amount_good)s + %(amount_quarantined)s,"
        " amount_published = %(amount_good)s, amount_duplicate = 0, amount_quarantined = %(amount_quarantined)s,"
        " first_date = %(first_date)s, last_date = %(last_date)s, has_transaction_ids = %(has_transaction_ids)s,"
        " reason_code = NULL, reason = NULL, notes = %(notes)s,"
        " published_at = UTC_TIMESTAMP(6), updated_at = UTC_TIMESTAMP(6) WHERE upload_id = %(upload_id)s",
        {
            "read": tally.read,
            "good": tally.good,
            "quarantined": tally.quarantined,
            "amount_good": tally.amount_good,
            "amount_quarantined": tally.amount_quarantined,
            "first_date": tally.first_date,
            "last_date": tally.last_date,
            "has_transaction_ids": tally.has_transaction_ids,
            "notes": tally.remarks,
            "upload_id": upload_id,
        },
    )
