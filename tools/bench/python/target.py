"""Reads the target of a compared loader: a database URL from the environment, and the name of a table."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

URL_VARIABLE = "BENCH_DATABASE_URL"


@dataclass(frozen=True)
class Target:
    """A file of finished rows, and the table for them.

    Attributes:
        file: A CSV without a header, with the columns of `columns.py`.
        table: The table, created with `CREATE TABLE … LIKE` the feed's table.
        host: The host of the server.
        port: The port of the server.
        user: The user that loads.
        password: The user's password.
        database: The database of the table.
    """

    file: Path
    table: str
    host: str
    port: int
    user: str
    password: str
    database: str


def parse_target(description: str | None) -> Target:
    """Returns the target that the command line and the environment set."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--table", required=True)
    arguments = parser.parse_args()
    url = urlsplit(os.environ[URL_VARIABLE])
    return Target(
        file=arguments.file,
        table=arguments.table,
        host=url.hostname or "",
        port=url.port or 3306,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        database=url.path.removeprefix("/"),
    )
