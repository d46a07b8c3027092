"""What one object key needs: the versions S3 holds against the uploads the database knows. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from centflow_glue.bucket import Version
from centflow_glue.contract import Contract, Summary
from centflow_glue.keys.uploads import Upload
from centflow_glue.limits import SummaryLimits


@dataclass(frozen=True)
class Plan:
    """What is to be done for one key.

    Attributes:
        to_load: Versions to try, newest first; the first that is acceptable is published, the others are not tried.
        published: The upload that stays published when none of `to_load` is acceptable, or None.
        stale: Uploads that must not be visible nor hold rows in the end, unless one of them is loaded again.
        deleted: Whether the object is deleted, so that what was visible is `retired` rather than `superseded`.
    """

    to_load: tuple[Version, ...]
    published: Upload | None
    stale: tuple[Upload, ...]
    deleted: bool

    @property
    def is_empty(self) -> bool:
        """Whether the database already agrees with S3 for this key."""
        return not self.to_load and not self.stale


def live_versions(versions: Sequence[Version]) -> list[Version]:
    """The versions, newest first, that were written since the key's last delete marker."""
    live = []
    for version in versions:
        if version.is_delete_marker:
            break
        live.append(version)
    return live


def plan_key(versions: Sequence[Version], uploads: Iterable[Upload], contract_sha256: str | None) -> Plan:
    """Compare what S3 holds for one key with what the database knows of it.

    Args:
        versions: All versions and delete markers of the key, newest first, as S3 lists them.
        uploads: The key's rows of `uploads`.
        contract_sha256: The contract that the key's feed has now; None where the key is of no feed. An upload rejected
            under another contract is judged again.
    """
    known = {upload.version_id: upload for upload in uploads}
    live = live_versions(versions)
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
    return Plan(to_load=tuple(to_load), published=published, stale=stale, deleted=not live)


def lacking(upload: Upload | None, contract: Contract | None, limits: SummaryLimits) -> list[Summary]:
    """The summaries that a published upload should have and that do not stand for it.

    Such an upload is from before there was the summary, or a release that knows of none has changed it since.
    """
    if upload is None or contract is None or upload.rows_good < limits.least_rows:
        return []
    return [summary for summary in contract.summaries if summary.table not in upload.summaries]
