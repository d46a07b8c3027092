"""Connections to MySQL: credentials from Secrets Manager, TLS off this machine, retry when the server goes away."""

import ipaddress
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import boto3
import pymysql
from pymysql.connections import Connection
from pymysql.constants import CR, ER
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from centflow_glue.bucket import s3_client
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.restored_host import restored_host

# With waits that grow to 10 s, a task outlasts a database that is away for some 160 s (a failover of RDS: 60 to 120 s).
ATTEMPTS = 22
LONGEST_WAIT_SECONDS = 10
# In a failover the old host of RDS is gone without a word. The system asks after it: first after 30 s, then three times
# 10 s apart. What is sent and not confirmed is given up after 60 s. The defaults are two hours, and some 15 minutes.
KEEP_ALIVE = {
    socket.TCP_KEEPIDLE: 30,
    socket.TCP_KEEPINTVL: 10,
    socket.TCP_KEEPCNT: 3,
    socket.TCP_USER_TIMEOUT: 60_000,
}
# While a file is read from S3 and its rows are judged, MySQL may get none for long. It gives up after 30 s if not told
# otherwise: https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_net_read_timeout.
ROWS_WITHIN_SECONDS = 3600
TRANSIENT = frozenset(
    {
        CR.CR_CONNECTION_ERROR,
        CR.CR_CONN_HOST_ERROR,
        CR.CR_SERVER_GONE_ERROR,
        CR.CR_SERVER_LOST,
        ER.SERVER_SHUTDOWN,
        ER.LOCK_WAIT_TIMEOUT,
        ER.LOCK_DEADLOCK,
        ER.CON_COUNT_ERROR,
    }
)


@dataclass(frozen=True)
class DatabaseAddress:
    """Where the database is; the password stays in Secrets Manager.

    Attributes:
        secret_id: Name or ARN of the secret: `{host, port, username, password, dbname}`, as RDS writes it. On one
            machine it also holds `authority`: the PEM of the authority that issued the server's certificate.
        database: Overrides the secret's `dbname`.
        authorities: PEM of those who may vouch for the server, a file or `s3://bucket/key`; None for the system's own.
        host: Overrides the secret's `host`, by another RDS instance of its account and region.
    """

    secret_id: str
    database: str | None = None
    authorities: str | None = None
    host: str | None = None


@dataclass(frozen=True)
class _Credentials:
    host: str
    port: int
    user: str
    database: str
    password: str = field(repr=False)
    authority: str | None = None


@cache
def _read_credentials(address: DatabaseAddress) -> _Credentials:
    secret = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=address.secret_id)["SecretString"])
    return _Credentials(
        host=secret["host"] if address.host is None else restored_host(address.host, secret["host"]),
        port=int(secret["port"]),
        user=secret["username"],
        database=address.database or secret["dbname"],
        password=secret["password"],
        authority=secret.get("authority"),
    )


def connect(address: DatabaseAddress) -> GuardedConnection:
    """Open a connection: UTC, READ COMMITTED, strict SQL mode, no autocommit, LOAD DATA LOCAL of one file.

    Under REPEATABLE READ, deletes of ranges next to each other lock gaps and deadlock.

    Raises:
        HostError: The address names a host that the password may not be sent to.
        pymysql.err.OperationalError: The server cannot be reached or refuses the user.
    """
    credentials = _read_credentials(address)
    try:
        connection = GuardedConnection(
            host=credentials.host,
            port=credentials.port,
            user=credentials.user,
            password=credentials.password,
            database=credentials.database,
            charset="utf8mb4",
            local_infile=True,
            autocommit=False,
            connect_timeout=10,
            ssl=_tls(_is_loopback(credentials.host), address.authorities, credentials.authority),
            init_command=f"SET SESSION net_read_timeout = {ROWS_WITHIN_SECONDS}, "
            "transaction_isolation = 'READ-COMMITTED', time_zone = '+00:00', "
            "sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'",
        )
    except pymysql.err.OperationalError as error:
        if error.args[0] == ER.ACCESS_DENIED_ERROR:
            _read_credentials.cache_clear()  # the secret may have been rotated
        raise
    _keep_alive(connection)
    return connection


def _keep_alive(connection: Connection) -> None:
    """Let the system notice that the server is gone, also while a statement of any length runs.

    PyMySQL has a timeout for reads, and that would end long statements.
    """
    server: socket.socket = connection._sock  # type: ignore[attr-defined]
    server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEP_ALIVE.items():
        server.setsockopt(socket.IPPROTO_TCP, option, value)


@cache
def _tls(loopback: bool, authorities: str | None, local_authority: str | None) -> ssl.SSLContext:
    """Return TLS that verifies the server.

    On the loopback, the secret may name the authority that issued the server's certificate. That certificate names no
    host, so only its issuer is checked. Without any authority, a server on the loopback is not verified.

    Kept from connection to connection: reading the system's authorities takes 60 ms, and those in S3 a request. The
    loopback has TLS at all because MySQL's own way to log in (caching_sha2_password) requires it.
    """
    if authorities is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # Not create_default_context: of an empty text it would make the system's authorities.
        context.load_verify_locations(cadata=_read_text(authorities))
        return context
    if not loopback:
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if local_authority is None:
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(cadata=local_authority)
    return context


def _read_text(place: str) -> str:
    if not place.startswith("s3://"):
        return Path(place).read_text("ascii")
    bucket, _, key = place.removeprefix("s3://").partition("/")
    text: str = s3_client().get_object(Bucket=bucket, Key=key)["Body"].read().decode("ascii")
    return text


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later: the server restarts, is busy or chose a victim of a deadlock."""
    if isinstance(error, pymysql.err.OperationalError):
        # PyMySQL calls it "cannot connect" as well when the server is somebody else; waiting makes it nobody better.
        stranger = isinstance(getattr(error, "original_exception", None), ssl.SSLCertVerificationError)
        return bool(error.args) and error.args[0] in TRANSIENT and not stranger
    return isinstance(error, pymysql.err.InterfaceError)


def retrying() -> Retrying:
    """Tries again, at growing intervals, while the database is away; then the last error comes out.

    It counts attempts and not time: of an attempt that fails after minutes of loading, only the outage counts.
    """
    return Retrying(
        retry=retry_if_exception(is_transient),
        wait=wait_exponential(multiplier=0.2, max=LONGEST_WAIT_SECONDS) + wait_random(0, 0.2),
        stop=stop_after_attempt(ATTEMPTS),
        reraise=True,
    )


@contextmanager
def named_lock(connection: Connection, name: str, timeout_seconds: int) -> Iterator[None]:
    """Hold one of MySQL's named locks (at most 64 characters); it ends with the connection, however that ends.

    Raises:
        TimeoutError: Another connection held it all the time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, %s)", (name, timeout_seconds))
        if cursor.fetchone() != (1,):
            raise TimeoutError(f"The lock {name} was not free within {timeout_seconds} s.")
    try:
        yield
    finally:
        if connection.open:
            with connection.cursor() as cursor:
                cursor.execute("SELECT RELEASE_LOCK(%s)", (name,))
