"""Loads a file of finished rows with MySQL's client alone: LOAD DATA LOCAL through Oracle's client library (C).

The `mysql` command uses the same library, and mysql-connector-python contains a copy.
"""

import mysql.connector
from columns import FINISHED, NULLABLE
from measured import report, stopwatch
from mysql.connector.constants import ClientFlag
from target import parse_target


def main() -> None:
    """Loads and commits the rows, and reports the seconds."""
    target = parse_target(__doc__)
    connection = mysql.connector.connect(
        host=target.host,
        port=target.port,
        user=target.user,
        password=target.password,
        database=target.database,
        use_pure=False,
        ssl_disabled=True,
        allow_local_infile=True,
        client_flags=[ClientFlag.LOCAL_FILES],
    )
    cursor = connection.cursor()
    with stopwatch() as watch:
        cursor.execute(_statement(str(target.file), target.table))
        connection.commit()
    report(rows=cursor.rowcount, seconds=watch.seconds, warnings=connection.warning_count)


def _statement(file: str, table: str) -> str:
    columns = [f"@{name}" if name in (*NULLABLE, "fingerprint") else f"`{name}`" for name in FINISHED]
    assignments = [f"`{name}` = NULLIF(@{name}, '')" for name in NULLABLE]
    return (
        f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE `{table}` CHARACTER SET utf8mb4"
        " FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"
        f" ({', '.join(columns)}) SET fingerprint = UNHEX(@fingerprint), {', '.join(assignments)}"
    )


if __name__ == "__main__":
    main()
