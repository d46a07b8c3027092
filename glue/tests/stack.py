"""Starts the real MySQL and the AWS emulator for tests."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

REPOSITORY = Path(__file__).resolve().parents[2]
# The set-up of the local stack writes the paths of node, Java and Python into this file.
TOOL_PATHS = REPOSITORY / ".local" / "toolchain" / "paths.json"
STOP_SECONDS = 30


@dataclass(frozen=True)
class Account:
    """A database user."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Stack:
    """A running stack.

    Attributes:
        endpoint_url: The URL of the AWS emulator.
        region: The AWS region.
        bucket: The versioned bucket of the stack.
        secret_id: The secret with the loader's credentials in Secrets Manager.
        database_host: The host of MySQL.
        database_port: The port of MySQL.
        database: The database with all migrations.
        admin: The user with all rights.
        migrator: The user that owns the tables.
        loader: The user of the job.
        reporter: The user that reads the views.
        description: The complete description that the stack printed.
    """

    endpoint_url: str
    region: str
    bucket: str
    secret_id: str
    database_host: str
    database_port: int
    database: str
    admin: Account
    migrator: Account
    loader: Account
    reporter: Account
    description: dict[str, Any] = field(repr=False)

    def connect(self, account: Account) -> Connection:
        """Opens a connection with autocommit whose rows are dicts."""
        return pymysql.connect(
            host=self.database_host,
            port=self.database_port,
            user=account.user,
            password=account.password,
            database=self.database,
            charset="utf8mb4",
            cursorclass=DictCursor,
            autocommit=True,
            init_command="SET time_zone = '+00:00'",
        )

    def environment(self) -> dict[str, str]:
        """Returns the environment variables that boto3 and the job read."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.description["accessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self.description["secretAccessKey"],
        }


def tool_paths() -> dict[str, str]:
    """Returns the paths of the tools that the set-up installed or found.

    The result is empty if the set-up has not run.
    """
    tools: dict[str, str] = json.loads(TOOL_PATHS.read_text("utf-8")) if TOOL_PATHS.exists() else {}
    return tools


@contextmanager
def start_stack(folder: Path, parts: Sequence[str] = ("mysql", "s3"), repository: Path = REPOSITORY) -> Iterator[Stack]:
    """Starts a stack in `folder` with the schema of `repository`, and stops it at the end.

    The stack ends when its standard input closes, so it also ends if the test process is killed.
    """
    node = tool_paths().get("node", "node")
    command = [node, str(repository / "apps/cli/src/main.ts"), "stack", "--data-dir", str(folder)]
    folders = [str(Path(node).parent)] if os.path.isabs(node) else []
    environment = {**os.environ, "PATH": os.pathsep.join([*folders, os.environ["PATH"]])}
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "stack.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [*command, "--only", ",".join(parts)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                process.wait()
                raise RuntimeError(f"The stack did not start ({process.returncode}): {log.read_text('utf-8')}")
            yield _read_description(json.loads(line))
        finally:
            process.stdin.close()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _read_description(description: dict[str, Any]) -> Stack:
    return Stack(
        endpoint_url=description["endpointUrl"],
        region=description["region"],
        bucket=description["bucket"],
        secret_id=description["secretId"],
        database_host=description["databaseHost"],
        database_port=description["databasePort"],
        database=description["databaseName"],
        admin=Account(description["adminUser"], description["adminPassword"]),
        migrator=Account(**description["migrator"]),
        loader=Account(**description["loader"]),
        reporter=Account(**description["reporter"]),
        description=description,
    )


@dataclass(frozen=True)
class Bucket:
    """A separate versioned bucket for each test.

    Attributes:
        name: The bucket's name.
        s3: The client.
    """

    name: str
    s3: Any

    def put(self, object_key: str, body: bytes) -> str:
        """Uploads a version. Returns its id."""
        version: str = self.s3.put_object(Bucket=self.name, Key=object_key, Body=body)["VersionId"]
        return version

    def delete(self, object_key: str) -> str:
        """Puts a delete marker. Returns its version id."""
        marker: str = self.s3.delete_object(Bucket=self.name, Key=object_key)["VersionId"]
        return marker

    def remove_version(self, object_key: str, version_id: str) -> None:
        """Permanently removes a version or a delete marker."""
        self.s3.delete_object(Bucket=self.name, Key=object_key, VersionId=version_id)


def fetch(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Returns the rows of a query as dicts."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(statement, tuple(parameters))
        return list(cursor.fetchall())
