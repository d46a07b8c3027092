"""Applies random histories of a bucket to the real job and to the model. The views must always equal the model.

Both tests use a real MySQL and the S3 emulator. One test calls the reconciler and the sweep in this process, and runs
many histories. In these histories, a job run can fail or be killed before any statement. The other test runs fewer
histories through `main()` on Spark.

Hypothesis prints the shortest list of steps that shows a failure. To run many more examples, use
`pytest tests/test_model.py --hypothesis-profile=explore`.
"""

import io
import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import model
import pymysql
import pytest
from conftest import empty_tables
from crash_points import KilledError, keys_to_sweep, killed_before, reconcile_key, sweep
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from model import File, Line, Twins, Version
from pymysql.connections import Connection
from pyspark.sql import SparkSession
from random_files import KEYS, files_of, lines_of, recategorise
from stack import REPOSITORY, Stack, fetch, tool_paths

from centflow_glue import bucket as job_bucket
from centflow_glue import reconcile
from centflow_glue.database import DatabaseAddress, connect
from centflow_glue.main import main
from centflow_glue.reconcile import LoadFailedError

# Loading, publishing and withdrawing one key takes about this many statements.
STATEMENTS_AT_MOST = 28
NUMBERS = count(1)


@dataclass
class World:
    """The real services, and the state that all examples share.

    Attributes:
        stack: MySQL and the S3 emulator.
        s3: The S3 client of the stack.
        admin: A connection that reads the tables.
        address: The address of the database.
        rebuilt: The address of a second database with the same tables.
        rebuilt_admin: A connection that reads the tables of the second database.
        connections: The loader's connection to each database.
        steps: How often each outcome occurred.
    """

    stack: Stack
    s3: Any
    admin: Connection
    address: DatabaseAddress
    rebuilt: DatabaseAddress
    rebuilt_admin: Connection
    connections: dict[DatabaseAddress, Connection]
    steps: Counter[str] = field(default_factory=Counter)


class Life(RuleBasedStateMachine):
    """The actions of users on a bucket, and the job runs that their events start."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.patches = pytest.MonkeyPatch()
        self.twins = Twins.of_new_bucket(world.s3, world.stack.region)
        # The version of each key that must be published, as of the key's last reconciliation.
        self.settled: dict[str, Version | None] = {}
        self.keys: list[str] = []
        self.lines: dict[str, list[Line]] = {}
        self.files: list[File] = []
        self.is_rebuilt = False
        self.has_changed = False
        empty_tables(world.admin)

    @initialize(
        family=st.sampled_from(["raw/expenses/owner=ann/", "raw/expenses/", "raw/incomes/", "raw/budgets/"]),
        others=st.lists(st.sampled_from(sorted(KEYS)), max_size=2),
        lines=st.fixed_dictionaries({feed: st.lists(lines_of(feed), min_size=2, max_size=6) for feed in model.HEADERS}),
    )
    def choose_keys_and_lines(self, family: str, others: list[str], lines: dict[str, list[Line]]) -> None:
        """Chooses a few keys and lines, so that each key changes often and the files share many lines."""
        self.keys = [*(key for key in KEYS if key.startswith(family)), *others]
        self.lines = lines

    def teardown(self) -> None:
        """Checks that one sweep makes the database match the bucket."""
        try:
            self.sweep()
            self.check_that_nothing_is_left()
        finally:
            self.patches.undo()

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Runs one random step. If the test fails, Hypothesis prints the values drawn for the step."""
        steps = [name for name, weight in self.possible_steps().items() for _ in range(weight)]
        getattr(self, data.draw(st.sampled_from(steps), "step"))(data)

    def possible_steps(self) -> dict[str, int]:
        """Returns the steps that would change or check something now, each with its weight."""
        versions = any(self.twins.expected.versions.values())
        steps = {
            "upload": 6,
            "export_again": 3 if self.files else 0,
            "delete": 2 if any(map(self.twins.expected.live, self.keys)) else 0,
            "delete_what_is_not_there": 1,
            "undelete": 2 if self.deleted_keys() else 0,
            "remove_for_good": 1 if versions else 0,
            "remove_all_for_good": 1 if versions else 0,
            "deliver": 5 if versions else 0,
            "sweep": 1 if self.has_changed else 0,
            "rebuild": 1 if len(self.files) > 2 and not self.is_rebuilt else 0,
        }
        return {name: weight for name, weight in steps.items() if weight}

    # Steps that users carry out.

    def upload(self, data: st.DataObject) -> None:
        """Uploads a new object, or a correction of an existing one."""
        object_key = data.draw(st.sampled_from(self.keys), "key")
        feed = KEYS[object_key]
        self.put(object_key, data.draw(files_of(feed, self.lines[feed]), "file"))

    def export_again(self, data: st.DataObject) -> None:
        """Uploads an earlier file again, under any key of its feed, perhaps with other categories."""
        file = data.draw(st.sampled_from(self.files), "file")
        object_key = data.draw(st.sampled_from([key for key in KEYS if KEYS[key] == file.feed]), "key")
        self.put(object_key, recategorise(file) if data.draw(st.booleans(), "recategorised") else file)

    def delete(self, data: st.DataObject) -> None:
        """Deletes an object, so that S3 adds a delete marker."""
        object_key = data.draw(st.sampled_from([key for key in self.keys if self.twins.expected.live(key)]), "key")
        self.has_changed = True
        self.twins.delete(object_key)

    def delete_what_is_not_there(self, data: st.DataObject) -> None:
        """Deletes any key. S3 adds a delete marker even to a missing or deleted object."""
        object_key = data.draw(st.sampled_from(sorted(KEYS)), "key")
        self.has_changed = True
        self.twins.delete(object_key)

    def undelete(self, data: st.DataObject) -> None:
        """Removes the newest delete marker of a key, which restores the version before the marker."""
        object_key = data.draw(st.sampled_from(self.deleted_keys()), "key")
        self.remove(self.twins.expected.versions[object_key][-1])

    def remove_for_good(self, data: st.DataObject) -> None:
        """Permanently removes any version or delete marker."""
        versions = {
            f"version {number} of {key}": version
            for key, versions in sorted(self.twins.expected.versions.items())
            for number, version in enumerate(versions, start=1)
        }
        self.remove(versions[data.draw(st.sampled_from(list(versions)), "removed")])

    def remove_all_for_good(self, data: st.DataObject) -> None:
        """Permanently removes every version of an object, so that S3 lists nothing for its key."""
        touched = [key for key, versions in sorted(self.twins.expected.versions.items()) if versions]
        for version in list(self.twins.expected.versions[data.draw(st.sampled_from(touched), "key")]):
            self.remove(version)

    # Steps that run the job.

    def deliver(self, data: st.DataObject) -> None:
        """Delivers some events late, repeatedly or out of order, even for unchanged keys. Other events are lost."""
        for object_key in self.run_manifest(data.draw(self.events(), "events")):
            self.settle(object_key)
        self.check_views()

    def sweep(self, _: st.DataObject | None = None) -> None:
        """Runs a sweep, which finds the changes whose events were lost."""
        self.has_changed = False
        self.run_sweep(self.world.address)
        for object_key in self.twins.expected.versions:
            self.settle(object_key)
        self.check_views()
        assert self.keys_to_sweep() == [], "one sweep must be enough"
        self.check_uploads()

    def rebuild(self, _: st.DataObject) -> None:
        """Sweeps the bucket into an empty database, and checks that the views equal the model."""
        self.is_rebuilt = True
        empty_tables(self.world.rebuilt_admin)
        self.run_sweep(self.world.rebuilt)
        model.assert_same(model.shown_views(self.world.rebuilt_admin), model.views(self.twins.published()))

    # Methods that run the job. Subclasses implement them.

    def run_manifest(self, events: Sequence[str]) -> set[str]:
        """Runs the job on these keys. Returns the keys that did not fail."""
        raise NotImplementedError

    def run_sweep(self, address: DatabaseAddress) -> None:
        """Runs a sweep into this database."""
        raise NotImplementedError

    # Methods that compare the database with the model.

    def check_views(self) -> None:
        """Checks that every view equals the model. Only keys that the job has reconciled so far are in the model."""
        expected = model.views([version for version in self.settled.values() if version])
        model.assert_same(model.shown_views(self.world.admin), expected)
        if any(upload.rows_duplicate for upload in expected["v_upload_accounting"]):
            self.world.steps["shared rows"] += 1

    def check_uploads(self) -> None:
        """Checks that `uploads` contains the reason of each rejected version. Call this only after a sweep."""
        model.assert_reasons(self.world.admin, self.twins.expected)

    def check_that_nothing_is_left(self) -> None:
        """Checks that only published uploads have rows.

        Only published or rejected uploads may have quarantined rows.
        """
        model.assert_nothing_is_left(self.world.admin, list(filter(None, self.settled.values())))

    # Methods that update the model.

    def put(self, object_key: str, file: File) -> None:
        """Uploads a file, and records it for `export_again`."""
        self.files.append(file)
        self.has_changed = True
        self.twins.put(object_key, file)

    def remove(self, version: Version) -> None:
        """Permanently removes this version or delete marker."""
        self.has_changed = True
        self.twins.remove(version)

    def settle(self, object_key: str) -> None:
        """Records the version that must be published, because the job has reconciled this key."""
        self.settled[object_key] = self.twins.expected.published(object_key)

    def events(self) -> st.SearchStrategy[list[str]]:
        """Draws the keys of a manifest. Most of them have changed."""
        touched = st.sampled_from(sorted(self.twins.expected.versions) or self.keys)
        return st.lists(st.one_of(touched, touched, st.sampled_from(sorted(KEYS))), min_size=1, max_size=5)

    def deleted_keys(self) -> list[str]:
        """Returns the keys whose newest version is a delete marker."""
        return [
            key
            for key, versions in sorted(self.twins.expected.versions.items())
            if versions and versions[-1].file is None
        ]

    def keys_to_sweep(self) -> list[str]:
        """Returns the keys that a sweep would reconcile."""
        return keys_to_sweep(self.world.connections[self.world.address], self.twins.bucket.name)


class BrokenStream(io.BytesIO):
    """A stream that raises an error before the end of the object."""

    def read(self, size: int | None = -1) -> bytes:
        """Returns the remaining bytes. Raises an error once no bytes are left."""
        data = super().read(size)
        if not data:
            raise ConnectionError("S3 does not answer any more")
        return data


class LifeKeyByKey(Life):
    """Runs the job as a reconciler in this process.

    Such a run is fast, and a step can make the run fail or kill it at any statement.
    """

    @initialize(whole_seconds=st.booleans())
    def choose_clock(self, whole_seconds: bool) -> None:
        """Chooses the precision of `LastModified`: whole seconds as in AWS, or milliseconds as in the emulator.

        With whole seconds, several uploads can have the same `LastModified`.
        """
        self.twins.whole_seconds = whole_seconds
        if whole_seconds:
            read_entry = job_bucket._version
            self.patches.setattr(
                job_bucket,
                "_version",
                lambda entry, is_marker: read_entry(
                    {**entry, "LastModified": entry["LastModified"].replace(microsecond=0)}, is_marker
                ),
            )

    def possible_steps(self) -> dict[str, int]:
        """Adds the steps that are possible only in this process."""
        steps = super().possible_steps()
        versions = any(self.twins.expected.versions.values())
        return steps | ({"deliver_while_an_object_cannot_be_read": 2, "kill_a_job_run": 4} if versions else {})

    def deliver_while_an_object_cannot_be_read(self, data: st.DataObject) -> None:
        """Breaks the stream of one key.

        The uploads of that key stay unchanged, and the job still reconciles the other keys.
        """
        events = data.draw(self.events(), "events")
        unreadable = data.draw(st.sampled_from(sorted(set(events))), "unreadable")
        open_version = reconcile.open_version

        def open_half(bucket: str, version: Any) -> Any:
            stream = open_version(bucket, version)
            return BrokenStream(stream.read(version.size // 2)) if version.object_key == unreadable else stream

        with pytest.MonkeyPatch.context() as patches:
            patches.setattr(reconcile, "open_version", open_half)
            for object_key in self.run_manifest(events):
                self.settle(object_key)
        self.check_views()

    def kill_a_job_run(self, data: st.DataObject) -> None:
        """Kills a job run before a random statement. Readers must see either all changes of the run or none."""
        object_key = data.draw(self.events().map(lambda keys: keys[0]), "key")
        statement = data.draw(st.integers(1, STATEMENTS_AT_MOST), "before statement")
        with killed_before(self.world.connections[self.world.address], statement):
            try:
                self.reconcile(object_key)
            except KilledError:
                self.world.steps["killed"] += 1
        before = {**self.settled}
        self.settle(object_key)
        try:
            self.check_views()
        except AssertionError:
            self.settled = before
            self.check_views()

    def run_manifest(self, events: Sequence[str]) -> set[str]:
        """Reconciles the keys one after the other. A failed key does not stop the others."""
        settled = set()
        for object_key in events:
            try:
                self.reconcile(object_key)
            except LoadFailedError:
                self.world.steps["failed"] += 1
            else:
                settled.add(object_key)
        return settled

    def run_sweep(self, address: DatabaseAddress) -> None:
        """Reconciles the keys that the sweep finds."""
        sweep(self.world.connections[address], self.twins.bucket.name)

    def reconcile(self, object_key: str) -> None:
        """Reconciles one key, and counts the result."""
        outcome = reconcile_key(self.world.connections[self.world.address], self.twins.bucket.name, object_key)
        self.world.steps[outcome.result] += 1


class LifeOnSpark(Life):
    """Runs the job as in production: `main()`, a manifest in S3, and Spark's Python workers."""

    def run_manifest(self, events: Sequence[str]) -> set[str]:
        """Runs the job on a manifest like those that the trigger writes."""
        manifest = f"manifests/{next(NUMBERS)}.jsonl"
        lines = (json.dumps({"key": key, "eventTime": "2025-01-01T00:00:00.000Z"}) for key in events)
        self.twins.bucket.put(manifest, "\n".join(lines).encode())
        self.run("--keys-from", "manifest", "--manifest", f"s3://{self.twins.bucket.name}/{manifest}")
        return set(events)

    def run_sweep(self, address: DatabaseAddress) -> None:
        """Runs a sweep with the arguments of the schedule."""
        self.run("--keys-from", "sweep", *(["--database-name", address.database] if address.database else []))

    def run(self, *arguments: str) -> None:
        """Runs the job with these arguments."""
        self.world.steps["job runs"] += 1
        main([*arguments, "--bucket", self.twins.bucket.name, "--database-secret", self.world.stack.secret_id])


@pytest.fixture(scope="module")
def rebuilt(stack: Stack, address: DatabaseAddress) -> Iterator[DatabaseAddress]:
    """A second database with the same tables and views, and the same rights for the loader."""
    name = f"{stack.database}_rebuilt"
    url = f"mysql://{stack.admin.user}:{stack.admin.password}@{stack.database_host}:{stack.database_port}/{name}"
    with closing(stack.connect(stack.admin)) as admin, closing(stack.connect(stack.loader)) as loader:
        (user,) = (row["user"] for row in fetch(loader, "SELECT CURRENT_USER() AS user"))
        account = "'{}'@'{}'".format(*user.rsplit("@", 1))
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{name}`")
            cli = str(REPOSITORY / "packages/schema/src/cli.ts")
            subprocess.run([tool_paths().get("node", "node"), cli, "migrate", "--url", url], check=True)
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{name}`.* TO {account}")
            try:
                yield DatabaseAddress(address.secret_id, name)
            finally:
                with suppress(pymysql.err.Error):
                    cursor.execute(f"REVOKE ALL ON `{name}`.* FROM {account}")
                cursor.execute(f"DROP DATABASE `{name}`")


@pytest.fixture
def world(
    stack: Stack, s3: Any, admin: Connection, address: DatabaseAddress, rebuilt: DatabaseAddress
) -> Iterator[World]:
    with (
        closing(stack.connect(stack.admin)) as rebuilt_admin,
        closing(connect(address)) as loader,
        closing(connect(rebuilt)) as rebuilt_loader,
    ):
        rebuilt_admin.select_db(rebuilt.database)
        yield World(stack, s3, admin, address, rebuilt, rebuilt_admin, {address: loader, rebuilt: rebuilt_loader})


def test_the_views_equal_the_model_if_keys_are_reconciled_one_by_one(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR", "centflow_glue")
    lives = settings(max_examples=settings.default.max_examples // 2, stateful_step_count=25)
    run_state_machine_as_test(partial(LifeKeyByKey, world), settings=lives)
    # The random histories must reach each of these outcomes.
    outcomes = ("published", "rejected", "retired", "unchanged", "failed", "killed", "shared rows")
    assert all(world.steps[outcome] > 5 for outcome in outcomes), world.steps


def test_the_views_equal_the_model_if_spark_runs_the_job(world: World, spark: SparkSession) -> None:
    lives = settings(max_examples=settings.default.max_examples // 20, stateful_step_count=15)
    run_state_machine_as_test(partial(LifeOnSpark, world), settings=lives)
    assert world.steps["job runs"] > 20
    assert world.steps["shared rows"] > 0
