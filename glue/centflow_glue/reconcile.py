"""Makes the database agree with S3 for one object key: lists versions, decides, loads and publishes.

One key passes through `keys.decide`, `load.load_version` (which reads and validates the rows) and
`publish.publication`, while the job run holds the key's lock.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pymysql

from centflow_glue.bucket import Version, is_removed, list_key_versions, open_version
from centflow_glue.contract import Contract
from centflow_glue.database import is_transient, named_lock
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.keys.decide import Decision, decide, find_live_versions
from centflow_glue.keys.object_key import is_folder_placeholder, parse_feed, parse_object_key, parse_owner_or_default
from centflow_glue.keys.uploads import find_uploads
from centflow_glue.limits import MIB, SUMMARY_LIMITS, ReadLimits, SummaryLimits
from centflow_glue.load.bookkeeping import (
    claim_upload,
    record_failure,
    record_loaded,
    record_rejection,
    record_withdrawal,
)
from centflow_glue.load.load_version import load_version
from centflow_glue.load.tally import LoadedUpload, Tally
from centflow_glue.log_text import describe_error, describe_rejection, quote_key
from centflow_glue.publish.publication import Publication, add_missing_summaries, publish
from centflow_glue.rejection import UploadRejectedError

# The time that a job run waits for a key's lock. Another job run may need minutes to load a large version of the key.
LOCK_SECONDS = 1800
# The maximum number of times that the job lists S3 for one key. The job repeats the listing if a version was removed
# while the job was reading it.
MAX_LISTINGS = 10

logger = logging.getLogger(__name__)


class LoadFailedError(Exception):
    """A version could not be loaded for a reason other than its content. A later job run tries the key again."""


class _VersionRemovedError(Exception):
    """A version was removed from S3 after S3 had listed it."""


@dataclass(frozen=True)
class Outcome:
    """The result of reconciling one key.

    Attributes:
        object_key: The key.
        result: `published`, `rejected`, `retired`, `unchanged`, or `failed`.
        message: Why the key was rejected or failed; else empty. The reason of a rejection may quote cells. The message
            of a failure is for logs and never quotes cells.
        seconds: How long the key took; 0 if the time was not measured.
    """

    object_key: str
    result: str
    message: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class Reconciler:
    """Reconciles keys, one at a time.

    Attributes:
        connection: A connection to MySQL without an open transaction.
        bucket: The uploads bucket.
        database: The database's name. The name is part of every lock's name, because all databases of a server share
            MySQL's locks.
        contracts: The contracts by feed.
        limits: How large an upload may be.
        job_run_id: Recorded with each upload.
        summary_limits: The limits that decide which uploads have summaries.
    """

    connection: GuardedConnection
    bucket: str
    database: str
    contracts: Mapping[str, Contract]
    limits: ReadLimits
    job_run_id: str
    summary_limits: SummaryLimits = SUMMARY_LIMITS

    def reconcile_key(self, object_key: str, event_time: datetime | None) -> Outcome:
        """Loads, publishes, corrects or retires the uploads of one key, until they agree with S3.

        S3 is listed under the key's lock. If several job runs reconcile the key at a time, the last one therefore sees
        the newest versions. The job reads only S3, never the content of the event.

        Args:
            object_key: The key.
            event_time: The time of the event that named the key. The time is used only for latency figures.

        Raises:
            LoadFailedError: A version could not be loaded.
            TimeoutError: Another job run held the lock of the key too long.
            pymysql.err.MySQLError: The database failed. The key may be tried again.
        """
        with named_lock(self.connection, self._lock_name(object_key), LOCK_SECONDS):
            for _ in range(MAX_LISTINGS):
                try:
                    return self._reconcile_once(object_key, event_time)
                except _VersionRemovedError:
                    logger.info("a version of %s was removed while it was read; listing again", quote_key(object_key))
        raise LoadFailedError(f"{MAX_LISTINGS} times in a row, a version was removed from S3 after it was listed")

    def _reconcile_once(self, object_key: str, event_time: datetime | None) -> Outcome:
        versions = list_key_versions(self.bucket, object_key)
        if any(is_folder_placeholder(object_key, version.size) for version in find_live_versions(versions)):
            return Outcome(object_key, "unchanged")
        contract = self.contracts.get(parse_feed(object_key))
        decision = decide(versions, find_uploads(self.connection, object_key), contract, self.summary_limits)
        if not decision.has_upload_changes:
            self._add_missing_summaries(object_key, decision, contract)
            return Outcome(object_key, "unchanged")
        loaded, rejection = self._load_newest_acceptable(decision, contract, event_time)
        self._publish(object_key, decision, contract, loaded)
        if rejection:
            return Outcome(object_key, "rejected", rejection.reason)
        if loaded:
            return Outcome(object_key, "published")
        return Outcome(object_key, "retired" if decision.is_deleted else "unchanged")

    def _add_missing_summaries(self, object_key: str, decision: Decision, contract: Contract | None) -> None:
        """Adds summaries that the published upload lacks. Readers get the same figures, but faster."""
        if decision.published and contract and decision.missing_summaries:
            owner = parse_owner_or_default(object_key)
            upload_id = decision.published.upload_id
            add_missing_summaries(
                self.connection, owner, contract, upload_id, decision.missing_summaries, self.summary_limits
            )

    def _load_newest_acceptable(
        self, decision: Decision, contract: Contract | None, event_time: datetime | None
    ) -> tuple[LoadedUpload | None, UploadRejectedError | None]:
        """Loads versions, newest first, until one is acceptable. Also returns why the newest version was rejected."""
        rejection: UploadRejectedError | None = None
        for version in decision.to_load:
            is_newest = version is decision.to_load[0]
            try:
                return self._load_and_record(version, contract, event_time if is_newest else None), rejection
            except UploadRejectedError as error:
                rejection = rejection or error
        return None, rejection

    def _publish(
        self, object_key: str, decision: Decision, contract: Contract | None, loaded: LoadedUpload | None
    ) -> None:
        """Publishes the loaded upload and withdraws the uploads that it replaces."""
        # A stale upload may have been rejected a moment ago. Such an upload stays rejected.
        current = find_uploads(self.connection, object_key) if decision.stale else []
        kept = {upload.upload_id for upload in current if upload.state == "rejected"}
        if loaded:
            kept.add(loaded.upload_id)
        withdrawn = [upload.upload_id for upload in decision.stale if upload.upload_id not in kept]
        if loaded and decision.published:
            withdrawn.append(decision.published.upload_id)
        state = "retired" if decision.is_deleted else "superseded"
        if contract is None:  # the key belongs to no feed, so it has no rows
            for upload_id in withdrawn:
                record_withdrawal(self.connection, upload_id, state)
        elif loaded or withdrawn:
            owner = parse_owner_or_default(object_key)
            publish(self.connection, Publication(owner, contract, loaded, withdrawn, state))

    def _load_and_record(
        self, version: Version, contract: Contract | None, event_time: datetime | None
    ) -> LoadedUpload:
        """Loads one version's rows, still invisible to readers, and records in `uploads` how the load ended.

        Raises:
            UploadRejectedError: The version is not acceptable. Its upload is `rejected`.
            LoadFailedError: The version could not be loaded. Its upload is `failed`.
        """
        upload_id = claim_upload(self.connection, version, contract, event_time, self.job_run_id)
        try:
            tally = self._load_version(version, upload_id)
        except UploadRejectedError as error:
            self.connection.rollback()
            record_rejection(self.connection, upload_id, error)
            key = quote_key(version.object_key)
            logger.warning("rejected %s %s: %s", key, version.version_id, describe_rejection(error))
            raise
        except Exception as error:
            if is_transient(error):
                raise
            if is_removed(self.bucket, version, error):
                raise _VersionRemovedError from error
            self._record_failure(upload_id, error)
            raise LoadFailedError(f"version {version.version_id} could not be loaded: {error}") from error
        record_loaded(self.connection, upload_id)
        return LoadedUpload(upload_id, tally)

    def _record_failure(self, upload_id: int, error: Exception) -> None:
        """Records why an upload could not be loaded. If the connection is lost, logs that the reason was not recorded.

        The connection's error is not raised. It would hide why the load failed. The caller would also treat it as a
        transient error and start the load again.
        """
        try:
            self.connection.rollback()
            record_failure(self.connection, upload_id, error)
        except pymysql.err.MySQLError as lost:
            logger.error("could not record the failure of upload %s: %s", upload_id, describe_error(lost))  # noqa: TRY400

    def _load_version(self, version: Version, upload_id: int) -> Tally:
        parsed = parse_object_key(version.object_key, self.contracts)
        if version.size > self.limits.object_bytes:
            size, limit = version.size / MIB, self.limits.object_bytes / MIB
            raise UploadRejectedError(
                "too_large",
                f"The file is {size:,.0f} MiB large, but the limit is {limit:,.0f} MiB. Split it into several files.",
            )
        return load_version(
            self.connection,
            lambda: open_version(self.bucket, version),
            self.contracts[parsed.feed],
            upload_id,
            parsed.compressed,
            self.limits.for_gzip(version.size) if parsed.compressed else self.limits,
            self.summary_limits,
        )

    def _lock_name(self, object_key: str) -> str:
        return "centflow:" + hashlib.sha256(f"{self.database}\n{object_key}".encode()).hexdigest()[:48]
