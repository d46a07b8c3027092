from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from centflow_glue.bucket import Version
from centflow_glue.contract import load_contracts
from centflow_glue.keys.decide import Decision, decide, find_live_versions
from centflow_glue.keys.uploads import Upload

CONTRACT = replace(load_contracts()["expenses"], sha256="c" * 64)
OLD_SHA256 = "0" * 64
NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)


def version(version_id: str) -> Version:
    return Version("raw/expenses/a.csv", version_id, NOON, size=1)


def marker(version_id: str = "deleted") -> Version:
    return Version("raw/expenses/a.csv", version_id, NOON, is_delete_marker=True)


def upload(
    upload_id: int, version_id: str, state: str, rows_stored: bool = False, sha256: str = CONTRACT.sha256
) -> Upload:
    return Upload(upload_id, version_id, state, rows_stored, sha256)


def test_a_new_object_is_loaded():
    decision = decide([version("v1")], [], CONTRACT)
    assert decision == Decision(to_load=(version("v1"),), published=None, stale=(), is_deleted=False)


def test_a_published_object_needs_no_action():
    assert decide([version("v1")], [upload(1, "v1", "published", True)], CONTRACT).is_empty


def test_a_correction_is_loaded_while_the_previous_version_stays_published():
    before = upload(1, "v1", "published", True)
    decision = decide([version("v2"), version("v1")], [before], CONTRACT)
    assert decision == Decision(to_load=(version("v2"),), published=before, stale=(), is_deleted=False)


def test_versions_are_tried_newest_first_down_to_the_published_version():
    versions = [version("v4"), version("v3"), version("v2"), version("v1")]
    decision = decide(versions, [upload(1, "v2", "published", True)], CONTRACT)
    assert [tried.version_id for tried in decision.to_load] == ["v4", "v3"]


def test_a_rejected_version_is_not_tried_again_under_the_same_contract():
    uploads = [upload(1, "v1", "published", True), upload(2, "v2", "rejected")]
    assert decide([version("v2"), version("v1")], uploads, CONTRACT).is_empty


def test_a_rejected_version_is_tried_again_under_a_changed_contract():
    uploads = [upload(1, "v1", "published", True), upload(2, "v2", "rejected", sha256=OLD_SHA256)]
    assert decide([version("v2"), version("v1")], uploads, CONTRACT).to_load == (version("v2"),)


def test_a_deleted_object_is_retired():
    before = upload(1, "v1", "published", True)
    decision = decide([marker(), version("v1")], [before], CONTRACT)
    assert decision == Decision(to_load=(), published=None, stale=(before,), is_deleted=True)


def test_versions_before_a_delete_marker_are_ignored():
    decision = decide([version("v2"), marker(), version("v1")], [], CONTRACT)
    assert decision.to_load == (version("v2"),)
    assert not decision.is_deleted


def test_the_previous_version_replaces_a_permanently_removed_version():
    removed = upload(2, "v2", "published", True)
    decision = decide([version("v1")], [upload(1, "v1", "superseded"), removed], CONTRACT)
    assert decision == Decision(to_load=(version("v1"),), published=None, stale=(removed,), is_deleted=False)


def test_an_object_without_any_version_in_s3_is_retired():
    before = upload(1, "v1", "published", True)
    assert decide([], [before], CONTRACT) == Decision(to_load=(), published=None, stale=(before,), is_deleted=True)


def test_a_version_whose_load_was_killed_is_loaded_again():
    killed = upload(1, "v1", "loading", True)
    assert decide([version("v1")], [killed], CONTRACT) == Decision((version("v1"),), None, (killed,), False)


def test_rows_of_a_killed_publication_are_stale():
    left = upload(1, "v1", "superseded", rows_stored=True)
    decision = decide([version("v2"), version("v1")], [left, upload(2, "v2", "published", True)], CONTRACT)
    assert decision.stale == (left,)
    assert not decision.to_load


def test_a_missing_or_deleted_object_without_uploads_needs_no_action():
    assert decide([], [], CONTRACT).is_empty
    assert decide([marker()], [], CONTRACT).is_empty


def test_live_versions_end_at_the_last_delete_marker():
    assert find_live_versions([version("v3"), version("v2"), marker(), version("v1")]) == [version("v3"), version("v2")]


def test_a_large_published_upload_without_current_summaries_needs_all_summaries():
    before = replace(upload(1, "v1", "published", True), rows_good=1000)
    decision = decide([version("v1")], [before], CONTRACT)
    assert decision.missing_summaries == CONTRACT.summaries
    assert not decision.has_upload_changes
    assert not decision.is_empty


def test_no_summaries_are_added_to_a_published_upload_that_is_small_or_has_current_summaries():
    current = frozenset(summary.table for summary in CONTRACT.summaries)
    for known in (
        replace(upload(1, "v1", "published", True), rows_good=1000, summaries=current),
        replace(upload(1, "v1", "published", True), rows_good=999),
    ):
        assert decide([version("v1")], [known], CONTRACT).is_empty


STATES = ("loading", "published", "superseded", "retired", "rejected", "failed")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Version], list[Upload], set[str]]:
    """Draws versions and delete markers (newest first), their uploads, and the ids of acceptable versions."""
    size = draw(st.integers(0, 6))
    versions = [marker(f"v{i}") if draw(st.integers(0, 3)) == 0 else version(f"v{i}") for i in reversed(range(size))]
    acceptable = {v.version_id for v in versions if not v.is_delete_marker and draw(st.booleans())}
    ids = [v.version_id for v in versions if not v.is_delete_marker] + ["removed-1", "removed-2"]
    uploads = []
    for number, version_id in enumerate(ids):
        state = draw(st.sampled_from([None, *STATES]))
        if state == "published" and version_id in ids[:-2] and version_id not in acceptable:
            state = "superseded"
        if state is not None:
            sha256 = OLD_SHA256 if version_id in acceptable and state == "rejected" else CONTRACT.sha256
            rows_stored = state in ("published", "loading") or (state != "rejected" and draw(st.booleans()))
            uploads.append(upload(number, version_id, state, rows_stored, sha256))
    return versions, uploads, acceptable


def carry_out(decision: Decision, uploads: list[Upload], acceptable: set[str]) -> list[Upload]:
    """Returns the uploads after the job has carried out a decision."""
    known = {known.version_id: known for known in uploads}
    tried: set[str] = set()
    accepted = None
    for candidate in decision.to_load:
        number = known[candidate.version_id].upload_id if candidate.version_id in known else 100 + len(known)
        tried.add(candidate.version_id)
        if candidate.version_id in acceptable:
            accepted = known[candidate.version_id] = upload(number, candidate.version_id, "published", True)
            break
        known[candidate.version_id] = upload(number, candidate.version_id, "rejected")
    withdrawn = [*decision.stale, *([decision.published] if accepted and decision.published else [])]
    for old in withdrawn:
        if old.version_id not in tried:
            known[old.version_id] = upload(old.upload_id, old.version_id, "superseded")
    return list(known.values())


@given(histories())
def test_a_decision_publishes_only_the_newest_acceptable_live_version(history):
    versions, uploads, acceptable = history
    after = carry_out(decide(versions, uploads, CONTRACT), uploads, acceptable)

    newest = next((v.version_id for v in find_live_versions(versions) if v.version_id in acceptable), None)
    assert [known.version_id for known in after if known.state == "published"] == ([newest] if newest else [])
    assert {known.version_id for known in after if known.rows_stored} == ({newest} if newest else set())


@given(histories())
def test_nothing_is_left_to_do_after_a_decision_is_carried_out(history):
    versions, uploads, acceptable = history
    after = carry_out(decide(versions, uploads, CONTRACT), uploads, acceptable)
    assert decide(versions, after, CONTRACT).is_empty
