import pytest
from botocore.exceptions import ClientError
from stack import Bucket

from centflow_glue.bucket import list_key_versions, list_versions, open_version
from centflow_glue.keys.decide import find_live_versions


def test_an_upload_and_a_delete_within_one_second_keep_their_order(bucket: Bucket):
    written = []
    for body in (b"1", b"2"):
        written.append(bucket.put("raw/expenses/a.csv", body))
        written.append(bucket.delete("raw/expenses/a.csv"))
    written.append(bucket.put("raw/expenses/a.csv", b"3"))

    versions = list_key_versions(bucket.name, "raw/expenses/a.csv")

    assert [version.version_id for version in versions] == written[::-1]
    assert [version.is_delete_marker for version in versions] == [False, True, False, True, False]
    assert [version.version_id for version in find_live_versions(versions)] == [written[-1]]


def test_a_version_has_a_size_and_an_entity_tag_and_a_delete_marker_has_neither(bucket: Bucket):
    bucket.put("raw/expenses/a.csv", b"12345")
    bucket.delete("raw/expenses/a.csv")
    marker, version = list_key_versions(bucket.name, "raw/expenses/a.csv")
    assert (version.size, version.etag) == (5, "827ccb0eea8a706c4c34a16891f84e7b")
    assert (marker.size, marker.etag) == (0, "")
    assert version.last_modified.utcoffset() is not None


def test_a_key_is_not_confused_with_longer_keys_that_begin_with_it(bucket: Bucket):
    for object_key in ("raw/expenses/a", "raw/expenses/a.csv", "raw/expenses/a.csv.gz", "raw/expenses/a.csv/b"):
        bucket.put(object_key, b"")
    assert [version.object_key for version in list_key_versions(bucket.name, "raw/expenses/a.csv")] == [
        "raw/expenses/a.csv"
    ]
    assert list_key_versions(bucket.name, "raw/expenses/a.cs") == []
    assert list_key_versions(bucket.name, "raw/expenses/b.csv") == []


def test_a_permanently_removed_version_is_not_listed(bucket: Bucket):
    first = bucket.put("raw/expenses/a.csv", b"1")
    second = bucket.put("raw/expenses/a.csv", b"2")
    bucket.remove_version("raw/expenses/a.csv", second)
    assert [version.version_id for version in list_key_versions(bucket.name, "raw/expenses/a.csv")] == [first]


@pytest.mark.parametrize(
    "object_key",
    ["raw/expenses/a b+c%20d=e&f?g#h.csv", "raw/expenses/*?[a]{b}.csv", "raw/expenses/_.😀é\u0301.csv"],
)
def test_a_key_with_any_characters_is_listed_unchanged(bucket: Bucket, object_key: str):
    bucket.put(object_key, b"body")
    (version,) = list_key_versions(bucket.name, object_key)
    assert version.object_key == object_key
    assert open_version(bucket.name, version).read() == b"body"


def test_open_version_reads_the_given_version_and_not_the_newest(bucket: Bucket):
    for body in (b"old", b"new"):
        bucket.put("raw/expenses/a.csv", body)
    new, old = list_key_versions(bucket.name, "raw/expenses/a.csv")
    assert (open_version(bucket.name, new).read(), open_version(bucket.name, old).read()) == (b"new", b"old")


def test_opening_a_removed_version_fails_with_no_such_version(bucket: Bucket):
    bucket.put("raw/expenses/a.csv", b"")
    (version,) = list_key_versions(bucket.name, "raw/expenses/a.csv")
    bucket.remove_version("raw/expenses/a.csv", version.version_id)
    with pytest.raises(ClientError) as missing:
        open_version(bucket.name, version)
    assert missing.value.response["Error"]["Code"] in ("NoSuchVersion", "NoSuchKey")


def test_versions_of_a_key_stay_in_order_across_pages_of_the_listing(bucket: Bucket, small_pages: None):
    expected: dict[str, list[tuple[str, bool]]] = {}
    for number in range(8):
        object_key = f"raw/expenses/{number}.csv"
        written = []
        for _ in range(3):
            written += [(bucket.put(object_key, b""), False), (bucket.delete(object_key), True)]
        expected[object_key] = written[::-1]

    listed = {
        versions[0].object_key: [(version.version_id, version.is_delete_marker) for version in versions]
        for versions in list_versions(bucket.name, "raw/")
    }

    assert list(listed) == sorted(expected)
    assert listed == expected
