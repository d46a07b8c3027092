"""An upload's rows added up, so that the report views need not: by month and category, by account and day, and so on.

Which summaries a feed has stands in its contract. A summary holds, for each group, the sum and number of the rows that
are not `shadowed`. It stands for its upload as long as the mark in `upload_summaries` has the upload's `updated_at`;
the views read the rows of an upload whose summary does not stand.
"""

from collections.abc import Iterable, Mapping, Sequence

from pymysql.cursors import Cursor

from centflow_glue.contract import Contract, Summary, SummaryColumn
from centflow_glue.limits import SummaryLimits


def mark(cursor: Cursor, upload_id: int, usable: Mapping[str, bool]) -> None:
    """Say that an upload's summaries stand for it as it is now; in the transaction that makes them so."""
    for summary, is_usable in usable.items():
        cursor.execute(
            "INSERT INTO upload_summaries (upload_id, summary, as_of, usable)"
            " SELECT upload_id, %(summary)s, updated_at, %(usable)s FROM uploads WHERE upload_id = %(upload_id)s"
            " ON DUPLICATE KEY UPDATE as_of = VALUES(as_of), usable = VALUES(usable)",
            {"upload_id": upload_id, "summary": summary, "usable": is_usable},
        )


def standing_marks(cursor: Cursor, upload_ids: Iterable[int]) -> list[tuple[int, str, bool]]:
    """The marks that are of these uploads as they are now: upload, summary, and whether it is usable."""
    cursor.execute(
        "SELECT m.upload_id, m.summary, m.usable FROM upload_summaries AS m"
        " JOIN uploads AS u ON u.upload_id = m.upload_id AND u.updated_at = m.as_of WHERE m.upload_id IN %s",
        (tuple(upload_ids),),
    )
    return [(upload_id, summary, bool(usable)) for upload_id, summary, usable in cursor.fetchall()]


def follow_changes(cursor: Cursor, contract: Contract, marks: Sequence[tuple[int, str, bool]]) -> None:
    """Take rows off the summaries, or add them, by what `shadow_changes` says of uploads whose summaries stood."""
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
              SELECT c.upload_id, {_selected(summary, contract)},
                     SUM(IF(c.is_shadowed, -{amount}, {amount})) AS amount,
                     SUM(IF(c.is_shadowed, -1, 1)) AS transactions
              FROM shadow_changes AS c
                STRAIGHT_JOIN `{contract.table}` AS r ON r.upload_id = c.upload_id AND r.row_no = c.row_no
              WHERE c.upload_id IN %s GROUP BY c.upload_id, {_groups(summary, contract)}
            ) AS changed
            ON DUPLICATE KEY UPDATE `{summary.table}`.amount = `{summary.table}`.amount + changed.amount,
              `{summary.table}`.transactions = `{summary.table}`.transactions + changed.transactions
            """,
            (upload_ids,),
        )


def add_up(
    cursor: Cursor, contract: Contract, upload_id: int, summaries: Iterable[Summary], limits: SummaryLimits
) -> None:
    """Make summaries of a published upload from its rows, within one transaction that its readers see the end of."""
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
            f" SELECT r.upload_id, {_selected(summary, contract)}, {amount}, COUNT(*)"
            f" FROM `{contract.table}` AS r WHERE r.upload_id = %s AND NOT r.shadowed"
            f" GROUP BY r.upload_id, {_groups(summary, contract)}",
            (upload_id,),
        )
        usable = limits.is_usable(rows, groups)
        if not usable:
            cursor.execute(clear, (upload_id,))
        mark(cursor, upload_id, {summary.table: usable})


def _selected(summary: Summary, contract: Contract) -> str:
    return ", ".join(f"{_expression(column, contract)} AS `{column.name}`" for column in summary.columns)


def _groups(summary: Summary, contract: Contract) -> str:
    # Not by the names of what is selected: MySQL would take those of the rows' own columns, and so their collation.
    return ", ".join(_expression(column, contract) for column in summary.columns)


def _expression(column: SummaryColumn, contract: Contract) -> str:
    """What a row is added up by, as the job tells groups apart: by the bytes of a cell, '' where it has no value."""
    source = contract.column(column.header)
    cell = f"r.`{source.name}`"
    if column.part == "month":
        return f"LEFT({cell}, 7)"
    if source.type != "string":
        return cell
    return f"COALESCE({cell}, '') COLLATE utf8mb4_0900_bin"
