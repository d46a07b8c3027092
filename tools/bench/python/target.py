"""Where the programs of the comparison write to: a database URL from the environment, a table's name."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

URL_VARIABLE = "BENCH_DATABASE_URL"


@dataclass(frozen=True)
class Target:
    """A file of finished rows, and the table it goes to.

    Attributes:
        file: CSV without a header; its columns are those of `columns.py`.
        table: Made LIKE the feed's table.
        host: Of the server.
        port: Of the server.
        user: Who loads.
        password: Of the user.
        database: That holds the table.
    """

    file: Path
    table: str
    host: str
    port: int
    user: str
    password: str
    database: str


def parse_target(description: str | None) -> Target:
    """The target that the command line and the environment name."""
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
