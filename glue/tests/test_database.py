import json
import ssl
from typing import Any

import boto3
import pymysql
import pytest
from pymysql.constants import CR, ER
from stack import Stack

from centflow_glue import database
from centflow_glue.database import DatabaseAddress, connect, is_transient, named_lock


class _SecretsManager:
    """Secrets Manager with one secret, as RDS writes it."""

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
    """What `connect` would hand to PyMySQL for a database on this host."""
    given: dict[str, Any] = {}
    secrets = _SecretsManager(host)
    monkeypatch.setattr(boto3, "client", lambda service: secrets)
    monkeypatch.setattr(pymysql, "connect", lambda **arguments: given.update(arguments))
    connect(address)
    return given


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "::1", "localhost"])
def test_a_connection_within_this_machine_need_not_verify_the_server(monkeypatch: pytest.MonkeyPatch, host: str):
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
def test_a_connection_off_this_machine_is_tls_that_verifies_the_server(monkeypatch: pytest.MonkeyPatch, host: str):
    context = connect_arguments(monkeypatch, host, DatabaseAddress("s"))["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_authorities_of_the_job_are_those_that_vouch_for_the_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ssl, "create_default_context", lambda cafile: f"trusts {cafile}")
    given = connect_arguments(monkeypatch, "10.0.0.5", DatabaseAddress("s", ca_file="/rds.pem"))
    assert given["ssl"] == "trusts /rds.pem"


def test_the_job_may_name_another_database_than_the_secret(monkeypatch: pytest.MonkeyPatch):
    assert connect_arguments(monkeypatch, "::1", DatabaseAddress("s"))["database"] == "centflow"
    assert connect_arguments(monkeypatch, "::1", DatabaseAddress("s", "rebuilt"))["database"] == "rebuilt"


def test_a_refused_password_is_read_again_because_it_may_have_been_rotated(monkeypatch: pytest.MonkeyPatch):
    secrets = _SecretsManager("127.0.0.1")
    monkeypatch.setattr(boto3, "client", lambda service: secrets)

    def refuse(**arguments: Any) -> None:
        raise pymysql.err.OperationalError(ER.ACCESS_DENIED_ERROR, "Access denied")

    monkeypatch.setattr(pymysql, "connect", refuse)
    for expected in (1, 2):
        with pytest.raises(pymysql.err.OperationalError):
            connect(DatabaseAddress("s"))
        assert secrets.asked == expected


def test_a_password_shows_in_no_representation():
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
def test_only_what_may_pass_by_itself_is_tried_again(error: Exception, expected: bool):
    assert is_transient(error) is expected


def test_a_connection_is_utc_read_committed_and_strict(address: DatabaseAddress):
    connection = connect(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@transaction_isolation, @@time_zone, @@sql_mode, @@autocommit, @@character_set_client")
        isolation, zone, mode, autocommit, characters = cursor.fetchone()
    connection.close()
    assert (isolation, zone, autocommit, characters) == ("READ-COMMITTED", "+00:00", 0, "utf8mb4")
    assert {"STRICT_ALL_TABLES", "NO_ZERO_DATE", "ONLY_FULL_GROUP_BY"} <= set(mode.split(","))


def test_a_database_that_is_not_there_is_a_transient_error(monkeypatch: pytest.MonkeyPatch, stack: Stack):
    secrets = _SecretsManager("127.0.0.1")
    secrets.secret["port"] = 1
    monkeypatch.setattr(boto3, "client", lambda service: secrets)
    with pytest.raises(pymysql.err.OperationalError) as refused:
        connect(DatabaseAddress("s"))
    assert is_transient(refused.value)
    assert "correct horse" not in str(refused.value)


def test_a_named_lock_is_one_connections_at_a_time(address: DatabaseAddress):
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


def test_a_named_lock_ends_with_its_connection_so_that_a_killed_job_blocks_nobody(address: DatabaseAddress):
    holder, other = connect(address), connect(address)
    with named_lock(holder, "centflow:test", 0):
        holder.close()
    with named_lock(other, "centflow:test", 5):
        pass
    other.close()
