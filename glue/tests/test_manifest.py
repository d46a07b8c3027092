from datetime import UTC, datetime

import pytest
from stack import Bucket

from centflow_glue.keys.manifest import KeyToReconcile, ManifestError, read_manifest

MANIFEST_KEY = "manifests/2025/01/15/1.jsonl"


def read(bucket: Bucket, body: str) -> list[KeyToReconcile]:
    bucket.put(MANIFEST_KEY, body.encode())
    return list(read_manifest(f"s3://{bucket.name}/{MANIFEST_KEY}"))


def test_each_manifest_line_contains_a_key_and_the_time_of_its_event(bucket: Bucket):
    assert read(
        bucket,
        '{"key":"raw/expenses/a.csv","eventTime":"2025-01-15T12:00:00.123Z"}\n'
        '{"key":"raw/expenses/\\u2615 +%.csv","eventTime":"2025-01-15T12:00:01.000Z"}\n',
    ) == [
        KeyToReconcile("raw/expenses/a.csv", datetime(2025, 1, 15, 12, 0, 0, 123000, tzinfo=UTC)),
        KeyToReconcile("raw/expenses/☕ +%.csv", datetime(2025, 1, 15, 12, 0, 1, tzinfo=UTC)),
    ]


def test_a_manifest_line_needs_no_event_time(bucket: Bucket):
    assert read(bucket, '{"key":"a"}\n{"key":"b","eventTime":null}') == [KeyToReconcile("a"), KeyToReconcile("b")]


def test_empty_lines_and_an_empty_manifest_contain_no_keys(bucket: Bucket):
    assert read(bucket, '\n{"key":"a"}\n\n  \n') == [KeyToReconcile("a")]
    assert read(bucket, "") == []


def test_thousands_of_manifest_keys_are_streamed(bucket: Bucket):
    keys = read(bucket, "".join(f'{{"key":"raw/expenses/{number}.csv"}}\n' for number in range(5000)))
    assert [key.object_key for key in keys] == [f"raw/expenses/{number}.csv" for number in range(5000)]


@pytest.mark.parametrize(
    "line",
    [
        "raw/expenses/a.csv",
        '{"key":',
        "{}",
        '["raw/expenses/a.csv"]',
        '"raw/expenses/a.csv"',
        "5",
        "null",
        '{"key":5}',
        '{"key":null}',
        '{"key":["a"]}',
        '{"key":"a","eventTime":"yesterday"}',
        '{"key":"a","eventTime":1736942400}',
    ],
)
def test_the_error_names_the_number_of_an_invalid_manifest_line(bucket: Bucket, line: str):
    with pytest.raises(ManifestError, match=r"Line 2 of s3://.*: run the sweep"):
        read(bucket, f'{{"key":"a"}}\n{line}\n')


@pytest.mark.parametrize("uri", ["manifests/1.jsonl", "https://b/1.jsonl", "s3://b", "s3://b/", "s3:///key", ""])
def test_an_address_that_is_not_an_s3_object_is_rejected(uri: str):
    with pytest.raises(ManifestError, match="check the arguments of the job run"):
        list(read_manifest(uri))


@pytest.mark.parametrize("object_key", ["manifests/a b.jsonl", "manifests/a?b#c.jsonl", "manifests/a%20b.jsonl"])
def test_the_key_of_a_manifest_is_used_unchanged(bucket: Bucket, object_key: str):
    bucket.put(object_key, b'{"key":"a"}\n')
    assert list(read_manifest(f"s3://{bucket.name}/{object_key}")) == [KeyToReconcile("a")]
