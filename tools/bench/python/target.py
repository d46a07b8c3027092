"""Parses the target of the compared programs: a database URL from the environment, and the name of a table."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

URL_VARIABLE = "BENCH_DATABASE_URL"


@dataclass(frozen=True)
class Target:
    """A file of finished rows, and the table into which it is loaded.

    Attributes:
        file: CSV without a header; its columns are those of `columns.py`.
        table: The name of the table, which is created LIKE the feed's table.
        host: The host of the server.
        port: The port of the server.
        user: The user who loads the file.
        password: The password of the user.
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
    """Return the target from the command line and the environment."""
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
