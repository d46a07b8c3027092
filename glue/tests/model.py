"""A model of the views that is independent of the job's code.

The model runs in memory and uses only the bucket's versions.

A file is a list of lines whose faults are known, so the model parses nothing. The job reads the CSV that `render`
creates, and must produce the same result as the functions of this module.
"""

import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import stack
from pymysql.connections import Connection

HEADERS: Mapping[str, tuple[str, ...]] = {
    "expenses": (
        *("date", "merchant", "category", "account", "amount", "currency", "description"),
        *("country", "city", "transaction_id"),
    ),
    "incomes": ("date", "source", "category", "account", "amount", "currency", "description", "transaction_id"),
    "budgets": ("month", "category", "amount", "currency"),
}
# Generated: each view's columns with their SQL types.
VIEW_COLUMNS: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_name("views.json").read_text("utf-8"))[
    "views"
]
OPTIONAL = ("country", "city", "transaction_id")
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "expenses": ("date", "merchant", "account", "amount", "currency", "description"),
    "incomes": ("date", "source", "account", "amount", "currency", "description"),
    "budgets": ("month", "category", "currency"),
}
BUCKETS = count(1)
# Faults whose rows have no readable amount for the control sums.
NO_AMOUNT = ("bad_number", "ragged_row")


@dataclass(frozen=True)
class Line:
    """A line of a file, and its known fault.

    Attributes:
        cells: The cells in the order of `HEADERS`; an empty tuple for an empty line.
        fault: The code with which the row must be quarantined; None for a good row.
    """

    cells: tuple[str, ...]
    fault: str | None = None

    def __repr__(self) -> str:
        return f"{f'{self.fault}: ' if self.fault else ''}{','.join(self.cells)}"


@dataclass(frozen=True)
class Row:
    """A row that contains a value: its row number, and its cells by header."""

    number: int
    cells: Mapping[str, str]
    fault: str | None

    @property
    def amount(self) -> Decimal:
        """The amount that the row adds to the control sums."""
        return Decimal(0) if self.fault in NO_AMOUNT else Decimal(self.cells["amount"])


@dataclass(frozen=True)
class File:
    """The content of an upload.

    Attributes:
        feed: The feed whose header the file has.
        lines: The lines after the header.
        flaw: The code with which the file must be rejected, regardless of its lines; None if the lines decide.
        line_end: The end of each line.
    """

    feed: str
    lines: tuple[Line, ...] = ()
    flaw: str | None = None
    line_end: str = "\n"

    def __repr__(self) -> str:
        flaw = f" {self.flaw}!" if self.flaw else ""
        return f"<{self.feed}{flaw} {' | '.join(map(repr, self.lines)) or 'no rows'}>"

    @property
    def rows(self) -> list[Row]:
        """The lines that have values, as numbered rows. The header is row 1."""
        return [
            Row(number, dict(zip(HEADERS[self.feed], line.cells, strict=False)), line.fault)
            for number, line in enumerate(self.lines, start=2)
            if line.cells
        ]

    @property
    def rejection(self) -> str | None:
        """The code with which the whole file is rejected, or None."""
        bad = sum(row.fault is not None for row in self.rows)
        return self.flaw or ("too_many_bad_rows" if bad * 2 > len(self.rows) else None)


def render(file: File, compressed: bool) -> bytes:
    """Returns the bytes of the object."""
    if file.flaw == "empty_file":
        return b""
    header = HEADERS[file.feed]
    # Optional columns without values are omitted, as banks do. Ragged lines need all columns.
    used = [
        index
        for index, name in enumerate(header)
        if name not in OPTIONAL or any(len(line.cells) != len(header) or line.cells[index] for line in file.lines)
    ]
    names = [header[index] for index in used]
    if file.flaw == "missing_header":
        names[names.index("amount")] = "total"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=file.line_end)
    writer.writerow(names)
    for line in file.lines:
        cells = [cell for index, cell in enumerate(line.cells) if index in used or index >= len(header)]
        writer.writerow(cells) if cells else out.write(file.line_end)
    if file.flaw == "not_utf8":
        writer.writerow("é" for _ in names)
    body = out.getvalue().encode("latin-1" if file.flaw == "not_utf8" else "utf-8")
    return gzip.compress(body, mtime=0) if compressed else body


@dataclass(frozen=True)
class Version:
    """One version of one object, or a delete marker (`file` is None)."""

    object_key: str
    version_id: str
    last_modified: datetime
    file: File | None

    @property
    def feed(self) -> str:
        """The folder directly under `raw/`."""
        return self.object_key.split("/")[1]

    @property
    def owner(self) -> str:
        """The owner of the object."""
        folders = self.object_key.split("/")
        return folders[2].removeprefix("owner=") if folders[2].startswith("owner=") else "default"

    @property
    def rejection(self) -> str | None:
        """The code with which the version is rejected, or None."""
        if self.feed not in HEADERS:
            return "unknown_feed"
        if not self.object_key.endswith((".csv", ".csv.gz")):
            return "wrong_extension"
        return self.file.rejection if self.file else None


@dataclass
class Bucket:
    """The versions of each object, oldest first."""

    versions: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))

    def add(self, version: Version) -> None:
        """Adds a version or a delete marker."""
        self.versions[version.object_key].append(version)

    def remove(self, version: Version) -> None:
        """Permanently removes a version or a delete marker."""
        self.versions[version.object_key].remove(version)

    def live(self, object_key: str) -> list[Version]:
        """Returns the versions since the last delete marker, newest first."""
        found: list[Version] = []
        for version in reversed(self.versions.get(object_key, [])):
            if version.file is None:
                break
            found.append(version)
        return found

    def published(self, object_key: str) -> Version | None:
        """Returns the newest acceptable version since the last delete marker."""
        return next((version for version in self.live(object_key) if version.rejection is None), None)

    def rejected(self, object_key: str) -> list[Version]:
        """Returns the rejected live versions that are newer than the published one."""
        published = self.published(object_key)
        live = self.live(object_key)
        return live[: live.index(published)] if published else live


@dataclass
class Twins:
    """A bucket in the emulator and its model. Every action is applied to both.

    Attributes:
        bucket: The bucket in the emulator.
        expected: The model.
        whole_seconds: Whether the model rounds `LastModified` to seconds, as AWS does.
    """

    bucket: stack.Bucket
    expected: Bucket = field(default_factory=Bucket)
    whole_seconds: bool = False

    @classmethod
    def of_new_bucket(cls, s3: Any, region: str) -> "Twins":
        """Creates an empty versioned bucket and its model."""
        name = f"centflow-twin-{next(BUCKETS)}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return cls(stack.Bucket(name, s3))

    @property
    def object_keys(self) -> list[str]:
        """All keys that were ever uploaded or deleted."""
        return sorted(self.expected.versions)

    def all_versions(self) -> Iterator[Version]:
        """Yields every version and delete marker of every key."""
        for versions in self.expected.versions.values():
            yield from versions

    def put(self, object_key: str, file: File) -> None:
        """Uploads a file."""
        body = render(file, compressed=object_key.endswith(".gz"))
        self._add(object_key, self.bucket.put(object_key, body), file)

    def delete(self, object_key: str) -> None:
        """Puts a delete marker."""
        self._add(object_key, self.bucket.delete(object_key), None)

    def remove(self, version: Version) -> None:
        """Permanently removes a version or a delete marker."""
        self.bucket.remove_version(version.object_key, version.version_id)
        self.expected.remove(version)

    def published(self) -> list[Version]:
        """Returns the versions that must be published once all keys are reconciled."""
        versions = (self.expected.published(object_key) for object_key in self.object_keys)
        return [version for version in versions if version]

    def _add(self, object_key: str, version_id: str, file: File | None) -> None:
        listing = self.bucket.s3.list_object_versions(Bucket=self.bucket.name, Prefix=object_key)
        entries = [*listing.get("Versions", []), *listing.get("DeleteMarkers", [])]
        moment = next(entry["LastModified"] for entry in entries if entry["VersionId"] == version_id)
        if self.whole_seconds:
            moment = moment.replace(microsecond=0)
        self.expected.add(Version(object_key, version_id, moment, file))


@dataclass(frozen=True)
class Shown:
    """A visible row, and the version that shows it."""

    version: Version
    row: Row

    @property
    def month(self) -> str:
        """The month of the row, `YYYY-MM`."""
        return self.row.cells.get("month") or self.row.cells["date"][:7]

    @property
    def amount(self) -> Decimal:
        """The amount of the row."""
        return Decimal(self.row.cells["amount"])

    def __getitem__(self, header: str) -> str | None:
        """Returns a cell; None if the cell is optional and empty."""
        cell = self.row.cells.get(header, "")
        return None if header in OPTIONAL and not cell else cell


def identities(version: Version) -> Iterator[tuple[Any, Row]]:
    """Yields the good rows of a version, each with its identity and its occurrence number."""
    seen: Counter[Any] = Counter()
    assert version.file is not None
    for row in version.file.rows:
        if row.fault:
            continue
        identity: tuple[Any, ...] = tuple(
            Decimal(row.cells[name]) if name == "amount" else row.cells[name] for name in IDENTITY[version.feed]
        )
        if row.cells.get("transaction_id"):
            identity = ("transaction", row.cells["transaction_id"])
        seen[identity] += 1
        yield (identity, seen[identity]), row


def shown_rows(published: Iterable[Version]) -> list[Shown]:
    """Returns the visible rows: for each owner and feed, the multiset union of the uploads.

    If several uploads contain the same row, the newest upload shows it.
    """
    winners: dict[Any, Shown] = {}
    for version in sorted(published, key=lambda version: (version.last_modified, version.object_key)):
        for identity, row in identities(version):
            winners[version.owner, version.feed, identity] = Shown(version, row)
    return list(winners.values())


def views(published: Collection[Version]) -> dict[str, Counter[tuple[Any, ...]]]:
    """Returns the rows of every report view as multisets.

    The key and the version identify an upload instead of its id.
    """
    shown = shown_rows(published)
    expenses = [row for row in shown if row.version.feed == "expenses"]
    incomes = [row for row in shown if row.version.feed == "incomes"]
    budgets = [row for row in shown if row.version.feed == "budgets"]
    return {
        "v_transactions": Counter(
            [_transaction(row, "expense", "merchant") for row in expenses]
            + [_transaction(row, "income", "source") for row in incomes]
        ),
        "v_monthly_cash_flow": _cash_flow(incomes, expenses),
        "v_spend_by_category_month": _totals(expenses, "category"),
        "v_spend_by_merchant_month": _totals(expenses, "category", "merchant"),
        "v_spend_by_day": _spend_by_day(expenses),
        "v_income_by_source_month": _totals(incomes, "source"),
        "v_spend_by_place": _totals(expenses, "country", "city"),
        "v_budget_vs_actual": _budget_vs_actual(budgets, expenses),
        "v_account_balance": _account_balance(incomes, expenses),
        "v_upload_accounting": _accounting(published, shown),
    }


def _transaction(row: Shown, kind: str, party: str) -> tuple[Any, ...]:
    return (
        *(row.version.owner, kind, row["date"], row[party], row["category"], row["account"], row.amount),
        *(row["currency"], row["description"], row["country"], row["city"], row["transaction_id"]),
        *(row.version.object_key, row.version.version_id, row.row.number),
    )


def _totals(rows: Iterable[Shown], *by: str) -> Counter[tuple[Any, ...]]:
    groups: dict[tuple[Any, ...], list[Decimal]] = defaultdict(list)
    for row in rows:
        groups[row.version.owner, row.month, row["currency"], *(row[name] for name in by)].append(row.amount)
    return Counter((*group, sum(amounts), len(amounts)) for group, amounts in groups.items())


def _spend_by_day(expenses: Iterable[Shown]) -> Counter[tuple[Any, ...]]:
    groups: dict[tuple[Any, ...], list[Decimal]] = defaultdict(list)
    for row in expenses:
        groups[row.version.owner, row["date"], row["currency"], row["category"]].append(row.amount)
    return Counter((*group, sum(amounts), len(amounts)) for group, amounts in groups.items())


def _cash_flow(incomes: Iterable[Shown], expenses: Iterable[Shown]) -> Counter[tuple[Any, ...]]:
    income: Counter[tuple[Any, ...]] = Counter()
    expense: Counter[tuple[Any, ...]] = Counter()
    for side, rows in ((income, incomes), (expense, expenses)):
        for row in rows:
            side[row.version.owner, row.month, row["currency"]] += row.amount  # type: ignore[assignment]
    flows: Counter[tuple[Any, ...]] = Counter()
    for group in {*income, *expense}:
        received, net = Decimal(income[group]), Decimal(income[group] - expense[group])
        rate = (net / received).quantize(Decimal("0.0001"), ROUND_HALF_UP) if received > 0 else None
        flows[*group, received, Decimal(expense[group]), net, rate] += 1
    return flows


def _budget_vs_actual(budgets: Iterable[Shown], expenses: Iterable[Shown]) -> Counter[tuple[Any, ...]]:
    planned: Counter[tuple[Any, ...]] = Counter()
    spent: Counter[tuple[Any, ...]] = Counter()
    for side, rows in ((planned, budgets), (spent, expenses)):
        for row in rows:
            side[row.version.owner, row.month, row["currency"], row["category"]] += row.amount  # type: ignore[assignment]
    return Counter(
        (*group, Decimal(planned[group]), Decimal(spent[group]), Decimal(planned[group] - spent[group]))
        for group in {*planned, *spent}
    )


def _account_balance(incomes: Iterable[Shown], expenses: Iterable[Shown]) -> Counter[tuple[Any, ...]]:
    days: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for sign, rows in ((1, incomes), (-1, expenses)):
        for row in rows:
            days[row.version.owner, row["account"], row["currency"]][row.row.cells["date"]] += sign * row.amount
    balances: Counter[tuple[Any, ...]] = Counter()
    for account, movements in days.items():
        balance = Decimal(0)
        for date, movement in sorted(movements.items()):
            balance += movement
            balances[*account, date, movement, balance] += 1
    return balances


class Accounting(NamedTuple):
    """The expected row of `v_upload_accounting` for a published upload."""

    owner: str
    feed: str
    object_key: str
    version_id: str
    rows_read: int
    rows_published: int
    rows_duplicate: int
    rows_quarantined: int
    amount_read: Decimal
    amount_published: Decimal
    amount_duplicate: Decimal
    amount_quarantined: Decimal


def _accounting(published: Collection[Version], shown: Iterable[Shown]) -> Counter[tuple[Any, ...]]:
    """Counts the rows of each published upload: visible, shown by another upload, or quarantined."""
    shown_by: dict[str, list[Decimal]] = defaultdict(list)
    for row in shown:
        shown_by[row.version.version_id].append(row.amount)
    entries: Counter[tuple[Any, ...]] = Counter()
    for version in published:
        assert version.file is not None
        rows = version.file.rows
        good = [row.amount for row in rows if not row.fault]
        bad = [row.amount for row in rows if row.fault]
        visible = shown_by[version.version_id]
        entry = Accounting(
            owner=version.owner,
            feed=version.feed,
            object_key=version.object_key,
            version_id=version.version_id,
            rows_read=len(rows),
            rows_published=len(visible),
            rows_duplicate=len(good) - len(visible),
            rows_quarantined=len(bad),
            amount_read=sum(good + bad, Decimal(0)),
            amount_published=sum(visible, Decimal(0)),
            amount_duplicate=sum(good, Decimal(0)) - sum(visible, Decimal(0)),
            amount_quarantined=sum(bad, Decimal(0)),
        )
        entries[entry] += 1
    return entries


def _selected(view: str) -> str:
    """Returns the columns of a view that the tests compare.

    The id of an upload differs between databases, so its object key and version replace the id.
    """
    if view == "v_upload_accounting":
        return ", ".join(Accounting._fields)
    names = [f"t.{name}" if name == "owner" else name for name in VIEW_COLUMNS[view]]
    return ", ".join("object_key, version_id" if name == "upload_id" else name for name in names)


def shown_views(connection: Connection, owners: Collection[str] | None = None) -> dict[str, Counter[tuple[Any, ...]]]:
    """Returns the rows of each view in a database, in the format of the model.

    Args:
        connection: A connection that reads the views and `uploads`.
        owners: Only the rows of these owners are returned; None for all owners.
    """
    shown = {}
    for view in views([]):
        joined = " JOIN uploads USING (upload_id)" if view == "v_transactions" else ""
        condition = " WHERE state = 'published'" if view == "v_upload_accounting" else ""
        rows = stack.fetch(connection, f"SELECT {_selected(view)} FROM {view} AS t{joined}{condition}")
        shown[view] = Counter(
            tuple(str(value) if name == "date" else value for name, value in row.items())
            for row in rows
            if owners is None or row["owner"] in owners
        )
    return shown


def assert_same(shown: dict[str, Counter[tuple[Any, ...]]], expected: dict[str, Counter[tuple[Any, ...]]]) -> None:
    """Asserts that the views are equal. The message names missing and surplus rows."""
    differences = [
        f"{view}: {word} {row} x{times}"
        for view in expected
        for word, rows in (("lacks", expected[view] - shown[view]), ("should not show", shown[view] - expected[view]))
        for row, times in rows.items()
    ]
    assert not differences, "\n".join(differences)


def assert_reasons(connection: Connection, expected: Bucket) -> None:
    """Asserts that after a sweep `uploads` contains the reason of each rejected version."""
    uploads = {
        (upload["object_key"], upload["version_id"]): upload
        for upload in stack.fetch(connection, "SELECT * FROM uploads")
    }
    assert {upload["state"] for upload in uploads.values()} <= {"published", "superseded", "retired", "rejected"}
    for object_key in expected.versions:
        for version in expected.rejected(object_key):
            upload = uploads[object_key, version.version_id]
            assert (upload["state"], upload["reason_code"]) == ("rejected", version.rejection), version
            assert upload["reason"], version


def assert_nothing_is_left(
    connection: Connection, published: Collection[Version], owners: Collection[str] | None = None
) -> None:
    """Asserts that only published uploads have rows, and only published or rejected uploads have quarantined rows.

    Args:
        connection: A connection to the database that may read every table.
        published: The published versions.
        owners: The owners of `published`; None for all owners.
    """
    for feed in HEADERS:
        sql = f"SELECT COUNT(*) AS n FROM {feed} LEFT JOIN uploads USING (upload_id) WHERE state <=> 'published' = 0"
        assert stack.fetch(connection, sql) == [{"n": 0}], f"rows of {feed} that no published upload has"
    stored = "SELECT COUNT(*) AS n FROM uploads WHERE rows_stored <> (state = 'published')"
    assert stack.fetch(connection, stored) == [{"n": 0}]
    expected: Counter[tuple[Any, ...]] = Counter()
    for version in published:
        assert version.file is not None
        bad = [row for row in version.file.rows if row.fault]
        expected.update((version.object_key, version.version_id, row.number, row.fault) for row in bad)
    columns = "object_key, version_id, row_no, code, state, owner"
    quarantined = stack.fetch(connection, f"SELECT {columns} FROM quarantined_rows LEFT JOIN uploads USING (upload_id)")
    assert {row["state"] for row in quarantined} <= {"published", "rejected"}
    of_published = [
        tuple(row.values())[:4]
        for row in quarantined
        if row["state"] == "published" and (owners is None or row["owner"] in owners)
    ]
    assert Counter(of_published) == expected
