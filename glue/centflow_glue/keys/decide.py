"""Decides what the job must do for one object key: compares the versions in S3 with the rows of `uploads`.

All functions of this module are pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from centflow_glue.bucket import Version
from centflow_glue.contract import Contract, Summary
from centflow_glue.keys.uploads import Upload
from centflow_glue.limits import SUMMARY_LIMITS, SummaryLimits


@dataclass(frozen=True)
class Decision:
    """The actions that the job must carry out for one key.

    Attributes:
        to_load: Versions to try, newest first. The first acceptable one is published; older ones are not tried.
        published: The upload that stays published if no version of `to_load` is acceptable, or None.
        stale: Uploads that must end up invisible and without rows, unless one of them is loaded again.
        is_deleted: Whether the object is deleted. Its visible upload is then `retired` rather than `superseded`.
        missing_summaries: Summaries that `published` still needs. Without them, the views are only slower.
    """

    to_load: tuple[Version, ...]
    published: Upload | None
    stale: tuple[Upload, ...]
    is_deleted: bool
    missing_summaries: tuple[Summary, ...] = ()

    @property
    def has_upload_changes(self) -> bool:
        """Whether the decision loads, publishes or withdraws an upload."""
        return bool(self.to_load or self.stale)

    @property
    def is_empty(self) -> bool:
        """Whether the job has nothing to do for the key."""
        return not self.has_upload_changes and not self.missing_summaries


def find_live_versions(versions: Sequence[Version]) -> list[Version]:
    """Returns the versions, newest first, that were written after the key's last delete marker."""
    live = []
    for version in versions:
        if version.is_delete_marker:
            break
        live.append(version)
    return live


def decide(
    versions: Sequence[Version],
    uploads: Iterable[Upload],
    contract: Contract | None,
    summary_limits: SummaryLimits = SUMMARY_LIMITS,
) -> Decision:
    """Compares the versions that S3 holds for one key with the key's rows of `uploads`.

    Args:
        versions: All versions and delete markers of the key, newest first, as S3 lists them.
        uploads: The key's rows of `uploads`.
        contract: Today's contract of the key's feed; None if the key belongs to no feed. An upload that was rejected
            under another contract is tried again.
        summary_limits: The limits that decide which uploads have summaries.
    """
    known = {upload.version_id: upload for upload in uploads}
    contract_sha256 = contract.sha256 if contract else None
    live = find_live_versions(versions)
    to_load: list[Version] = []
    published: Upload | None = None
    for version in live:
        upload = known.get(version.version_id)
        if upload is not None and upload.state == "published":
            published = upload
            break
        if upload is not None and upload.state == "rejected" and upload.contract_sha256 == contract_sha256:
            continue
        to_load.append(version)
    stale = tuple(
        upload
        for upload in known.values()
        if upload is not published and (upload.state in ("published", "loading", "failed") or upload.rows_stored)
    )
    return Decision(
        to_load=tuple(to_load),
        published=published,
        stale=stale,
        is_deleted=not live,
        missing_summaries=_find_missing_summaries(published, contract, summary_limits),
    )


def _find_missing_summaries(
    upload: Upload | None, contract: Contract | None, limits: SummaryLimits
) -> tuple[Summary, ...]:
    """Returns the summaries that a published upload should have and that are missing or out of date.

    A summary is missing or out of date if the upload was loaded before the summary existed, or if a release that does
    not know the summary has changed the upload.
    """
    if upload is None or contract is None or upload.rows_good < limits.least_rows:
        return ()
    return tuple(summary for summary in contract.summaries if summary.table not in upload.summaries)
