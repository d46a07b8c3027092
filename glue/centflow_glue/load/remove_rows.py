"""Removes rows of an upload while no reader can see them."""

from pymysql.connections import Connection

from centflow_glue.contract import Contract

# The number of rows that one transaction deletes. The limit keeps locks short and the undo log small.
DELETE_ROWS = 20_000


def remove_rows(connection: Connection, contract: Contract, upload_id: int) -> None:
    """Deletes an invisible upload's rows, quarantined rows and summaries, up to `DELETE_ROWS` per transaction."""
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
