"""A separate MySQL server for a test module, which may be killed and started again."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
import pytest
from pymysql.connections import Connection
from pymysql.cursors import DictCursor
from stack import REPOSITORY, tool_paths

START_SECONDS = 60
DATABASE = "centflow"


@dataclass
class MysqlServer:
    """A MySQL server with the schema of Centflow.

    Attributes:
        folder: The folder of the data and the log.
        port: The port on the loopback.
        password: The password of root and of every user.
    """

    folder: Path
    port: int
    password: str = field(default_factory=secrets.token_hex, repr=False)
    _process: subprocess.Popen[bytes] | None = None

    def connect(self, user: str = "root") -> Connection:
        """Opens a connection with autocommit whose rows are dicts."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=self.password,
            database=DATABASE,
            charset="utf8mb4",
            cursorclass=DictCursor,
            autocommit=True,
            init_command="SET time_zone = '+00:00'",
        )

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = ["--local-infile=1", "--mysqlx=0", "--bind-address=127.0.0.1", "--performance-schema=OFF"]
        place = [f"--socket={self.folder}/s", f"--port={self.port}", f"--pid-file={self.folder}/pid"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*_mysqld(self.folder), *options, *place], stderr=log, env=_environment())
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(pymysql.err.OperationalError):
                pymysql.connect(unix_socket=f"{self.folder}/s", user="nobody").close()
            if self._answers():
                return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "log").read_text("utf-8"))

    def stop(self, signal_number: int) -> None:
        """Ends the server. SIGTERM lets the server shut down cleanly, SIGKILL does not."""
        if self._process:
            self._process.send_signal(signal_number)
            self._process.wait(START_SECONDS)

    def _answers(self) -> bool:
        try:
            pymysql.connect(unix_socket=f"{self.folder}/s", user="root", password=self.password).close()
        except pymysql.err.OperationalError as error:
            return error.args[0] == pymysql.constants.ER.ACCESS_DENIED_ERROR
        return True


@contextmanager
def mysql_server(folder: Path) -> Iterator[MysqlServer]:
    """Starts a server with the schema, and stops it at the end."""
    require_mysqld()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = MysqlServer(folder, free.getsockname()[1])
    subprocess.run(
        [*_mysqld(folder), "--initialize-insecure"], check=True, env=_environment(), stderr=subprocess.DEVNULL
    )
    server.start()
    try:
        _set_up(server)
        yield server
    finally:
        server.stop(signal.SIGKILL)


def require_mysqld() -> None:
    """Skips the test if the set-up has not installed a MySQL server."""
    program = Path(tool_paths().get("mysqlHome", "mysql"), "bin", "mysqld")
    if not program.exists():
        pytest.skip(f"This test needs {program}. Unset CENTFLOW_MYSQL_URL and run the set-up, which installs it.")


def _mysqld(folder: Path) -> list[str]:
    home = tool_paths()["mysqlHome"]
    return [
        f"{home}/bin/mysqld",
        "--no-defaults",
        *(["--user=root"] if os.getuid() == 0 else []),
        f"--datadir={folder}/data",
        f"--lc-messages-dir={home}/share",
        "--skip-log-bin",
        "--innodb-redo-log-capacity=64M",
    ]


def _environment() -> dict[str, str]:
    return {**os.environ, "LD_LIBRARY_PATH": tool_paths()["mysqlLibraries"]}


def _set_up(server: MysqlServer) -> None:
    """Sets the administrator's password, then creates database, users, tables and views with the schema package."""
    with pymysql.connect(unix_socket=f"{server.folder}/s", user="root") as connection, connection.cursor() as cursor:
        cursor.execute("CREATE USER root@'127.0.0.1' IDENTIFIED BY %s", (server.password,))
        cursor.execute("GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION")
        cursor.execute("ALTER USER root@localhost IDENTIFIED BY %s", (server.password,))
    node = tool_paths()["node"]
    url = f"mysql://root:{server.password}@127.0.0.1:{server.port}"
    passwords = {f"{role}_PASSWORD": server.password for role in ("MIGRATOR", "LOADER", "REPORTER")}
    cli = str(REPOSITORY / "packages/schema/src/cli.ts")
    subprocess.run(
        [node, cli, "set-up", "--url", url, "--database", DATABASE, "--no-tls"],
        check=True,
        env={**os.environ, **passwords},
        stdout=subprocess.DEVNULL,
    )
