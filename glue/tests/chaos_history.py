"""Changes a bucket as several owners would, while the stack may fail at any moment. Then lists the bucket.

S3 may or may not have carried out a request that got no response. The model is therefore built from the bucket's own
listing. The bytes of a version identify its file.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from model import HEADERS, Bucket, File, Version, render
from random_files import KEYS as KEYS_OF_ALL
from random_files import files_of, lines_of

# No key here is the key of a sample of `npm start`. The samples have other owners, or no owner.
KEYS = {key: feed for key, feed in KEYS_OF_ALL.items() if "/owner=" in key} | {
    "raw/expenses/owner=cyd/january.csv": "expenses",
    "raw/incomes/owner=bob/pay.csv.gz": "incomes",
    "raw/budgets/owner=cyd/plan.csv": "budgets",
}
OWNERS = sorted({key.split("/owner=")[1].split("/")[0] for key in KEYS})
FILES = 300
Done = tuple[str, str]


class History:
    """Random uploads, corrections and deletions, chosen by a seed.

    Attributes:
        counts: How often each step was carried out, and how often a step got no response.
    """

    def __init__(self, bucket: str, seed_number: int) -> None:
        self.bucket = bucket
        self.counts: dict[str, int] = {}
        self._random = random.Random(seed_number)
        self._files = random_files(seed_number)
        self._file_of: dict[str, File] = {}
        # Versions that S3 has confirmed and that were not removed since.
        self._confirmed: set[Done] = set()

    def step(self, s3: Any) -> None:
        """Carries out one random action of an owner."""
        steps: list[tuple[Callable[[Any], None], int]] = [
            (self._put, 8),
            (self._put_several, 1),
            (self._delete, 3),
            (self._undelete, 2),
            (self._remove_for_good, 1),
        ]
        (step,) = self._random.choices([step for step, _ in steps], [weight for _, weight in steps])
        name = step.__name__.strip("_").replace("_", " ")
        try:
            step(s3)
        except (BotoCoreError, ClientError):
            name = f"{name} (no answer)"
        self.counts[name] = self.counts.get(name, 0) + 1

    def in_bucket(self, s3: Any) -> Bucket:
        """Returns what the bucket holds under these keys."""
        found = Bucket()
        for key, version_id, moment, etag in list_newest_first(s3, self.bucket):
            if key in KEYS:
                file = None if etag is None else self._file_of[etag]
                found.versions[key].insert(0, Version(key, version_id, moment, file))
        return found

    def lost(self, found: Bucket) -> list[Done]:
        """Returns the versions that S3 confirmed and then lost."""
        there = {(version.object_key, version.version_id) for some in found.versions.values() for version in some}
        return sorted(self._confirmed - there)

    def forget_confirmations(self) -> None:
        """Forgets all confirmations, because the emulator confirms objects that a full disk does not store."""
        self._confirmed.clear()

    def _put(self, s3: Any) -> None:
        key = self._random.choice(list(KEYS))
        file = self._random.choice(self._files[KEYS[key]])
        body = render(file, compressed=key.endswith(".gz"))
        self._file_of[hashlib.md5(body, usedforsecurity=False).hexdigest()] = file
        answer = s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        self._confirmed.add((key, answer["VersionId"]))

    def _put_several(self, s3: Any) -> None:
        for _ in range(10):
            self._put(s3)

    def _delete(self, s3: Any) -> None:
        key = self._random.choice(list(KEYS))
        answer = s3.delete_object(Bucket=self.bucket, Key=key)
        self._confirmed.add((key, answer["VersionId"]))

    def _undelete(self, s3: Any) -> None:
        """Removes the newest delete marker of a key."""
        markers: dict[str, str] = {}
        for key, version_id, _, etag in list_newest_first(s3, self.bucket):
            if key in KEYS and etag is None:
                markers.setdefault(key, version_id)
        if markers:
            key = self._random.choice(sorted(markers))
            self._remove(s3, key, markers[key])

    def _remove_for_good(self, s3: Any) -> None:
        entries = [entry[:2] for entry in list_newest_first(s3, self.bucket) if entry[0] in KEYS]
        if entries:
            self._remove(s3, *self._random.choice(entries))

    def _remove(self, s3: Any, key: str, version_id: str) -> None:
        # Forget the version before sending the request: S3 may remove the version without responding.
        self._confirmed.discard((key, version_id))
        s3.delete_object(Bucket=self.bucket, Key=key, VersionId=version_id)


def random_files(seed_number: int) -> dict[str, list[File]]:
    """Returns files of each feed that share lines. The same seed returns the same files."""
    found: dict[str, list[File]] = {feed: [] for feed in HEADERS}

    @seed(seed_number)
    @settings(
        max_examples=FILES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        for feed in HEADERS:
            lines = data.draw(st.lists(lines_of(feed), min_size=2, max_size=6))
            found[feed].append(data.draw(files_of(feed, lines)))

    draw()
    return found


def list_newest_first(s3: Any, bucket: str) -> Iterator[tuple[str, str, datetime, str | None]]:
    """Yields key, version id, time and ETag (None for a delete marker) of each version below `raw/`, in S3's order."""
    documents: list[ElementTree.Element] = []

    def keep(response_dict: dict[str, Any], **_: Any) -> None:
        # botocore parses versions and delete markers into two lists, which loses their order.
        if response_dict["status_code"] == 200:
            documents.append(ElementTree.fromstring(response_dict["body"]))

    event = "before-parse.s3.ListObjectVersions"
    s3.meta.events.register(event, keep)
    try:
        for _ in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix="raw/"):
            pass
    finally:
        s3.meta.events.unregister(event, keep)
    for document in documents:
        for element in document:
            tag = element.tag.rpartition("}")[2]
            if tag not in ("Version", "DeleteMarker"):
                continue
            texts = {child.tag.rpartition("}")[2]: child.text or "" for child in element}
            etag = texts["ETag"].strip('"') if tag == "Version" else None
            yield texts["Key"], texts["VersionId"], datetime.fromisoformat(texts["LastModified"]), etag
