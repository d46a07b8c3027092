"""Keeps the sums of published uploads current, so that the report views do not have to add up rows.

A contract declares the feed's summaries: by month and category, by account and day, and so on. For each group, a
summary stores the total amount and the number of the upload's rows, except `shadowed` rows. Each summary has a row in
`upload_summaries`. The summary is current if that row's `as_of` equals the upload's `updated_at`. Without a current
summary, the views read the upload's rows (docs/adr/0016-summaries-of-uploads.md).
"""

from collections.abc import Iterable, Mapping, Sequence

from pymysql.cursors import Cursor

from centflow_glue.contract import Contract, Summary, SummaryColumn
from centflow_glue.limits import SummaryLimits


def mark_current(cursor: Cursor, upload_id: int, usable: Mapping[str, bool]) -> None:
    """Marks an upload's summaries as current. Must run in the transaction that changes the upload."""
    for summary, is_usable in usable.items():
        cursor.execute(
            "INSERT INTO upload_summaries (upload_id, summary, as_of, usable)"
            " SELECT upload_id, %(summary)s, updated_at, %(usable)s FROM uploads WHERE upload_id = %(upload_id)s"
            " ON DUPLICATE KEY UPDATE as_of = VALUES(as_of), usable = VALUES(usable)",
            {"upload_id": upload_id, "summary": summary, "usable": is_usable},
        )


def find_current_marks(cursor: Cursor, upload_ids: Iterable[int]) -> list[tuple[int, str, bool]]:
    """Returns the current marks of uploads: upload id, summary, and whether the summary is usable."""
    cursor.execute(
        "SELECT m.upload_id, m.summary, m.usable FROM upload_summaries AS m"
        " JOIN uploads AS u ON u.upload_id = m.upload_id AND u.updated_at = m.as_of WHERE m.upload_id IN %s",
        (tuple(upload_ids),),
    )
    return [(upload_id, summary, bool(usable)) for upload_id, summary, usable in cursor.fetchall()]


def apply_shadow_changes(cursor: Cursor, contract: Contract, marks: Sequence[tuple[int, str, bool]]) -> None:
    """Applies the table `shadow_changes` to current summaries: subtracts shadowed rows, adds rows shown again."""
    for summary in contract.summaries:
        upload_ids = tuple(upload_id for upload_id, name, usable in marks if usable and name == summary.table)
        if not upload_ids:
            continue
        names = ", ".join(f"`{column.name}`" for column in summary.columns)
        amount = f"r.`{contract.column(contract.amount).name}`"
        cursor.execute(
            f"""
            INSERT INTO `{summary.table}` (upload_id, {names}, amount, transactions)
            SELECT * FROM (
              SELECT c.upload_id, {_select_keys(summary, contract)},
                     SUM(IF(c.is_shadowed, -{amount}, {amount})) AS amount,
                     SUM(IF(c.is_shadowed, -1, 1)) AS transactions
              FROM shadow_changes AS c
                STRAIGHT_JOIN `{contract.table}` AS r ON r.upload_id = c.upload_id AND r.row_no = c.row_no
              WHERE c.upload_id IN %s GROUP BY c.upload_id, {_group_keys(summary, contract)}
            ) AS changed
            ON DUPLICATE KEY UPDATE `{summary.table}`.amount = `{summary.table}`.amount + changed.amount,
              `{summary.table}`.transactions = `{summary.table}`.transactions + changed.transactions
            """,
            (upload_ids,),
        )


def rebuild_summaries(
    cursor: Cursor, contract: Contract, upload_id: int, summaries: Iterable[Summary], limits: SummaryLimits
) -> None:
    """Rebuilds summaries of a published upload from its rows. Readers see the result when the caller commits."""
    cursor.execute(
        "SELECT rows_published + rows_duplicate FROM uploads WHERE upload_id = %s",
        (upload_id,),
    )
    ((rows,),) = cursor.fetchall()
    amount = f"SUM(r.`{contract.column(contract.amount).name}`)"
    for summary in summaries:
        names = ", ".join(f"`{column.name}`" for column in summary.columns)
        clear = f"DELETE FROM `{summary.table}` WHERE upload_id = %s"
        cursor.execute(clear, (upload_id,))
        groups = cursor.execute(
            f"INSERT INTO `{summary.table}` (upload_id, {names}, amount, transactions)"
            f" SELECT r.upload_id, {_select_keys(summary, contract)}, {amount}, COUNT(*)"
            f" FROM `{contract.table}` AS r WHERE r.upload_id = %s AND NOT r.shadowed"
            f" GROUP BY r.upload_id, {_group_keys(summary, contract)}",
            (upload_id,),
        )
        usable = limits.is_usable(rows, groups)
        if not usable:
            cursor.execute(clear, (upload_id,))
        mark_current(cursor, upload_id, {summary.table: usable})


def _select_keys(summary: Summary, contract: Contract) -> str:
    return ", ".join(f"{_format_key(column, contract)} AS `{column.name}`" for column in summary.columns)


def _group_keys(summary: Summary, contract: Contract) -> str:
    # Group by the expressions, not by the aliases. MySQL would resolve an alias to the column of the same name and use
    # the collation of that column.
    return ", ".join(_format_key(column, contract) for column in summary.columns)


def _format_key(column: SummaryColumn, contract: Contract) -> str:
    """Returns the SQL of a key. Like `RunningSummaries`, the SQL compares bytes and treats NULL as an empty string."""
    source = contract.column(column.header)
    cell = f"r.`{source.name}`"
    if column.part == "month":
        return f"LEFT({cell}, 7)"
    if source.type != "string":
        return cell
    return f"COALESCE({cell}, '') COLLATE utf8mb4_0900_bin"
