"""A server that speaks MySQL's protocol and requests data that a client must not send."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from pymysql.constants import CLIENT

CAPABILITIES = (
    CLIENT.PROTOCOL_41
    | CLIENT.SSL
    | CLIENT.SECURE_CONNECTION
    | CLIENT.PLUGIN_AUTH
    | CLIENT.CONNECT_WITH_DB
    | CLIENT.LOCAL_FILES
    | CLIENT.TRANSACTIONS
)
NONCE = b"n" * 20
OK = b"\x00\x00\x00\x02\x00\x00\x00"
FAST_LOGIN = b"\x01\x03"
FULL_LOGIN = b"\x01\x04"


@dataclass
class RogueServer:
    """Serves one connection after another.

    Attributes:
        certificate: The certificate that the server presents.
        plugin: The login plugin that the server proposes first.
        switch_to: The login plugin that the server requests afterwards; None to accept the login.
        remembers: Whether the server claims to know the password's hash.
        file: The file that the server requests in response to statements that contain `when`; None for no file.
        when: A part of these statements.
        received: All packets that the server received within TLS.
    """

    certificate: ssl.SSLContext
    plugin: str = "caching_sha2_password"
    switch_to: str | None = None
    remembers: bool = True
    file: str | None = None
    when: bytes = b"LOAD DATA"
    received: list[bytes] = field(default_factory=list)
    port: int = 0

    def serve(self, listener: socket.socket) -> None:
        """Serves until the listener is closed."""
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._serve_client(connection)
                except (OSError, EOFError):
                    continue

    def _serve_client(self, plain: socket.socket) -> None:
        _write(plain, 0, _greeting(self.plugin))
        _read(plain)  # the request for TLS
        with self.certificate.wrap_socket(plain, server_side=True) as client:
            sequence = self._receive(client)
            if self.switch_to is not None:
                _write(client, sequence + 1, b"\xfe" + self.switch_to.encode() + b"\0" + NONCE + b"\0")
                sequence = self._receive(client)
            elif self.plugin == "caching_sha2_password":
                _write(client, sequence + 1, FAST_LOGIN if self.remembers else FULL_LOGIN)
                sequence = sequence + 1 if self.remembers else self._receive(client)
            _write(client, sequence + 1, OK)
            while True:
                sequence = self._receive(client)
                if self.file is None or self.when not in self.received[-1]:
                    _write(client, sequence + 1, OK)
                    continue
                _write(client, sequence + 1, b"\xfb" + self.file.encode())
                sequence = self._receive(client)
                while self.received[-1]:
                    sequence = self._receive(client)
                _write(client, sequence + 1, OK)

    def _receive(self, client: socket.socket) -> int:
        sequence, packet = _read(client)
        self.received.append(packet)
        return sequence


@contextmanager
def rogue_server(folder: Path, **wants: object) -> Iterator[RogueServer]:
    """Runs a rogue server on the loopback. `wants` are attributes of `RogueServer`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    server = RogueServer(context, **wants)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def _greeting(plugin: str) -> bytes:
    return (
        b"\x0a8.4.0\0"
        + struct.pack("<I", 1)
        + NONCE[:8]
        + b"\0"
        + struct.pack("<H", CAPABILITIES & 0xFFFF)
        + b"\xff"
        + struct.pack("<H", 2)
        + struct.pack("<H", CAPABILITIES >> 16)
        + bytes([len(NONCE) + 1])
        + bytes(10)
        + NONCE[8:]
        + b"\0"
        + plugin.encode()
        + b"\0"
    )


def _write(client: socket.socket, sequence: int, packet: bytes) -> None:
    client.sendall(struct.pack("<I", len(packet))[:3] + bytes([sequence % 256]) + packet)


def _read(client: socket.socket) -> tuple[int, bytes]:
    head = _exactly(client, 4)
    return head[3], _exactly(client, int.from_bytes(head[:3], "little"))


def _exactly(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = client.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
