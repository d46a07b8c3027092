"""Checks that a rogue server receives only the uploaded file, and no password in clear text."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
import trustme
from mysql_server import require_mysqld
from pymysql.err import OperationalError
from rogue_server import RogueServer, rogue_server
from stack import start_stack
from statements import csv_of, expense

from centflow_glue import database
from centflow_glue.contract import load_contracts
from centflow_glue.database import DatabaseAddress, connect, is_transient
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.limits import ReadLimits
from centflow_glue.load.load_version import load_version

PASSWORD = "correct horse"


class _SecretsManager:
    def __init__(self, port: int, authority: str | None) -> None:
        secret = {"host": "127.0.0.1", "port": port, "username": "loader", "password": PASSWORD, "dbname": "centflow"}
        self._text = json.dumps(secret | ({"authority": authority} if authority else {}))

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 (boto3's name)
        return {"SecretString": self._text}


@pytest.fixture(autouse=True)
def _forget_credentials() -> Iterator[None]:
    database._read_credentials.cache_clear()
    yield
    database._read_credentials.cache_clear()


def log_in(monkeypatch: pytest.MonkeyPatch, server: RogueServer, authority: str | None = None) -> GuardedConnection:
    """Connects to the server in the same way as the job."""
    monkeypatch.setattr(boto3, "client", lambda service: _SecretsManager(server.port, authority))
    return connect(DatabaseAddress("s"))


def load_an_upload(connection: GuardedConnection) -> None:
    """Loads an upload in the same way as the job."""
    body, contract = csv_of(expense()), load_contracts()["expenses"]
    load_version(connection, lambda: io.BytesIO(body), contract, 1, compressed=False, limits=ReadLimits())


def query(connection: GuardedConnection) -> None:
    """Sends a statement that loads no file."""
    connection.cursor().execute("SHOW TABLES")


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    """Creates a file on the job's machine that no upload needs. Returns its path."""
    file = tmp_path / "credentials"
    file.write_text("aws_secret_access_key", "ascii")
    return file


@pytest.mark.parametrize(("use", "when"), [(load_an_upload, b"LOAD DATA"), (query, b"SHOW TABLES")])
def test_a_server_receives_only_the_file_that_is_being_loaded(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    secret_file: Path,
    use: Callable[[GuardedConnection], None],
    when: bytes,
):
    with rogue_server(tmp_path, file=str(secret_file), when=when) as server:
        connection = log_in(monkeypatch, server)
        with pytest.raises(OperationalError, match="a file that is not being loaded"):
            use(connection)
        connection.close()
    assert any(when in packet for packet in server.received)
    assert not any(b"aws_secret_access_key" in packet for packet in server.received)


@pytest.mark.parametrize("plugin", ["mysql_clear_password", "sha256_password", "dialog", "mysql_old_password"])
@pytest.mark.parametrize("switches", [False, True])
def test_a_server_receives_no_password_in_clear_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plugin: str, switches: bool
):
    wants = {"switch_to": plugin} if switches else {"plugin": plugin}
    with rogue_server(tmp_path, **wants) as server, pytest.raises(OperationalError, match=f"login by '{plugin}'") as e:
        log_in(monkeypatch, server)
    assert not is_transient(e.value)
    assert not any(PASSWORD.encode() in packet for packet in server.received)


def test_a_server_whose_authority_is_not_in_the_secret_receives_no_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    authority = trustme.CA().cert_pem.bytes().decode()
    with (
        rogue_server(tmp_path, remembers=False) as server,
        pytest.raises(OperationalError, match="certificate verify failed") as refused,
    ):
        log_in(monkeypatch, server, authority)
    assert not is_transient(refused.value)
    assert server.received == []


def test_a_stack_with_a_separate_server_puts_its_authority_into_the_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    require_mysqld()
    # `npm test` sets this variable to a server that the packages share. Without the variable the stack starts a server.
    monkeypatch.setenv("CENTFLOW_MYSQL_URL", "")
    with start_stack(tmp_path) as stack:
        for name, value in stack.environment().items():
            monkeypatch.setenv(name, value)
        # boto3's default session keeps the first credentials that it read. They belong to the stack of the other tests.
        secrets_manager = boto3.Session().client("secretsmanager")
        monkeypatch.setattr(boto3, "client", lambda service: secrets_manager)
        secret = json.loads(secrets_manager.get_secret_value(SecretId=stack.secret_id)["SecretString"])
        assert secret["authority"].startswith("-----BEGIN CERTIFICATE-----")
        with connect(DatabaseAddress(stack.secret_id)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
            assert cursor.fetchone()[1].startswith("TLS_")
