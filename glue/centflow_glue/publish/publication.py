"""Makes uploads visible or invisible to readers, in one transaction.

Within an owner and a feed, readers see the multiset union of the published uploads, with the highest multiplicity. Rows
that several uploads share are therefore visible once (`shared_rows`,
docs/adr/0004-shadow-flags.md). The sums that the views read change in the same transaction (`summaries`,
docs/adr/0016-summaries-of-uploads.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from centflow_glue.contract import Contract, Summary
from centflow_glue.limits import SummaryLimits
from centflow_glue.load.remove_rows import remove_rows
from centflow_glue.load.tally import LoadedUpload
from centflow_glue.publish.shared_rows import update_shadow_flags
from centflow_glue.publish.summaries import mark_current, rebuild_summaries


@dataclass(frozen=True)
class Publication:
    """The changes to one key's uploads that readers see at once.

    Attributes:
        owner: The owner of the uploads.
        contract: The contract of their feed.
        loaded: The upload that becomes visible; None if no upload becomes visible.
        withdrawn: Uploads of the key that stop being visible or were never visible.
        withdrawn_state: `superseded` if another upload replaces them, `retired` if the object is deleted.
    """

    owner: str
    contract: Contract
    loaded: LoadedUpload | None
    withdrawn: Sequence[int]
    withdrawn_state: str


@dataclass(frozen=True)
class _Bounds:
    """The bounds of an upload's rows. The bounds show which other uploads can have an equal row.

    Attributes:
        first_date: The earliest date among the upload's rows.
        last_date: The latest date among the upload's rows.
        has_transaction_ids: Whether a row has a transaction id.
    """

    first_date: object
    last_date: object
    has_transaction_ids: bool


def publish(connection: Connection, publication: Publication) -> None:
    """Makes a publication visible in one transaction, then removes the rows of the withdrawn uploads.

    A reader sees the state before or after the publication, and never a state in between. If the job is killed before
    the commit, nothing has changed. If the job is killed after the commit, invisible rows are left. The next job run
    for the key removes them.
    """
    contract, loaded, withdrawn = publication.contract, publication.loaded, publication.withdrawn
    with connection.cursor() as cursor:
        _lock_publications(cursor, publication.owner, contract.feed)
        bounds = _find_published_bounds(cursor, withdrawn)
        changed = [*bounds, *([loaded.upload_id] if loaded else [])]
        others = _find_overlapping(cursor, publication, changed, list(bounds.values()))
        if withdrawn:
            _record_withdrawn(cursor, withdrawn, publication.withdrawn_state)
        if loaded:
            _record_published(cursor, loaded)
            mark_current(cursor, loaded.upload_id, loaded.tally.summaries)
        if others:
            visible = [*others, *([loaded.upload_id] if loaded else [])]
            update_shadow_flags(cursor, contract, changed, visible)
    connection.commit()
    for upload_id in withdrawn:
        remove_rows(connection, contract, upload_id)


def add_missing_summaries(
    connection: Connection,
    owner: str,
    contract: Contract,
    upload_id: int,
    summaries: Sequence[Summary],
    limits: SummaryLimits,
) -> None:
    """Builds summaries of an upload that is already published, unless the upload was withdrawn in the meantime."""
    with connection.cursor() as cursor:
        _lock_publications(cursor, owner, contract.feed)
        if _find_published_bounds(cursor, [upload_id]):
            rebuild_summaries(cursor, contract, upload_id, summaries, limits)
    connection.commit()


def _lock_publications(cursor: Cursor, owner: str, feed: str) -> None:
    """Locks the publications of an owner and a feed.

    Another publication of the same owner and feed waits here until this one commits.

    The lock is a row of `publication_locks`, which a separate transaction inserts. INSERT IGNORE takes a shared lock on
    an existing row. Two publications would deadlock if each held that shared lock and then requested the row FOR
    UPDATE.
    """
    select = "SELECT owner FROM publication_locks WHERE owner = %s AND feed = %s FOR UPDATE"
    if not cursor.execute(select, (owner, feed)):
        cursor.execute("INSERT IGNORE INTO publication_locks (owner, feed) VALUES (%s, %s)", (owner, feed))
        cursor.connection.commit()
        cursor.execute(select, (owner, feed))


def _find_published_bounds(cursor: Cursor, upload_ids: Sequence[int]) -> dict[int, _Bounds]:
    """Returns the given uploads that are visible now, with the bounds of their rows."""
    if not upload_ids:
        return {}
    cursor.execute(
        "SELECT upload_id, first_date, last_date, has_transaction_ids FROM uploads"
        " WHERE state = 'published' AND upload_id IN %s",
        (tuple(upload_ids),),
    )
    return {upload_id: _Bounds(first, last, bool(has_ids)) for upload_id, first, last, has_ids in cursor.fetchall()}


def _find_overlapping(
    cursor: Cursor, publication: Publication, changed: Sequence[int], bounds: list[_Bounds]
) -> list[int]:
    """Returns the other published uploads that can share rows with a changed upload.

    Two uploads can share rows if their dates overlap, because the natural key contains the row's date or month. They
    can also share rows if both have transaction ids. The bounds of the upload to publish come from its tally,
    because the table `uploads` does not contain them yet.
    """
    if publication.loaded:
        tally = publication.loaded.tally
        bounds = [*bounds, _Bounds(tally.first_date, tally.last_date, tally.has_transaction_ids)]
    owner, feed = publication.owner, publication.contract.feed
    found: set[int] = set()
    for bound in bounds:
        cursor.execute(
            "SELECT upload_id FROM uploads WHERE owner = %s AND feed = %s AND state = 'published'"
            " AND upload_id NOT IN %s AND ((first_date <= %s AND last_date >= %s) OR (has_transaction_ids AND %s))",
            (owner, feed, tuple(changed), bound.last_date, bound.first_date, bound.has_transaction_ids),
        )
        found.update(upload_id for (upload_id,) in cursor.fetchall())
    return sorted(found)


def _record_withdrawn(cursor: Cursor, upload_ids: Sequence[int], state: str) -> None:
    cursor.execute(
        "UPDATE uploads SET state = %s, updated_at = UTC_TIMESTAMP(6) WHERE upload_id IN %s",
        (state, tuple(upload_ids)),
    )


def _record_published(cursor: Cursor, loaded: LoadedUpload) -> None:
    """Sets an upload's state to `published`.

    Readers then see its rows, because the views show only published uploads.
    """
    tally = loaded.tally
    cursor.execute(
        "UPDATE uploads SET state = 'published', rows_read = %(read)s, rows_published = %(good)s, rows_duplicate = 0,"
        " rows_quarantined = %(quarantined)s, amount_read = %(amount_good)s + %(amount_quarantined)s,"
        " amount_published = %(amount_good)s, amount_duplicate = 0, amount_quarantined = %(amount_quarantined)s,"
        " first_date = %(first_date)s, last_date = %(last_date)s, has_transaction_ids = %(has_transaction_ids)s,"
        " reason_code = NULL, reason = NULL, notes = %(notes)s,"
        " published_at = UTC_TIMESTAMP(6), updated_at = UTC_TIMESTAMP(6) WHERE upload_id = %(upload_id)s",
        {
            "read": tally.read,
            "good": tally.good,
            "quarantined": tally.quarantined,
            "amount_good": tally.amount_good,
            "amount_quarantined": tally.amount_quarantined,
            "first_date": tally.first_date,
            "last_date": tally.last_date,
            "has_transaction_ids": tally.has_transaction_ids,
            "notes": tally.notes_text,
            "upload_id": loaded.upload_id,
        },
    )
