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
from centflow_glue.load import Tally
from centflow_glue.summaries import SummaryLimits, add_up, follow_changes, mark, standing_marks

# Rows deleted in one transaction when an upload's rows are removed: short locks, bounded undo.
DELETE_ROWS = 20_000

# For the statement that finds shared rows. With MySQL's defaults (256 KiB to sort, 16 MiB for a temporary table) it
# goes to disk from 10^5 rows on, and takes 66 s instead of 8 s at 10^6. One runs at a time for an owner's feed.
SHARING_MEMORY = (
    "SET SESSION sort_buffer_size = 67108864, join_buffer_size = 67108864,"
    " tmp_table_size = 268435456, max_heap_table_size = 268435456"
)
# A sort in a common table expression is kept only where there is a LIMIT.
NO_LIMIT = 2**64 - 1

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
            _share_rows(cursor, change.contract, touched, others, change.publish)
    connection.commit()
    for upload_id in change.withdraw:
        remove_rows(connection, change.contract, upload_id)


def remove_rows(connection: Connection, contract: Contract, upload_id: int) -> None:
    """Delete an invisible upload's rows and what was made of them, a bounded number at a time."""
    with connection.cursor() as cursor:
        while cursor.execute(f"DELETE FROM `{contract.table}` WHERE upload_id = %s LIMIT {DELETE_ROWS}", (upload_id,)):
            connection.commit()
        for table in ("quarantined_rows", "upload_summaries", *(summary.table for summary in contract.summaries)):
            while cursor.execute(f"DELETE FROM `{table}` WHERE upload_id = %s LIMIT {DELETE_ROWS}", (upload_id,)):
                connection.commit()
        cursor.execute(
            "UPDATE uploads SET rows_stored = 0, updated_at = UTC_TIMESTAMP(6) WHERE upload_id = %s", (upload_id,)
        )
    connection.commit()


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


def _share_rows(
    cursor: Cursor,
    contract: Contract,
    touched: Sequence[int],
    others: Sequence[int],
    published: tuple[int, Tally] | None,
) -> None:
    """Say anew which upload shows each row that the touched uploads have, and count again.

    Only fingerprints of the touched uploads are looked at: another one's holders may be other uploads than these. Every
    upload that holds one of them is among `others`, by `_overlapping`.
    """
    visible = [*others, *([published[0]] if published else [])]
    newest_first = ", ".join(map(str, _newest_first(cursor, visible)))
    cursor.execute(SHARING_MEMORY)
    # There is no index on fingerprints (it would double the time of every load). CONCAT keeps MySQL from making one on
    # the fly for `touched`, and so from looking up row by row where it can hash: 0.3 s instead of 1.6 s for 100 rows
    # against 10^6, 8 s instead of 17 s for 10^6 against 10^6. The rows to change are put down first, in the order of
    # their primary key: the flags, the counts and the summaries follow from the same list.
    cursor.execute(
        f"""
        INSERT INTO shadow_changes (upload_id, row_no, is_shadowed)
        WITH touched AS (
          SELECT DISTINCT fingerprint FROM `{contract.table}` WHERE upload_id IN %(touched)s
        ),
        occurrences AS (
          SELECT r.upload_id, r.row_no, r.fingerprint, r.shadowed,
                 ROW_NUMBER() OVER (PARTITION BY r.fingerprint, r.upload_id ORDER BY r.row_no) AS occurrence
          FROM `{contract.table}` AS r JOIN touched ON CONCAT(touched.fingerprint) = CONCAT(r.fingerprint)
          WHERE r.upload_id IN %(visible)s
        ),
        ranked AS (
          SELECT upload_id, row_no, shadowed,
                 ROW_NUMBER() OVER (
                   PARTITION BY fingerprint, occurrence ORDER BY FIELD(upload_id, {newest_first})
                 ) > 1 AS is_shadowed
          FROM occurrences
        ),
        changed AS (
          SELECT upload_id, row_no, is_shadowed FROM ranked WHERE shadowed <> is_shadowed
          ORDER BY upload_id, row_no LIMIT {NO_LIMIT}
        )
        SELECT upload_id, row_no, is_shadowed FROM changed
        """,
        {"touched": tuple(touched), "visible": tuple(visible)},
    )
    if cursor.rowcount:
        _change_flags(cursor, contract, visible)


def _change_flags(cursor: Cursor, contract: Contract, upload_ids: Sequence[int]) -> None:
    """Do what `shadow_changes` says: to the rows, to the counts of their uploads and to the summaries that stood."""
    cursor.execute("SELECT DISTINCT upload_id FROM shadow_changes WHERE upload_id IN %s", (tuple(upload_ids),))
    changed = tuple(upload_id for (upload_id,) in cursor.fetchall())
    marks = standing_marks(cursor, changed)
    cursor.execute(
        f"UPDATE shadow_changes AS c STRAIGHT_JOIN `{contract.table}` AS r"
        " ON r.upload_id = c.upload_id AND r.row_no = c.row_no"
        " SET r.shadowed = c.is_shadowed WHERE c.upload_id IN %s",
        (changed,),
    )
    follow_changes(cursor, contract, marks)
    _count_duplicates(cursor, contract, changed)
    for upload_id, summary, usable in marks:
        mark(cursor, upload_id, {summary: usable})
    cursor.execute("DELETE FROM shadow_changes WHERE upload_id IN %s", (changed,))


def _newest_first(cursor: Cursor, upload_ids: Sequence[int]) -> list[int]:
    """In the order in which they show a row: by LastModified, then by object key, both descending."""
    cursor.execute(
        "SELECT upload_id FROM uploads WHERE upload_id IN %s"
        " ORDER BY last_modified DESC, object_key DESC, upload_id DESC",
        (tuple(upload_ids),),
    )
    return [upload_id for (upload_id,) in cursor.fetchall()]


def _count_duplicates(cursor: Cursor, contract: Contract, upload_ids: Sequence[int]) -> None:
    amount = f"r.`{contract.column(contract.amount).name}`"
    # STRAIGHT_JOIN: from the counts to their uploads. The other way round it would read, and lock, every upload there
    # is, and publications of different owners would deadlock.
    cursor.execute(
        f"""
        UPDATE (
          SELECT c.upload_id, SUM(IF(c.is_shadowed, 1, -1)) AS more,
                 SUM(IF(c.is_shadowed, {amount}, -{amount})) AS amount
          FROM shadow_changes AS c
            STRAIGHT_JOIN `{contract.table}` AS r ON r.upload_id = c.upload_id AND r.row_no = c.row_no
          WHERE c.upload_id IN %s GROUP BY c.upload_id
        ) AS counted STRAIGHT_JOIN uploads AS u ON u.upload_id = counted.upload_id
        SET u.rows_published = u.rows_published - counted.more,
            u.rows_duplicate = u.rows_duplicate + counted.more,
            u.amount_published = u.amount_published - counted.amount,
            u.amount_duplicate = u.amount_duplicate + counted.amount,
            u.updated_at = UTC_TIMESTAMP(6)
        """,
        (tuple(upload_ids),),
    )
