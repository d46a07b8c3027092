"""LOAD DATA LOCAL INFILE from a pipe."""

import fcntl
import os
import threading
from collections.abc import Callable, Sequence
from typing import IO

import pyarrow.csv as pa_csv

from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.limits import MIB
from centflow_glue.load.tally import Tally

LOAD_OPTIONS = (
    "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"
)


CSV_OPTIONS = pa_csv.WriteOptions(include_header=False, batch_size=8192)


class LoadMismatchError(Exception):
    """MySQL took other rows than it was given; nothing of the upload is published."""


def load_data_infile(
    connection: GuardedConnection,
    statement: str,
    produce: Callable[[IO[bytes]], None],
    expected: Tally,
) -> None:
    """Run LOAD DATA on what `produce` writes into a pipe, and compare what MySQL stored with `expected.good`.

    LOAD DATA LOCAL makes warnings of bad values and of duplicate keys, so a warning is an error here.
    """
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, MIB)  # 64 KiB make the two threads go in lock-step
    failure: list[BaseException] = []

    def run() -> None:
        try:
            with open(write_end, "wb", buffering=MIB) as out:
                produce(out)
        except BrokenPipeError:
            pass  # MySQL stopped reading; its own error says why
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run, name="centflow-rows", daemon=True)
    thread.start()
    warnings: Sequence[object] = ()
    try:
        pipe = f"/dev/fd/{read_end}"
        with connection.sending(pipe), connection.cursor() as cursor:
            stored = cursor.execute(statement.format(pipe=pipe))
            warning_count = cursor.warning_count
            if warning_count:
                cursor.execute("SHOW WARNINGS LIMIT 3")
                warnings = cursor.fetchall()
    finally:
        os.close(read_end)
        thread.join()
    # Only now: MySQL sees the end of the pipe before `failure` has what ended it.
    if failure:
        connection.rollback()
        raise failure[0]
    if warnings:
        raise LoadMismatchError(f"MySQL warned {warning_count} times while loading: {warnings!r}.")
    if stored != expected.good:
        connection.rollback()
        raise LoadMismatchError(f"MySQL stored {stored} rows of {expected.good}: nothing is published.")
