"""Decides which upload shows a row that several published uploads contain (docs/adr/0004-shadow-flags.md).

A row is identified by its fingerprint and its occurrence number within its upload. If several published uploads contain
the row, the upload with the newest LastModified shows it. In the other uploads, the row is `shadowed`.
"""

from collections.abc import Sequence

from pymysql.cursors import Cursor

from centflow_glue.contract import Contract
from centflow_glue.publish.summaries import apply_shadow_changes, find_current_marks, mark_current

# Memory for the statement that finds shared rows. With MySQL's defaults (256 KiB to sort, 16 MiB for a temporary table)
# the statement uses the disk from 10^5 rows on. It then takes 66 s instead of 8 s for 10^6 rows. Only one such
# statement runs per owner and feed at a time.
SHARING_MEMORY = (
    "SET SESSION sort_buffer_size = 67108864, join_buffer_size = 67108864,"
    " tmp_table_size = 268435456, max_heap_table_size = 268435456"
)
# MySQL sorts a common table expression only if the expression has a LIMIT.
NO_LIMIT = 2**64 - 1


def update_shadow_flags(
    cursor: Cursor,
    contract: Contract,
    changed: Sequence[int],
    visible: Sequence[int],
) -> None:
    """Decides again which upload shows each row of the changed uploads. Updates flags, counts and summaries.

    Only rows with a fingerprint of a changed upload are compared. All other rows stay unchanged.

    Args:
        cursor: A cursor in the transaction that publishes.
        contract: The feed's contract.
        changed: The uploads that become visible or stop being visible.
        visible: Every published upload that can share a row with a changed upload. Includes the upload that this
            transaction publishes.
    """
    newest_first = ", ".join(map(str, _order_newest_first(cursor, visible)))
    cursor.execute(SHARING_MEMORY)
    # Fingerprints have no index, because an index would double the time of every load. CONCAT prevents MySQL from
    # building a temporary index for `changed` and reading rows one by one. MySQL then uses a hash join: 0.3 s instead
    # of 1.6 s for 100 rows against 10^6, 8 s instead of 17 s for 10^6 against 10^6. `shadow_changes` stores the changes
    # in the order of the primary key. The flags, the counts and the summaries are all updated from this table.
    cursor.execute(
        f"""
        INSERT INTO shadow_changes (upload_id, row_no, is_shadowed)
        WITH changed AS (
          SELECT DISTINCT fingerprint FROM `{contract.table}` WHERE upload_id IN %(changed)s
        ),
        occurrences AS (
          SELECT r.upload_id, r.row_no, r.fingerprint, r.shadowed,
                 ROW_NUMBER() OVER (PARTITION BY r.fingerprint, r.upload_id ORDER BY r.row_no) AS occurrence
          FROM `{contract.table}` AS r JOIN changed ON CONCAT(changed.fingerprint) = CONCAT(r.fingerprint)
          WHERE r.upload_id IN %(visible)s
        ),
        ranked AS (
          SELECT upload_id, row_no, shadowed,
                 ROW_NUMBER() OVER (
                   PARTITION BY fingerprint, occurrence ORDER BY FIELD(upload_id, {newest_first})
                 ) > 1 AS is_shadowed
          FROM occurrences
        ),
        changes AS (
          SELECT upload_id, row_no, is_shadowed FROM ranked WHERE shadowed <> is_shadowed
          ORDER BY upload_id, row_no LIMIT {NO_LIMIT}
        )
        SELECT upload_id, row_no, is_shadowed FROM changes
        """,
        {"changed": tuple(changed), "visible": tuple(visible)},
    )
    if cursor.rowcount:
        _apply_shadow_flags(cursor, contract, visible)


def _apply_shadow_flags(cursor: Cursor, contract: Contract, upload_ids: Sequence[int]) -> None:
    """Applies the table `shadow_changes` to the rows, to the counts of their uploads and to the current summaries."""
    cursor.execute("SELECT DISTINCT upload_id FROM shadow_changes WHERE upload_id IN %s", (tuple(upload_ids),))
    changed = tuple(upload_id for (upload_id,) in cursor.fetchall())
    marks = find_current_marks(cursor, changed)
    cursor.execute(
        f"UPDATE shadow_changes AS c STRAIGHT_JOIN `{contract.table}` AS r"
        " ON r.upload_id = c.upload_id AND r.row_no = c.row_no"
        " SET r.shadowed = c.is_shadowed WHERE c.upload_id IN %s",
        (changed,),
    )
    apply_shadow_changes(cursor, contract, marks)
    _count_duplicates(cursor, contract, changed)
    for upload_id, summary, usable in marks:
        mark_current(cursor, upload_id, {summary: usable})
    cursor.execute("DELETE FROM shadow_changes WHERE upload_id IN %s", (changed,))


def _order_newest_first(cursor: Cursor, upload_ids: Sequence[int]) -> list[int]:
    """Sorts the uploads by their priority for a shared row: by LastModified, then by object key, both descending."""
    cursor.execute(
        "SELECT upload_id FROM uploads WHERE upload_id IN %s"
        " ORDER BY last_modified DESC, object_key DESC, upload_id DESC",
        (tuple(upload_ids),),
    )
    return [upload_id for (upload_id,) in cursor.fetchall()]


def _count_duplicates(cursor: Cursor, contract: Contract, upload_ids: Sequence[int]) -> None:
    amount = f"r.`{contract.column(contract.amount).name}`"
    # STRAIGHT_JOIN makes MySQL read the counts before `uploads`. Otherwise MySQL would read and lock every upload, and
    # publications of different owners would deadlock.
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
