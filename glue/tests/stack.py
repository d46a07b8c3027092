"""The real MySQL and the S3 emulator that tests run against, and a few words to drive them with."""

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
# Written by the set-up of the local stack: where node, Java and Python are.
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
        endpoint_url: Of the AWS emulator.
        region: AWS region.
        bucket: The bucket that the stack made, with versioning.
        secret_id: Of the loader's credentials in Secrets Manager.
        database_host: Where MySQL is.
        database_port: Where MySQL is.
        database: The database, set up by migrations.
        admin: May do everything.
        migrator: Owns the tables.
        loader: What the job connects as.
        reporter: Reads the views.
        description: All that the stack said about itself.
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
        """A connection in autocommit whose rows are dicts."""
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
        """What boto3 and the job read from the environment."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.description["accessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self.description["secretAccessKey"],
        }


def tool_paths() -> dict[str, str]:
    """The tools that the set-up installed or found; empty where it has not run."""
    tools: dict[str, str] = json.loads(TOOL_PATHS.read_text("utf-8")) if TOOL_PATHS.exists() else {}
    return tools


@contextmanager
def start_stack(folder: Path, parts: Sequence[str] = ("mysql", "s3"), repository: Path = REPOSITORY) -> Iterator[Stack]:
    """Start a stack that lives in `folder`, with the schema of `repository`, and stop it at the end.

    It ends when its standard input does, so it outlives neither this block nor a killed test process.
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
    """A versioned bucket of one test's own.

    Attributes:
        name: The bucket's.
        s3: The client.
    """

    name: str
    s3: Any

    def put(self, object_key: str, body: bytes) -> str:
        """Upload a version; returns its id."""
        version: str = self.s3.put_object(Bucket=self.name, Key=object_key, Body=body)["VersionId"]
        return version

    def delete(self, object_key: str) -> str:
        """Put a delete marker; returns its version id."""
        marker: str = self.s3.delete_object(Bucket=self.name, Key=object_key)["VersionId"]
        return marker

    def remove_version(self, object_key: str, version_id: str) -> None:
        """Remove a version, or a delete marker, for good."""
        self.s3.delete_object(Bucket=self.name, Key=object_key, VersionId=version_id)


def fetch(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    """The rows of a query, as dicts."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(statement, tuple(parameters))
        return list(cursor.fetchall())
