"""Loads rows with pandas: `DataFrame.to_sql` with multi-row INSERTs, through SQLAlchemy and PyMySQL."""

import pandas as pd
import sqlalchemy
from frames import read_finished
from measured import report, stopwatch
from target import parse_target

# The number of rows per INSERT. Larger numbers are not faster.
CHUNK_ROWS = 1000


def main() -> None:
    """Appends the rows, and reports the seconds without the time to read the file."""
    target = parse_target(__doc__)
    url = sqlalchemy.URL.create(
        "mysql+pymysql", target.user, target.password, target.host, target.port, target.database
    )
    frame = read_finished(target.file).to_pandas().assign(shadowed=0)
    with sqlalchemy.create_engine(url).begin() as connection, stopwatch() as watch:
        frame.to_sql(target.table, connection, if_exists="append", index=False, method="multi", chunksize=CHUNK_ROWS)
    report(rows=len(frame), seconds=watch.seconds, version=pd.__version__)


if __name__ == "__main__":
    main()
