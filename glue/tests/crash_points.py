"""Reconciling keys in a process of its own, which SIGKILLs itself where one likes; the job's code is not touched.

The points are told by what the process sends to MySQL, so they stay where they are when functions move.
"""

import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing.context import ForkServerProcess
from typing import Any

from pymysql.connections import Connection

from centflow_glue.contract import load_contracts
from centflow_glue.database import DatabaseAddress, connect, retrying
from centflow_glue.keys.sweep import find_keys
from centflow_glue.limits import ReadLimits, SummaryLimits
from centflow_glue.reconcile import Outcome, Reconciler

# A server that has imported the job forks each process in a few milliseconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["centflow_glue.reconcile"])

# However small an upload is.
ALL_SUMMARIES = SummaryLimits(least_rows=0, rows_per_group=0)


@dataclass(frozen=True)
class CrashPoint:
    """Where a process dies.

    Attributes:
        name: What has happened by then.
        commands: Patterns of commands to MySQL; they must have been sent in this order.
        after: The process dies when MySQL has answered the last of them, rather than before it is sent.
        packets: It dies when so many packets of the file that this command loads have been sent; 0 for no such thing.
    """

    name: str
    commands: tuple[str, ...]
    after: bool = False
    packets: int = 0

    def __str__(self) -> str:
        return self.name


CRASH_POINTS = (
    CrashPoint("before the claim", ("INSERT INTO uploads",)),
    CrashPoint("when half of the claim is committed", ("INSERT INTO uploads", "COMMIT"), after=True),
    CrashPoint("after the claim", ("state = 'loading'", "COMMIT"), after=True),
    CrashPoint("when a part of the rows is sent", ("LOAD DATA",), packets=3),
    CrashPoint("when some of the rows' summaries are stored", ("LOAD DATA", "LOAD DATA .*_by_"), after=True),
    CrashPoint("when all rows are sent and not committed", ("LOAD DATA", "COMMIT")),
    CrashPoint("after the load and before publication", ("LOAD DATA", "loaded_at", "COMMIT"), after=True),
    CrashPoint("while it holds the lock of publications", ("FOR UPDATE",), after=True),
    CrashPoint("within the transaction that publishes", ("state = 'published', rows_read",), after=True),
    CrashPoint("when its summaries are marked", ("INSERT INTO upload_summaries",), after=True),
    CrashPoint("before that transaction is committed", ("state = 'published', rows_read", "COMMIT")),
    CrashPoint("before superseded rows are removed", ("state = 'published', rows_read", "COMMIT"), after=True),
    CrashPoint("while superseded rows are removed", ("state = 'published', rows_read", "DELETE FROM"), after=True),
    CrashPoint("before it could tell that it was done", ("RELEASE_LOCK",), after=True),
)


def start(
    environment: Mapping[str, str],
    address: DatabaseAddress,
    bucket: str,
    object_keys: Iterable[str],
    point: CrashPoint | None = None,
) -> ForkServerProcess:
    """Start a process that reconciles these keys, one after the other, and dies at the point if one is given."""
    process = PROCESSES.Process(target=_run, args=(environment, address, bucket, list(object_keys), point), daemon=True)
    process.start()
    return process


def reconciler(connection: Connection, bucket: str) -> Reconciler:
    """What the job's tasks make for each key."""
    database = connection.db.decode() if isinstance(connection.db, bytes) else str(connection.db)
    return Reconciler(connection, bucket, database, load_contracts(), ReadLimits(), "jr_test", ALL_SUMMARIES)


def reconcile_key(connection: Connection, bucket: str, object_key: str) -> Outcome:
    """Reconcile one key in this process."""
    return reconciler(connection, bucket).reconcile_key(object_key, None)


def keys_to_sweep(connection: Connection, bucket: str) -> list[str]:
    """What a sweep finds to do."""
    return [key.object_key for key in find_keys(bucket, connection, load_contracts())]


def sweep(connection: Connection, bucket: str) -> list[str]:
    """Reconcile what a sweep finds in this process; returns the keys."""
    object_keys = keys_to_sweep(connection, bucket)
    for object_key in object_keys:
        reconcile_key(connection, bucket, object_key)
    return object_keys


def is_locked(connection: Connection, bucket: str, object_key: str) -> bool:
    """Whether somebody is reconciling this key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT IS_FREE_LOCK(%s)", (reconciler(connection, bucket)._lock_name(object_key),))
        return bool(cursor.fetchone() != (1,))


def _run(
    environment: Mapping[str, str],
    address: DatabaseAddress,
    bucket: str,
    object_keys: list[str],
    point: CrashPoint | None,
) -> None:
    os.environ.update(environment)
    if point:
        _die_at(point)
    connection = connect(address)
    for object_key in object_keys:
        for attempt in retrying():
            with attempt:
                if not connection.open:
                    connection = connect(address)
                try:
                    reconcile_key(connection, bucket, object_key)
                except BaseException:
                    connection.close()
                    raise
    if point:
        os.kill(os.getpid(), signal.SIGKILL)


def _die_at(point: CrashPoint) -> None:
    """Watch what this process sends to MySQL."""
    send_command, send_packet = Connection._execute_command, Connection.write_packet
    awaited = list(point.commands)
    packets = 0

    def watch_command(self: Connection, command: int, sql: Any) -> None:
        if not awaited and not point.packets:
            os.kill(os.getpid(), signal.SIGKILL)
        text = sql.decode("utf-8", "replace") if isinstance(sql, bytes) else sql
        if awaited and re.search(awaited[0], text):
            awaited.pop(0)
            if not awaited and not point.after and not point.packets:
                os.kill(os.getpid(), signal.SIGKILL)
        send_command(self, command, sql)

    def watch_packet(self: Connection, payload: bytes) -> None:
        nonlocal packets
        send_packet(self, payload)
        if not awaited and point.packets:
            packets += 1
            if packets == point.packets:
                os.kill(os.getpid(), signal.SIGKILL)

    Connection._execute_command = watch_command
    Connection.write_packet = watch_packet


class KilledError(BaseException):
    """The job run ends here, as if killed: nothing is rolled back or released."""


@contextmanager
def killed_before(connection: Connection, statement: int) -> Iterator[None]:
    """Let the connection raise `KilledError` instead of sending its n-th command from now, and any after it.

    At the end the server does what it does when a client is gone: it rolls back and releases the locks.
    """
    numbers = count(1)
    send: Callable[..., None] = connection._execute_command

    def send_or_die(command: int, sql: str) -> None:
        if next(numbers) >= statement:
            raise KilledError
        send(command, sql)

    connection._execute_command = send_or_die
    try:
        yield
    finally:
        del connection._execute_command
        connection.rollback()
        with connection.cursor() as cursor:
            cursor.execute("SELECT RELEASE_ALL_LOCKS()")
