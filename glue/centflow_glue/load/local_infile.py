"""Runs LOAD DATA LOCAL INFILE from a pipe, so that the rows need no file on disk."""

import fcntl
import os
import threading
from collections.abc import Callable, Sequence
from typing import IO

import pyarrow.csv as pa_csv

from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.limits import MIB

LOAD_OPTIONS = (
    "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"
)
CSV_OPTIONS = pa_csv.WriteOptions(include_header=False, batch_size=8192)


class LoadMismatchError(Exception):
    """The rows that MySQL stored differ from the rows that the job sent. No row of the upload is published."""


def load_data_infile(connection: GuardedConnection, statement: str, write_rows: Callable[[IO[bytes]], int]) -> None:
    """Runs LOAD DATA on a pipe that another thread fills, and checks that MySQL stored every row.

    LOAD DATA LOCAL turns bad values and duplicate keys into warnings. A warning is therefore an error here.

    Args:
        connection: A connection to MySQL.
        statement: LOAD DATA LOCAL INFILE with `{pipe}` in place of the file's name.
        write_rows: Writes the rows as CSV and returns their number.

    Raises:
        LoadMismatchError: MySQL reported a warning, or stored a different number of rows.
        Exception: The exception that `write_rows` raised.
    """
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, MIB)  # with the default of 64 KiB the two threads run in lock-step
    failure: list[BaseException] = []
    sent = -1  # until every row is written

    def fill_pipe() -> None:
        nonlocal sent
        try:
            with open(write_end, "wb", buffering=MIB) as out:
                sent = write_rows(out)
        except BrokenPipeError:
            pass  # MySQL stopped reading, and its own error explains why
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=fill_pipe, name="centflow-rows", daemon=True)
    thread.start()
    warnings: Sequence[object] = ()
    try:
        pipe = f"/dev/fd/{read_end}"
        with connection.allow_file(pipe), connection.cursor() as cursor:
            stored = cursor.execute(statement.format(pipe=pipe))
            warning_count = cursor.warning_count
            if warning_count:
                cursor.execute("SHOW WARNINGS LIMIT 3")
                warnings = cursor.fetchall()
    finally:
        os.close(read_end)
        thread.join()
    # Check `failure` only here: MySQL sees the end of the pipe before `failure` holds the error.
    if failure:
        connection.rollback()
        raise failure[0]
    if warnings:
        raise LoadMismatchError(f"MySQL warned {warning_count} times while loading: {warnings!r}.")
    if stored != sent:
        connection.rollback()
        raise LoadMismatchError(f"MySQL stored {stored} of {sent} rows. Nothing is published.")
