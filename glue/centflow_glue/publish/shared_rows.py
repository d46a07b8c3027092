"""Rows that several published uploads have show once (docs/adr/0004-shadow-flags.md)."""

from collections.abc import Sequence

from pymysql.cursors import Cursor

from centflow_glue.contract import Contract
from centflow_glue.load.tally import Tally
from centflow_glue.publish.summaries import follow_changes, mark, standing_marks

# For the statement that finds shared rows. With MySQL's defaults (256 KiB to sort, 16 MiB for a temporary table) it
# goes to disk from 10^5 rows on, and takes 66 s instead of 8 s at 10^6. One runs at a time for an owner's feed.
SHARING_MEMORY = (
    "SET SESSION sort_buffer_size = 67108864, join_buffer_size = 67108864,"
    " tmp_table_size = 268435456, max_heap_table_size = 268435456"
)


# A sort in a common table expression is kept only where there is a LIMIT.
NO_LIMIT = 2**64 - 1


def share_rows(
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
