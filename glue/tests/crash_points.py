"""Reconciles keys in a separate process that kills itself with SIGKILL at a chosen point. The job's code is unchanged.

The statements that the process sends to MySQL define each point. Moving a function therefore changes no point.
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

# The fork server imports the job once. Afterwards it forks each process in a few milliseconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["centflow_glue.reconcile"])

# With these limits every upload has summaries, even a small one.
ALL_SUMMARIES = SummaryLimits(least_rows=0, rows_per_group=0)


@dataclass(frozen=True)
class CrashPoint:
    """A point at which a process kills itself.

    Attributes:
        name: A description of the point, used in test ids.
        commands: Regular expressions for commands to MySQL. The process must send matching commands in this order.
        after: Whether the process dies after MySQL has answered the last command. Otherwise the process dies before it
            sends the last command.
        packets: The process dies after sending this many packets of the file that the last command loads. With 0, no
            packets are counted.
    """

    name: str
    commands: tuple[str, ...]
    after: bool = False
    packets: int = 0

    def __str__(self) -> str:
        return self.name


CRASH_POINTS = (
    CrashPoint("before the claim", ("INSERT INTO uploads",)),
    CrashPoint("after the first commit of the claim", ("INSERT INTO uploads", "COMMIT"), after=True),
    CrashPoint("after the claim", ("state = 'loading'", "COMMIT"), after=True),
    CrashPoint("after some of the rows are sent", ("LOAD DATA",), packets=3),
    CrashPoint("after the first summary is stored", ("LOAD DATA", "LOAD DATA .*_by_"), after=True),
    CrashPoint("after all rows are sent and before they are committed", ("LOAD DATA", "COMMIT")),
    CrashPoint("after the load and before the publication", ("LOAD DATA", "loaded_at", "COMMIT"), after=True),
    CrashPoint("while the process holds the publication lock", ("FOR UPDATE",), after=True),
    CrashPoint("during the transaction that publishes", ("state = 'published', rows_read",), after=True),
    CrashPoint("after the summaries are marked as current", ("INSERT INTO upload_summaries",), after=True),
    CrashPoint("before the publication is committed", ("state = 'published', rows_read", "COMMIT")),
    CrashPoint("before superseded rows are removed", ("state = 'published', rows_read", "COMMIT"), after=True),
    CrashPoint("while superseded rows are removed", ("state = 'published', rows_read", "DELETE FROM"), after=True),
    CrashPoint("after the lock is released and before the process ends", ("RELEASE_LOCK",), after=True),
)


def start(
    environment: Mapping[str, str],
    address: DatabaseAddress,
    bucket: str,
    object_keys: Iterable[str],
    point: CrashPoint | None = None,
) -> ForkServerProcess:
    """Starts a process that reconciles these keys one after the other.

    If `point` is given, the process kills itself there.
    """
    process = PROCESSES.Process(target=_run, args=(environment, address, bucket, list(object_keys), point), daemon=True)
    process.start()
    return process


def reconciler(connection: Connection, bucket: str) -> Reconciler:
    """Returns a reconciler like the one that the job's tasks create for each key."""
    database = connection.db.decode() if isinstance(connection.db, bytes) else str(connection.db)
    return Reconciler(connection, bucket, database, load_contracts(), ReadLimits(), "jr_test", ALL_SUMMARIES)


def reconcile_key(connection: Connection, bucket: str, object_key: str) -> Outcome:
    """Reconciles one key in this process."""
    return reconciler(connection, bucket).reconcile_key(object_key, None)


def keys_to_sweep(connection: Connection, bucket: str) -> list[str]:
    """Returns the keys that a sweep would reconcile."""
    return [key.object_key for key in find_keys(bucket, connection, load_contracts())]


def sweep(connection: Connection, bucket: str) -> list[str]:
    """Reconciles the keys that a sweep finds, in this process. Returns the keys."""
    object_keys = keys_to_sweep(connection, bucket)
    for object_key in object_keys:
        reconcile_key(connection, bucket, object_key)
    return object_keys


def is_locked(connection: Connection, bucket: str, object_key: str) -> bool:
    """Returns whether a connection holds the lock of this key."""
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
    """Makes this process monitor its commands to MySQL and kill itself at the point."""
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
    """Ends the job run as if it were killed: the run rolls back nothing and releases no lock."""


@contextmanager
def killed_before(connection: Connection, statement: int) -> Iterator[None]:
    """Makes the connection raise `KilledError` instead of sending its n-th command or a later command.

    At the end of the block, the function rolls back and releases all locks, as MySQL does when a client disconnects.

    Args:
        connection: The connection of the job.
        statement: The number n of the command. The first command in the block is number 1.
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
