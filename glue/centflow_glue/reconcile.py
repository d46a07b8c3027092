"""Make the database agree with what S3 holds for one object key."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pymysql

from centflow_glue.bucket import is_gone, open_version, versions_of
from centflow_glue.contract import Contract
from centflow_glue.database import is_transient, named_lock
from centflow_glue.guarded_connection import GuardedConnection
from centflow_glue.load import Tally, load_upload
from centflow_glue.log_text import describe_error, describe_rejection, shown_key
from centflow_glue.object_key import feed_folder, is_folder_placeholder, owner_or_default, parse_object_key
from centflow_glue.plan import Plan, Upload, Version, live_versions, plan_key
from centflow_glue.publish import Change, publish, summarise
from centflow_glue.read import MIB, ReadLimits
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.summaries import SUMMARY_LIMITS, SummaryLimits, lacking
from centflow_glue.uploads import (
    claim,
    record_failure,
    record_loaded,
    record_rejection,
    record_withdrawal,
    uploads_of,
)

# Another job run may be loading an earlier version of the same key, for minutes when it is large.
LOCK_SECONDS = 1800
# How often a key is looked at anew because a version went while it was read.
LOOKS = 10

logger = logging.getLogger(__name__)


class LoadFailedError(Exception):
    """A version could not be loaded for a reason that is not the uploader's; the key is tried again later."""


class _VersionGoneError(Exception):
    """A version was removed from S3 after it had been listed."""


@dataclass(frozen=True)
class Outcome:
    """What reconciling one key came to.

    Attributes:
        object_key: The key.
        result: `published`, `rejected`, `retired`, `unchanged`, or `failed`.
        message: For people; empty where there is nothing to say. The reason of a rejection may quote cells; that of a
            failure is for logs and does not.
        seconds: How long it took; 0 where nobody measured it.
    """

    object_key: str
    result: str
    message: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class Reconciler:
    """What reconciling any key needs.

    Attributes:
        connection: To MySQL, with no transaction open.
        bucket: The uploads bucket.
        database: The database's name: part of the lock's name, for locks belong to the server.
        contracts: By feed.
        limits: How large an upload may be.
        job_run_id: Recorded with each upload.
        summary_limits: Which summaries are kept.
    """

    connection: GuardedConnection
    bucket: str
    database: str
    contracts: Mapping[str, Contract]
    limits: ReadLimits
    job_run_id: str
    summary_limits: SummaryLimits = SUMMARY_LIMITS

    def reconcile(self, object_key: str, event_time: datetime | None) -> Outcome:
        """Load, publish, correct or retire what this key needs now.

        What S3 holds is looked at under the key's lock: of several job runs that reconcile one key at a time, the
        last sees the newest. An event's content never matters, only that there was one.

        Args:
            object_key: The key.
            event_time: When the event that named it happened; for latency figures only.

        Raises:
            LoadFailedError: A version could not be loaded.
            TimeoutError: Another job run held the key too long.
            pymysql.err.MySQLError: The database failed; the key may be tried again.
        """
        with named_lock(self.connection, self._lock_name(object_key), LOCK_SECONDS):
            for _ in range(LOOKS):
                try:
                    return self._reconcile(object_key, event_time)
                except _VersionGoneError:
                    logger.info("a version of %s went while it was read; looking again", shown_key(object_key))
        raise LoadFailedError(f"{LOOKS} times a version that S3 had just listed could not be found")

    def _reconcile(self, object_key: str, event_time: datetime | None) -> Outcome:
        versions = versions_of(self.bucket, object_key)
        if any(is_folder_placeholder(object_key, version.size) for version in live_versions(versions)):
            return Outcome(object_key, "unchanged")
        contract = self.contracts.get(feed_folder(object_key))
        plan = plan_key(versions, uploads_of(self.connection, object_key), contract.sha256 if contract else None)
        if plan.is_empty:
            self._summarise(object_key, plan.published, contract)
            return Outcome(object_key, "unchanged")
        accepted, rejection = self._load_newest_acceptable(plan, contract, event_time)
        self._make_visible(object_key, plan, contract, accepted)
        if rejection:
            return Outcome(object_key, "rejected", rejection.reason)
        if accepted:
            return Outcome(object_key, "published")
        return Outcome(object_key, "retired" if plan.deleted else "unchanged")

    def _summarise(self, object_key: str, published: Upload | None, contract: Contract | None) -> None:
        """Nothing changes for readers but the time that their views take."""
        summaries = lacking(published, contract, self.summary_limits)
        if published and contract and summaries:
            owner = owner_or_default(object_key)
            summarise(self.connection, owner, contract, published.upload_id, summaries, self.summary_limits)

    def _load_newest_acceptable(
        self, plan: Plan, contract: Contract | None, event_time: datetime | None
    ) -> tuple[tuple[int, Tally] | None, UploadRejectedError | None]:
        """Load versions, newest first, until one is acceptable; also returns why the newest of all was rejected."""
        rejection: UploadRejectedError | None = None
        for version in plan.to_load:
            try:
                return self._load(version, contract, event_time if version is plan.to_load[0] else None), rejection
            except UploadRejectedError as error:
                rejection = rejection or error
        return None, rejection

    def _make_visible(
        self, object_key: str, plan: Plan, contract: Contract | None, accepted: tuple[int, Tally] | None
    ) -> None:
        # An upload whose load was interrupted is stale, and may have been rejected just now: then it stays so.
        now = uploads_of(self.connection, object_key) if plan.stale else []
        kept = {upload.upload_id for upload in now if upload.state == "rejected"}
        if accepted:
            kept.add(accepted[0])
        withdraw = [upload.upload_id for upload in plan.stale if upload.upload_id not in kept]
        if accepted and plan.published:
            withdraw.append(plan.published.upload_id)
        state = "retired" if plan.deleted else "superseded"
        if contract is None:  # of no feed, so there are no rows
            for upload_id in withdraw:
                record_withdrawal(self.connection, upload_id, state)
        elif accepted or withdraw:
            publish(self.connection, Change(owner_or_default(object_key), contract, accepted, withdraw, state))

    def _load(self, version: Version, contract: Contract | None, event_time: datetime | None) -> tuple[int, Tally]:
        """Load one version's rows, invisible; returns the upload's id and its counts.

        Raises:
            UploadRejectedError: It is not acceptable, and recorded so.
            LoadFailedError: It could not be loaded, and is recorded so.
        """
        upload_id = claim(self.connection, version, contract, event_time, self.job_run_id)
        try:
            tally = self._load_rows(version, upload_id)
        except UploadRejectedError as error:
            self.connection.rollback()
            record_rejection(self.connection, upload_id, error)
            key = shown_key(version.object_key)
            logger.warning("rejected %s %s: %s", key, version.version_id, describe_rejection(error))
            raise
        except Exception as error:
            if is_transient(error):
                raise
            if is_gone(self.bucket, version, error):
                raise _VersionGoneError from error
            self._record_failure(upload_id, error)
            raise LoadFailedError(f"version {version.version_id} could not be loaded: {error}") from error
        record_loaded(self.connection, upload_id)
        return upload_id, tally

    def _record_failure(self, upload_id: int, error: Exception) -> None:
        """Record why an upload could not be loaded; only log it where the failure has cost the connection.

        An error of this connection would replace the cause, and as a transient error it would start the load again.
        """
        try:
            self.connection.rollback()
            record_failure(self.connection, upload_id, error)
        except pymysql.err.MySQLError as lost:
            logger.error("could not record the failure of upload %s: %s", upload_id, describe_error(lost))  # noqa: TRY400

    def _load_rows(self, version: Version, upload_id: int) -> Tally:
        parsed = parse_object_key(version.object_key, self.contracts)
        if version.size > self.limits.object_bytes:
            size, limit = version.size / MIB, self.limits.object_bytes / MIB
            raise UploadRejectedError(
                "too_large",
                f"The file has {size:,.0f} MiB, but the limit is {limit:,.0f} MiB. Split it into several files.",
            )
        return load_upload(
            self.connection,
            lambda: open_version(self.bucket, version),
            self.contracts[parsed.feed],
            upload_id,
            parsed.compressed,
            self.limits.of_gzip(version.size) if parsed.compressed else self.limits,
            self.summary_limits,
        )

    def _lock_name(self, object_key: str) -> str:
        return "centflow:" + hashlib.sha256(f"{self.database}\n{object_key}".encode()).hexdigest()[:48]
