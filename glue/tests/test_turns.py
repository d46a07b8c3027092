"""Checks that many or large uploads of one owner do not delay the uploads of other owners."""

import gc
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile
from zipimport import zipimporter

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from stack import Bucket, Stack

from centflow_glue import tasks
from centflow_glue.arguments import JobArguments, parse_arguments
from centflow_glue.keys import manifest
from centflow_glue.keys.manifest import KeyToReconcile, take_waiting_manifests
from centflow_glue.keys.turns import Turns
from centflow_glue.reconcile import Outcome

# A test fails if it waits longer than this number of seconds.
PATIENCE_SECONDS = 60


def keys_of(owner: str, count: int) -> list[KeyToReconcile]:
    """Returns keys of one owner."""
    return [KeyToReconcile(f"raw/expenses/owner={owner}/{number}.csv") for number in range(count)]


def names(keys: Sequence[KeyToReconcile]) -> list[str]:
    """Returns the keys without their common prefix."""
    return [key.object_key.removeprefix("raw/expenses/owner=") for key in keys]


def next_names(turns: Turns, count: int) -> list[str]:
    """Returns the keys of the next turns. Spaces separate the keys of one turn."""
    return [" ".join(names(turns.take())) for _ in range(count)]


def test_owners_take_turns():
    turns = Turns(max_running=100)
    turns.add([*keys_of("busy", 3), *keys_of("ann", 2), *keys_of("bob", 1)])
    expected = ["busy/0.csv", "ann/0.csv", "bob/0.csv", "busy/1.csv", "ann/1.csv", "busy/2.csv", ""]
    assert next_names(turns, 7) == expected


def test_a_new_owner_waits_for_one_turn_of_each_other_owner():
    turns = Turns(max_running=2)
    turns.add(keys_of("busy", 1000))
    assert len(turns.take()) == 4
    turns.add(keys_of("ann", 1))
    assert next_names(turns, 2) == ["busy/4.csv busy/5.csv busy/6.csv busy/7.csv", "ann/0.csv"]


@pytest.mark.parametrize(
    ("seconds_each", "sizes"),
    [(0.0, [4, 8, 16, 32, 50, 50]), (0.01, [4, 8, 16, 32, 50, 50]), (0.1, [4, 8, 10, 10, 10, 10]), (7, [4] + [1] * 5)],
)
def test_a_turn_contains_enough_keys_for_one_second_at_the_speed_of_the_previous_turn(
    seconds_each: float, sizes: list[int]
):
    turns = Turns(max_running=2)
    turns.add(keys_of("busy", 1000))
    taken = []
    for _ in sizes:
        turn = turns.take()
        taken.append(len(turn))
        turns.end(turn, seconds_each * len(turn))
    assert taken == sizes


def test_few_keys_of_one_owner_are_split_into_parallel_turns():
    turns = Turns(max_running=2)
    turns.add(keys_of("busy", 2))
    assert next_names(turns, 2) == ["busy/0.csv", "busy/1.csv"]


def test_the_number_of_running_turns_per_owner_is_limited():
    turns = Turns(max_running=2)
    turns.add(keys_of("busy", 5))
    first, second = turns.take(), turns.take()
    assert names([*first, *second]) == ["busy/0.csv", "busy/1.csv", "busy/2.csv", "busy/3.csv"]
    assert turns.take() == []
    turns.add(keys_of("ann", 1))
    assert next_names(turns, 2) == ["ann/0.csv", ""]
    turns.end(first, 7)
    assert next_names(turns, 2) == ["busy/4.csv", ""]
    assert len(turns) == 0


@given(st.lists(st.tuples(st.sampled_from(["ann", "bob", "cy"]), st.booleans())))
def test_every_key_is_taken_once_and_keys_of_one_owner_keep_their_order(steps: list[tuple[str, bool]]):
    turns = Turns(max_running=1)
    added, taken = [], []
    for number, (owner, takes) in enumerate(steps):
        added.append(KeyToReconcile(f"raw/expenses/owner={owner}/{number}.csv"))
        turns.add([added[-1]])
        if takes and (turn := turns.take()):
            taken.extend(turn)
            turns.end(turn, 0.1)
    while turn := turns.take():
        taken.extend(turn)
        turns.end(turn, 0.1)
    assert len(turns) == 0
    assert sorted(names(taken)) == sorted(names(added))
    for owner in ("ann", "bob", "cy"):
        mine = [name for name in names(taken) if name.startswith(owner)]
        assert mine == [name for name in names(added) if name.startswith(owner)]


class _BusyOwner:
    """Blocks the keys of the owner `busy` until a key of another owner is reconciled.

    Attributes:
        reconciled: The keys in the order in which their reconciliation ended.
        max_running: The maximum number of turns of the owner `busy` that ran at the same time.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reconciled: list[str] = []
        self.max_running = 0
        self.started = threading.Event()
        self._under_way = 0
        self._other_is_done = threading.Event()
        self._lock = threading.Lock()
        monkeypatch.setattr(tasks, "reconcile_keys", self._reconcile_keys)

    def _reconcile_keys(
        self, _spark: object, _arguments: object, keys: Sequence[KeyToReconcile], tasks: int
    ) -> list[Outcome]:
        assert tasks == 1
        outcomes = [Outcome(key.object_key, "published") for key in keys]
        ended = [key.object_key for key in keys]
        if "owner=busy" in ended[0]:
            with self._lock:
                self._under_way += 1
                self.max_running = max(self.max_running, self._under_way)
            self.started.set()
            assert self._other_is_done.wait(PATIENCE_SECONDS), "the other owner waits for the busy one"
            with self._lock:
                self._under_way -= 1
        else:
            self.reconciled.extend(ended)
            self._other_is_done.set()
            return outcomes
        self.reconciled.extend(ended)
        return outcomes


@pytest.fixture
def busy_owner(monkeypatch: pytest.MonkeyPatch) -> _BusyOwner:
    """Replaces the job's reconciliation with `_BusyOwner`, so that the owner `busy` occupies the job run."""
    return _BusyOwner(monkeypatch)


@pytest.fixture
def arguments(stack: Stack, bucket: Bucket) -> JobArguments:
    """Returns the arguments of a run that takes waiting manifests."""
    folder = f"s3://{bucket.name}/manifests"
    manifest = ("--manifest", f"{folder}/1.jsonl", "--waiting-manifests", f"{folder}/waiting/")
    return parse_arguments(
        ["--keys-from", "manifest", *manifest, "--bucket", bucket.name, "--database-secret", stack.secret_id]
    )


def publish_all(_spark: object, _arguments: object, keys: Sequence[KeyToReconcile], tasks: int) -> list[Outcome]:
    """Reports every key as published and does no work."""
    assert tasks == 1
    return [Outcome(key.object_key, "published") for key in keys]


def put_waiting(bucket: Bucket, name: str, keys: Sequence[KeyToReconcile]) -> None:
    """Writes keys as a manifest for job runs that are already running, as the trigger does."""
    lines = [json.dumps({"key": key.object_key, "eventTime": "2025-01-15T12:00:00.000Z"}) for key in keys]
    bucket.put(f"manifests/waiting/{name}.jsonl", "\n".join(lines).encode())


def waiting(bucket: Bucket) -> list[str]:
    """Returns the waiting manifests."""
    listed = bucket.s3.list_objects_v2(Bucket=bucket.name, Prefix="manifests/waiting/")
    return [entry["Key"] for entry in listed.get("Contents", [])]


def test_an_upload_does_not_wait_for_the_many_earlier_uploads_of_another_owner(
    spark: SparkSession, arguments: JobArguments, busy_owner: _BusyOwner
):
    keys = [*keys_of("busy", 100), *keys_of("ann", 1)]
    ended = list(tasks.reconcile_in_turns(spark, arguments, iter(keys)))
    assert busy_owner.reconciled[0] == "raw/expenses/owner=ann/0.csv"
    assert busy_owner.max_running <= tasks.MAX_TURNS_PER_OWNER
    assert {key.object_key for key, _ in ended} == {key.object_key for key in keys}


def test_an_upload_that_arrives_during_a_run_joins_the_run(
    spark: SparkSession, arguments: JobArguments, bucket: Bucket, busy_owner: _BusyOwner
):
    def offer() -> None:
        assert busy_owner.started.wait(PATIENCE_SECONDS)
        put_waiting(bucket, "late", keys_of("ann", 1))

    offering = threading.Thread(target=offer)
    offering.start()
    ended = list(tasks.reconcile_in_turns(spark, arguments, iter(keys_of("busy", 100))))
    offering.join()
    assert busy_owner.reconciled[0] == "raw/expenses/owner=ann/0.csv"
    assert len(ended) == 101
    assert [key.event_time is not None for key, _ in ended].count(True) == 1
    assert waiting(bucket) == []


def test_a_run_takes_waiting_manifests_before_it_ends(
    spark: SparkSession, arguments: JobArguments, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tasks, "POLL_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(tasks, "reconcile_keys", publish_all)
    put_waiting(bucket, "waits", keys_of("ann", 3))
    ended = list(tasks.reconcile_in_turns(spark, arguments, iter(keys_of("busy", 1))))
    assert names([key for key, _ in ended]) == ["busy/0.csv", "ann/0.csv", "ann/1.csv", "ann/2.csv"]


def test_only_one_of_several_runs_that_poll_at_once_takes_a_manifest(bucket: Bucket):
    for number in range(10):
        put_waiting(bucket, f"{number}", keys_of(f"ann{number}", 1))
    begin = threading.Barrier(4)

    def take(_: int) -> list[str]:
        begin.wait(PATIENCE_SECONDS)
        return names(list(take_waiting_manifests(f"s3://{bucket.name}/manifests/waiting/")))

    with ThreadPoolExecutor(4) as runs:
        taken = [name for of_run in runs.map(take, range(4)) for name in of_run]
    assert sorted(taken) == [f"ann{number}/0.csv" for number in range(10)]
    assert waiting(bucket) == []


def test_a_manifest_that_cannot_be_deleted_raises_an_error(bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    def deny(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "DeleteObject")

    put_waiting(bucket, "kept", keys_of("ann", 1))
    client = manifest.s3_client()
    monkeypatch.setattr(client, "delete_object", deny)
    monkeypatch.setattr(manifest, "s3_client", lambda: client)
    with pytest.raises(ClientError, match="AccessDenied"):
        list(take_waiting_manifests(f"s3://{bucket.name}/manifests/waiting/"))


@pytest.mark.parametrize("changed", [{"POLL_FOR_SECONDS": -1}, {"MAX_WAITING_KEYS": 0}, {}])
def test_a_run_takes_no_waiting_manifests_if_it_is_old_or_full_or_has_no_folder(
    spark: SparkSession,
    arguments: JobArguments,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, int],
):
    for name, value in changed.items():
        monkeypatch.setattr(tasks, name, value)
    monkeypatch.setattr(tasks, "reconcile_keys", publish_all)
    put_waiting(bucket, "waits", keys_of("ann", 1))
    run_arguments = arguments if changed else replace(arguments, waiting_manifests=None)
    ended = list(tasks.reconcile_in_turns(spark, run_arguments, iter(keys_of("busy", 1))))
    assert names([key for key, _ in ended]) == ["busy/0.csv"]
    assert waiting(bucket) == ["manifests/waiting/waits.jsonl"]


def test_a_run_continues_if_waiting_manifests_cannot_be_read(
    spark: SparkSession,
    arguments: JobArguments,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(tasks, "reconcile_keys", publish_all)
    bucket.put("manifests/waiting/broken.jsonl", b"{}\n")
    ended = list(tasks.reconcile_in_turns(spark, arguments, iter(keys_of("busy", 2))))
    assert len(ended) == 2
    assert "could not take the waiting manifests: ManifestError" in caplog.text
    assert waiting(bucket) == ["manifests/waiting/broken.jsonl"]


def test_a_run_fails_if_spark_fails(spark: SparkSession, arguments: JobArguments, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> Iterator[Outcome]:
        raise RuntimeError("no executor")

    monkeypatch.setattr(tasks, "reconcile_keys", fail)
    with pytest.raises(RuntimeError, match="no executor"):
        list(tasks.reconcile_in_turns(spark, arguments, iter(keys_of("busy", 5))))


def test_a_task_removes_zip_finders_so_the_next_task_reads_no_zip_index(tmp_path: Path, arguments: JobArguments):
    package = tmp_path / "package.zip"
    with ZipFile(package, "w") as file:
        file.writestr("in_a_zip.py", "")
    sys.path_importer_cache[str(package)] = zipimporter(str(package))
    assert list(tasks._Task(arguments)([])) == []
    assert not any(isinstance(finder, zipimporter) for finder in sys.path_importer_cache.values())


def test_a_task_freezes_library_objects_so_later_garbage_collections_skip_them(arguments: JobArguments):
    tasks._freeze_heap.cache_clear()
    try:
        assert list(tasks._Task(arguments)([])) == []
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
