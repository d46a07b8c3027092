import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pymysql
import pytest
import trustme
from mysql_server import MysqlServer, mysql_server
from pymysql.constants import CR, ER
from stack import Bucket, Stack

from centflow_glue import database
from centflow_glue.database import DatabaseAddress, connect, is_transient, named_lock
from centflow_glue.restored_host import HostError


class _SecretsManager:
    """A fake Secrets Manager with one secret in the format of RDS."""

    def __init__(self, host: str, password: str = "correct horse") -> None:
        self.secret = {"host": host, "port": 3306, "username": "loader", "password": password, "dbname": "centflow"}
        self.asked = 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 (boto3's name)
        self.asked += 1
        return {"SecretString": json.dumps(self.secret)}


@pytest.fixture(autouse=True)
def _forget_credentials():
    database._read_credentials.cache_clear()
    yield
    database._read_credentials.cache_clear()


def connect_arguments(monkeypatch: pytest.MonkeyPatch, host: str, address: DatabaseAddress) -> dict[str, Any]:
    """Returns the arguments that `connect` passes to PyMySQL for a database on this host."""
    given: dict[str, Any] = {}
    secrets = _SecretsManager(host)
    monkeypatch.setattr(boto3, "client", lambda service: secrets)
    monkeypatch.setattr(database, "GuardedConnection", lambda **arguments: given.update(arguments) or unconnected)
    with socket.socket() as unused:
        unconnected = SimpleNamespace(_sock=unused)
        connect(address)
    return given


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "::1", "localhost"])
def test_a_connection_on_the_loopback_does_not_verify_the_server(monkeypatch: pytest.MonkeyPatch, host: str):
    context = connect_arguments(monkeypatch, host, DatabaseAddress("s"))["ssl"]
    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname


@pytest.mark.parametrize(
    "host",
    [
        "centflow.abc.eu-west-1.rds.amazonaws.com",
        "10.0.0.5",
        "2001:db8::1",
        "localhost.example.com",
        "127.0.0.1.nip.io",
        "",
    ],
)
def test_a_connection_to_another_machine_verifies_the_server(monkeypatch: pytest.MonkeyPatch, host: str):
    context = connect_arguments(monkeypatch, host, DatabaseAddress("s"))["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_database_name_argument_replaces_the_database_of_the_secret(monkeypatch: pytest.MonkeyPatch):
    assert connect_arguments(monkeypatch, "::1", DatabaseAddress("s"))["database"] == "centflow"
    assert connect_arguments(monkeypatch, "::1", DatabaseAddress("s", "rebuilt"))["database"] == "rebuilt"


RDS_DOMAIN = "c9akciq32rgx.eu-west-1.rds.amazonaws.com"


def test_a_restored_instance_is_verified_like_the_host_in_the_secret(monkeypatch: pytest.MonkeyPatch):
    restored = f"centflow-dev-accept-restore.{RDS_DOMAIN}"
    address = DatabaseAddress("s", "rebuilt", host=restored)
    given = connect_arguments(monkeypatch, f"centflow-dev-database.{RDS_DOMAIN}", address)
    assert (given["host"], given["database"], given["user"]) == (restored, "rebuilt", "loader")
    assert given["ssl"].verify_mode is ssl.CERT_REQUIRED
    assert given["ssl"].check_hostname


@pytest.mark.parametrize("host", ["attacker.example.com", "127.0.0.1", f"{RDS_DOMAIN}.example.com"])
def test_no_connection_is_opened_to_a_foreign_host(monkeypatch: pytest.MonkeyPatch, host: str):
    def fail(**arguments: Any) -> None:
        raise AssertionError("The password would go to another server.")

    secrets = _SecretsManager(f"centflow-dev-database.{RDS_DOMAIN}")
    monkeypatch.setattr(boto3, "client", lambda service: secrets)
    monkeypatch.setattr(database, "GuardedConnection", fail)
    with pytest.raises(HostError) as refused:
        connect(DatabaseAddress("s", host=host))
    assert "correct horse" not in str(refused.value)


def test_the_secret_is_read_again_after_the_server_refused_its_password(monkeypatch: pytest.MonkeyPatch):
    secrets = _SecretsManager("127.0.0.1")
    monkeypatch.setattr(boto3, "client", lambda service: secrets)

    def refuse(**arguments: Any) -> None:
        raise pymysql.err.OperationalError(ER.ACCESS_DENIED_ERROR, "Access denied")

    monkeypatch.setattr(database, "GuardedConnection", refuse)
    for expected in (1, 2):
        with pytest.raises(pymysql.err.OperationalError):
            connect(DatabaseAddress("s"))
        assert secrets.asked == expected


def test_no_password_appears_in_a_repr():
    credentials = database._Credentials("h", 1, "loader", "d", password="correct horse")
    assert "correct horse" not in repr(credentials)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (pymysql.err.OperationalError(CR.CR_SERVER_GONE_ERROR, "gone"), True),
        (pymysql.err.OperationalError(CR.CR_SERVER_LOST, "lost"), True),
        (pymysql.err.OperationalError(CR.CR_CONN_HOST_ERROR, "refused"), True),
        (pymysql.err.OperationalError(ER.SERVER_SHUTDOWN, "shutdown"), True),
        (pymysql.err.OperationalError(ER.LOCK_DEADLOCK, "deadlock"), True),
        (pymysql.err.OperationalError(ER.LOCK_WAIT_TIMEOUT, "timeout"), True),
        (pymysql.err.OperationalError(ER.CON_COUNT_ERROR, "too many"), True),
        (pymysql.err.InterfaceError(0, ""), True),
        (pymysql.err.OperationalError(ER.ACCESS_DENIED_ERROR, "denied"), False),
        (pymysql.err.OperationalError(ER.BAD_DB_ERROR, "unknown database"), False),
        (pymysql.err.OperationalError(), False),
        (pymysql.err.ProgrammingError(ER.NO_SUCH_TABLE, "no table"), False),
        (pymysql.err.DataError(ER.DATA_TOO_LONG, "too long"), False),
        (pymysql.err.IntegrityError(ER.DUP_ENTRY, "duplicate"), False),
        (ValueError("2006"), False),
        (TimeoutError(), False),
    ],
)
def test_only_transient_errors_are_retried(error: Exception, expected: bool):
    assert is_transient(error) is expected


def test_a_connection_is_utc_read_committed_and_strict(address: DatabaseAddress):
    connection = connect(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@transaction_isolation, @@time_zone, @@sql_mode, @@autocommit, @@character_set_client")
        isolation, zone, mode, autocommit, characters = cursor.fetchone()
    connection.close()
    assert (isolation, zone, autocommit, characters) == ("READ-COMMITTED", "+00:00", 0, "utf8mb4")
    assert {"STRICT_ALL_TABLES", "NO_ZERO_DATE", "ONLY_FULL_GROUP_BY"} <= set(mode.split(","))


def test_the_server_waits_long_enough_for_the_next_row_of_a_file(address: DatabaseAddress):
    connection = connect(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@session.net_read_timeout")
        (seconds,) = cursor.fetchone()
    connection.close()
    assert seconds >= 1800


def test_a_silently_lost_server_is_detected_within_two_minutes(address: DatabaseAddress):
    connection = connect(address)
    server: socket.socket = connection._sock
    asked = server.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    first, apart, times, unconfirmed_ms = (
        server.getsockopt(socket.IPPROTO_TCP, option)
        for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    )
    connection.close()
    assert asked
    assert first + times * apart <= 120
    assert 0 < unconfirmed_ms <= 120_000


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MysqlServer]:
    """Starts a server whose certificates the tests choose."""
    with mysql_server(tmp_path_factory.mktemp("tls")) as server:
        yield server


def present(server: MysqlServer, authority: trustme.CA, host: str) -> None:
    """Makes the server present a certificate of this authority for this host."""
    certificate = authority.issue_cert(host)
    pems = {
        "ca": authority.cert_pem.bytes(),
        "cert": b"".join(blob.bytes() for blob in certificate.cert_chain_pems),
        "key": certificate.private_key_pem.bytes(),
    }
    with server.connect() as root, root.cursor() as cursor:
        for name, pem in pems.items():
            file = server.folder / f"test-{name}.pem"
            file.write_bytes(pem)
            cursor.execute(f"SET GLOBAL ssl_{name} = %s", (str(file),))
        cursor.execute("ALTER INSTANCE RELOAD TLS")


def connect_to(
    monkeypatch: pytest.MonkeyPatch, server: MysqlServer, authorities: str | None, host: str = "localhost"
) -> str:
    """Connects as the loader. Returns the cipher of the connection."""
    secrets = _SecretsManager(host, server.password)
    secrets.secret["port"] = server.port
    monkeypatch.setattr(boto3, "client", lambda service: secrets)
    with connect(DatabaseAddress("s", authorities=authorities)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        return cursor.fetchone()[1]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_server_is_verified_by_its_name_and_its_authority(
    monkeypatch: pytest.MonkeyPatch, tls_server: MysqlServer, tmp_path: Path, host: str
):
    authority = trustme.CA()
    present(tls_server, authority, host)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    assert connect_to(monkeypatch, tls_server, str(tmp_path / "ca.pem"), host).startswith("TLS_")


@pytest.mark.parametrize(
    ("vouched", "host", "why"),
    [
        (False, "localhost", "certificate verify failed"),
        (True, "db.example.com", "Hostname mismatch"),
        (True, "127.0.0.1", "Hostname mismatch"),
    ],
)
def test_an_unknown_server_is_refused_at_once_even_on_the_loopback(
    monkeypatch: pytest.MonkeyPatch, tls_server: MysqlServer, tmp_path: Path, vouched: bool, host: str, why: str
):
    authority = trustme.CA()
    present(tls_server, authority if vouched else trustme.CA(), host)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with pytest.raises(pymysql.err.OperationalError, match=why) as refused:
        connect_to(monkeypatch, tls_server, str(tmp_path / "ca.pem"))
    assert not is_transient(refused.value)


def test_certificate_authorities_in_s3_are_read_only_once(
    monkeypatch: pytest.MonkeyPatch, tls_server: MysqlServer, bucket: Bucket
):
    authority = trustme.CA()
    present(tls_server, authority, "localhost")
    bucket.s3.put_object(Bucket=bucket.name, Key="a folder/ca.pem", Body=authority.cert_pem.bytes())
    uri = f"s3://{bucket.name}/a folder/ca.pem"
    assert connect_to(monkeypatch, tls_server, uri)
    bucket.s3.delete_object(Bucket=bucket.name, Key="a folder/ca.pem")
    assert connect_to(monkeypatch, tls_server, uri)


def test_a_restored_instance_must_have_a_certificate_for_its_own_name(
    monkeypatch: pytest.MonkeyPatch, tls_server: MysqlServer, tmp_path: Path
):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    live, restored = (f"{name}.{RDS_DOMAIN}" for name in ("centflow-dev-database", "restored"))
    secrets = _SecretsManager(live, tls_server.password)
    secrets.secret["port"] = tls_server.port
    monkeypatch.setattr(boto3, "client", lambda service: secrets)
    found = socket.getaddrinfo("127.0.0.1", tls_server.port, type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    address = DatabaseAddress("s", authorities=str(tmp_path / "ca.pem"), host=restored)
    present(tls_server, authority, live)
    with pytest.raises(pymysql.err.OperationalError, match="Hostname mismatch"):
        connect(address)
    present(tls_server, authority, restored)
    connect(address).close()


def test_no_server_is_trusted_if_the_file_of_authorities_is_empty(
    monkeypatch: pytest.MonkeyPatch, tls_server: MysqlServer, tmp_path: Path
):
    (tmp_path / "empty.pem").touch()
    with pytest.raises((ssl.SSLError, ValueError)):
        connect_to(monkeypatch, tls_server, str(tmp_path / "empty.pem"))


def test_an_unreachable_database_is_a_transient_error(monkeypatch: pytest.MonkeyPatch, stack: Stack):
    secrets = _SecretsManager("127.0.0.1")
    secrets.secret["port"] = 1
    monkeypatch.setattr(boto3, "client", lambda service: secrets)
    with pytest.raises(pymysql.err.OperationalError) as refused:
        connect(DatabaseAddress("s"))
    assert is_transient(refused.value)
    assert "correct horse" not in str(refused.value)


def test_only_one_connection_holds_a_named_lock(address: DatabaseAddress):
    holder, other = connect(address), connect(address)
    with (
        named_lock(holder, "centflow:test", 0),
        pytest.raises(TimeoutError, match="centflow:test"),
        named_lock(other, "centflow:test", 0),
    ):
        pass
    with named_lock(other, "centflow:test", 0):
        pass
    holder.close()
    other.close()


def test_a_named_lock_is_released_when_its_connection_ends(address: DatabaseAddress):
    holder, other = connect(address), connect(address)
    with named_lock(holder, "centflow:test", 0):
        holder.close()
    with named_lock(other, "centflow:test", 5):
        pass
    other.close()
