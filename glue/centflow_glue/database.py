"""Connections to MySQL: credentials from Secrets Manager, TLS, and retries while the server is unavailable."""

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
from centflow_glue.restored_host import check_restored_host

# The waits between attempts grow to 10 s. A task therefore survives a database outage of about 160 s. A failover
# of RDS takes 60 to 120 s.
ATTEMPTS = 22
LONGEST_WAIT_SECONDS = 10
# In a failover the old host of RDS disappears and does not close its connections. The operating system therefore probes
# a silent server after 30 s (default: two hours), then three times 10 s apart. A connection fails if the server does
# not confirm sent data within 60 s (default: about 15 minutes).
KEEP_ALIVE = {
    socket.TCP_KEEPIDLE: 30,
    socket.TCP_KEEPINTVL: 10,
    socket.TCP_KEEPCNT: 3,
    socket.TCP_USER_TIMEOUT: 60_000,
}
# The time for which MySQL waits for the next row. The job may take long to read a file from S3 and to validate rows.
# The default is 30 s: https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_net_read_timeout.
ROWS_WITHIN_SECONDS = 3600
TRANSIENT_ERRORS = frozenset(
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
    """The address of the database. The password stays in Secrets Manager.

    Attributes:
        secret_id: Name or ARN of the secret: `{host, port, username, password, dbname}`, as RDS writes it. In the local
            stack, the secret also holds `authority`, the PEM of the authority that issued the server's certificate.
        database: Overrides the secret's `dbname`.
        authorities: A file or `s3://bucket/key` with the PEM of the accepted certificate authorities; None for the
            authorities of the system.
        host: Overrides the secret's `host`. It must be another RDS instance of the same account and region.
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
        host=secret["host"] if address.host is None else check_restored_host(address.host, secret["host"]),
        port=int(secret["port"]),
        user=secret["username"],
        database=address.database or secret["dbname"],
        password=secret["password"],
        authority=secret.get("authority"),
    )


def connect(address: DatabaseAddress) -> GuardedConnection:
    """Opens a connection: UTC, READ COMMITTED, strict SQL mode, no autocommit, LOAD DATA LOCAL of one file.

    READ COMMITTED is necessary. Under REPEATABLE READ, deletes of adjacent ranges lock gaps and can then deadlock.

    Raises:
        HostError: The password may not be sent to the host of the address.
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
            ssl=_make_tls_context(_is_loopback(credentials.host), address.authorities, credentials.authority),
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
    """Lets the operating system detect a lost server, even while a long statement runs.

    PyMySQL's own time-out for reads would end long statements.
    """
    server: socket.socket = connection._sock  # type: ignore[attr-defined]
    server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEP_ALIVE.items():
        server.setsockopt(socket.IPPROTO_TCP, option, value)


@cache
def _make_tls_context(loopback: bool, authorities: str | None, local_authority: str | None) -> ssl.SSLContext:
    """Returns TLS settings that verify the server.

    For a server on the loopback, the secret may contain the authority that issued the server's certificate. That
    certificate has no host name, so only its issuer is checked. Without any authority, a server on the loopback is not
    verified.

    The settings are cached, because reading the system's authorities takes 60 ms, and reading authorities from S3 needs
    a request. The loopback needs TLS because MySQL's default login (caching_sha2_password) requires it.
    """
    if authorities is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # `create_default_context` would trust the system's authorities if the string were empty.
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


def _read_text(location: str) -> str:
    if not location.startswith("s3://"):
        return Path(location).read_text("ascii")
    bucket, _, key = location.removeprefix("s3://").partition("/")
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
    """Returns whether a retry may succeed: the server restarts, is busy, or ended a deadlock with a rollback."""
    if isinstance(error, pymysql.err.OperationalError):
        # PyMySQL reports a failed certificate check as "cannot connect". Retrying will not help.
        is_untrusted = isinstance(getattr(error, "original_exception", None), ssl.SSLCertVerificationError)
        return bool(error.args) and error.args[0] in TRANSIENT_ERRORS and not is_untrusted
    return isinstance(error, pymysql.err.InterfaceError)


def retrying() -> Retrying:
    """Returns attempts at growing intervals while errors are transient. If the last attempt fails, its error is raised.

    The limit counts attempts, not time, because an attempt may load for minutes before the outage begins.
    """
    return Retrying(
        retry=retry_if_exception(is_transient),
        wait=wait_exponential(multiplier=0.2, max=LONGEST_WAIT_SECONDS) + wait_random(0, 0.2),
        stop=stop_after_attempt(ATTEMPTS),
        reraise=True,
    )


@contextmanager
def named_lock(connection: Connection, name: str, timeout_seconds: int) -> Iterator[None]:
    """Holds one of MySQL's named locks during the block. MySQL also releases the lock when the connection ends.

    A name may have up to 64 characters.

    Raises:
        TimeoutError: Another connection held the lock during the whole time-out.
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
