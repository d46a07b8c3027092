"""Turns objects in S3 into rows in the views, one key at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymysql.connections import Connection
from stack import Bucket, fetch

from centflow_glue.contract import load_contracts
from centflow_glue.keys.sweep import find_keys
from centflow_glue.reconcile import Outcome, Reconciler


@dataclass(frozen=True)
class Flow:
    """A bucket, a job and the database.

    Attributes:
        bucket: The bucket for the objects.
        job: Reconciles keys.
        admin: A connection that reads the tables.
        reporter: A connection that reads the views, as people do.
    """

    bucket: Bucket
    job: Reconciler
    admin: Connection
    reporter: Connection

    def reconcile(self, object_key: str) -> Outcome:
        """Reconciles this key in the same way as the job."""
        return self.job.reconcile_key(object_key, None)

    def put(self, object_key: str, body: bytes) -> Outcome:
        """Uploads an object and loads it."""
        self.bucket.put(object_key, body)
        return self.reconcile(object_key)

    def delete(self, object_key: str) -> Outcome:
        """Deletes an object and retires its upload."""
        self.bucket.delete(object_key)
        return self.reconcile(object_key)

    def uploads(self, object_key: str | None = None) -> list[dict[str, Any]]:
        """Returns the rows of `uploads`, oldest first. If a key is given, returns only the rows of that key."""
        where, parameters = ("WHERE object_key = %s", [object_key]) if object_key else ("", [])
        return fetch(self.admin, f"SELECT * FROM uploads {where} ORDER BY upload_id", parameters)

    def upload(self, object_key: str) -> dict[str, Any]:
        """Returns a key's newest row of `uploads`."""
        return self.uploads(object_key)[-1]

    def states(self, object_key: str) -> list[str]:
        """Returns the states of a key's uploads, oldest first."""
        return [upload["state"] for upload in self.uploads(object_key)]

    def quarantined(self, object_key: str) -> list[dict[str, Any]]:
        """Returns the quarantined rows of a key's newest upload."""
        upload_id = self.upload(object_key)["upload_id"]
        return fetch(self.admin, "SELECT * FROM quarantined_rows WHERE upload_id = %s ORDER BY row_no", [upload_id])

    def transactions(self, *columns: str) -> list[Any]:
        """Returns the given columns of the visible rows, sorted.

        A row is a tuple, or a plain value if only one column is given.
        """
        names = columns or ("merchant",)
        names = tuple("counterparty" if name == "merchant" else name for name in names)
        rows = fetch(self.reporter, f"SELECT {', '.join(names)} FROM v_transactions ORDER BY {', '.join(names)}")
        return [row[names[0]] if len(names) == 1 else tuple(row[name] for name in names) for row in rows]

    def stored_rows(self, table: str = "expenses") -> int:
        """Returns the number of rows in the feed's table, visible or not."""
        (row,) = fetch(self.admin, f"SELECT COUNT(*) AS row_count FROM `{table}`")
        return int(row["row_count"])

    def unsettled(self) -> Sequence[str]:
        """Returns the keys that a sweep would reconcile."""
        keys = find_keys(self.bucket.name, self.job.connection, load_contracts())
        return [key.object_key for key in keys]


@contextmanager
def poisoned(flow: Flow) -> Iterator[None]:
    """Makes the database refuse the merchant `poison`."""
    with flow.admin.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON expenses FOR EACH ROW"
            " IF NEW.merchant = 'poison' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'poison'; END IF"
        )
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER poison")
