"""A connection to MySQL that protects the client's files and its password from the server.

A server may answer any statement with a request for a file of the client's machine. A server may also request the
password in clear text (https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html). PyMySQL complies with
both requests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql.connections
from pymysql.connections import Connection
from pymysql.constants import CR, ER
from pymysql.err import OperationalError

# With these login plugins, the client proves that it knows the password without sending it. There is one exception: if
# the server has no cached hash, caching_sha2_password sends the password within TLS.
ALLOWED_PLUGINS = frozenset({"caching_sha2_password", "mysql_native_password"})

_send_local_file = pymysql.connections._send_local_file  # type: ignore[attr-defined]


class GuardedConnection(Connection):
    """Sends only the file that is being loaded, and logs in only with plugins that do not reveal the password."""

    _file: str | None = None

    @contextmanager
    def allow_file(self, file: str) -> Iterator[None]:
        """Allows the server to request this file during the block.

        Args:
            file: The file's name in the statement LOAD DATA LOCAL INFILE.
        """
        self._file = file
        try:
            yield
        finally:
            self._file = None

    def can_send(self, file: bytes | str) -> bool:
        """Returns whether the server may request this file."""
        return self._file is not None and file == (self._file.encode() if isinstance(file, bytes) else self._file)

    def _read_query_result(self, unbuffered: bool = False) -> Any:
        try:
            return super()._read_query_result(unbuffered)  # type: ignore[misc]
        except AttributeError as error:
            # If the connection breaks while PyMySQL sends a file, PyMySQL closes the connection and then tries to use
            # it again. The resulting AttributeError hides the real error, so raise the real one.
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise

    def _request_authentication(self) -> None:
        plugin = self._auth_plugin_name  # type: ignore[attr-defined]
        if plugin:
            _reject_revealing_plugin(plugin)
        super()._request_authentication()  # type: ignore[misc]

    def _process_auth(self, plugin_name: bytes, auth_packet: Any, handler: Any = None) -> Any:
        _reject_revealing_plugin(plugin_name.decode("ascii", "replace"))
        return super()._process_auth(plugin_name, auth_packet, handler)  # type: ignore[misc]


def _reject_revealing_plugin(plugin: str) -> None:
    if plugin not in ALLOWED_PLUGINS:
        raise OperationalError(
            CR.CR_AUTH_PLUGIN_ERR,
            f"The server requests a login by {plugin!r}, which may reveal the password: create the user with "
            "caching_sha2_password.",
        )


def _send_expected_file(filename: bytes | str, connection: Connection) -> None:
    if not isinstance(connection, GuardedConnection) or not connection.can_send(filename):
        raise OperationalError(
            ER.FILE_NOT_FOUND, "The server requests a file that is not being loaded, so it is not the job's database."
        )
    _send_local_file(filename, connection)


# PyMySQL can only be stopped from sending other files by a patch. The patch is safe: uv.lock pins PyMySQL's version,
# and a test checks it with a server that requests other files.
pymysql.connections._send_local_file = _send_expected_file  # type: ignore[attr-defined]
