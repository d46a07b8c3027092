"""Checks that no cell of a file appears in the job's log or in the error message of a job run."""

import logging
from collections.abc import Iterator

import pyarrow as pa
import pymysql
import pytest
from botocore.exceptions import ClientError
from flow import Flow, poisoned
from pymysql.constants import ER
from pyspark.sql import SparkSession
from stack import Stack
from statements import csv_of, expense

from centflow_glue import tasks
from centflow_glue.arguments import parse_arguments
from centflow_glue.keys.manifest import KeyToReconcile
from centflow_glue.log_text import describe_error, describe_rejection, quote_key
from centflow_glue.main import JobFailedError, main
from centflow_glue.rejection import UNSEEN, UploadRejectedError

SENTINEL = "DE89370400440532013000"
KEY = "raw/expenses/owner=ann/a.csv"
GOOD = expense(merchant=SENTINEL)


@pytest.fixture(autouse=True)
def _close_connections() -> Iterator[None]:
    yield
    tasks._open_connection.cache_clear()


@pytest.mark.parametrize(
    ("body", "logged"),
    [
        (csv_of(expense(date=SENTINEL)), "[too_many_bad_rows] row 2 column date"),
        (csv_of(GOOD, expense(amount="1")[:3]) + f"{SENTINEL},\n{SENTINEL},\n".encode(), "[too_many_bad_rows] row 3"),
        (csv_of(expense(merchant=f"{SENTINEL} café")).decode().encode("latin-1"), "[not_utf8] row 2 column merchant"),
        (csv_of(GOOD) + f'2025-01-15,"{SENTINEL}\n'.encode(), "[open_quote] row 3"),
        (f"{SENTINEL},amount\n1,2\n".encode(), "[missing_header]"),
    ],
    ids=["bad cell", "ragged rows", "Latin-1", "open quote", "header"],
)
def test_a_rejection_is_logged_with_code_row_and_column_only(
    flow: Flow, caplog: pytest.LogCaptureFixture, body: bytes, logged: str
):
    flow.put(KEY, body)
    assert flow.upload(KEY)["reason"]
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [logged]
    assert SENTINEL not in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        pymysql.err.DataError(ER.DATA_TOO_LONG, f"Incorrect string value: '{SENTINEL}'"),
        pa.ArrowInvalid(f"Expected 7 columns, got 2: {SENTINEL}"),
        UnicodeDecodeError("utf-8", SENTINEL.encode(), 0, 1, SENTINEL),
        UploadRejectedError("not_utf8", SENTINEL, 2),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_is_logged_without_its_text(
    flow: Flow,
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    error: Exception,
):
    flow.bucket.put(KEY, csv_of(GOOD))

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("centflow_glue.reconcile.load_version", fail)
    monkeypatch.setattr("centflow_glue.reconcile.record_loaded", fail)
    monkeypatch.setattr("centflow_glue.reconcile.publish", fail)
    arguments = parse_arguments(
        ["--keys-from", "sweep", "--bucket", flow.bucket.name, "--database-secret", stack.secret_id]
    )
    (outcome,) = tasks._Task(arguments)([KeyToReconcile(KEY)])
    captured = capfd.readouterr()
    assert SENTINEL not in caplog.text + captured.out + captured.err
    assert caplog.text
    if outcome.result == "failed":
        assert SENTINEL not in outcome.message
        assert type(error).__name__ in outcome.message


@pytest.mark.parametrize("name", ["a\nERROR forged.csv", "a\u2028\u202eb.csv"], ids=ascii)
def test_no_object_key_can_forge_a_line_of_the_log(
    flow: Flow, stack: Stack, spark: SparkSession, caplog: pytest.LogCaptureFixture, name: str
):
    caplog.set_level(logging.INFO)
    rejected, failed = f"raw/expenses/owner=ann/{name}", f"raw/expenses/owner=bob/{name}"
    flow.put(rejected, csv_of(expense(date="soon")))
    flow.bucket.put(failed, csv_of(expense(merchant="poison")))
    options = ["--keys-from", "sweep", "--bucket", flow.bucket.name, "--database-secret", stack.secret_id]
    with poisoned(flow):
        tasks._Task(parse_arguments(options))([KeyToReconcile(failed)])
        with pytest.raises(JobFailedError) as ended:
            main(options)
    assert quote_key(failed) in str(ended.value)
    assert {record.levelname for record in caplog.records} >= {"WARNING", "ERROR"}
    texts = [str(ended.value), *(record.getMessage() for record in caplog.records)]
    assert [text for text in texts if UNSEEN.search(text)] == []


def test_a_key_is_logged_unchanged_except_for_unseen_characters():
    assert quote_key("raw/expenses/owner=ann/é + 100%.csv") == "'raw/expenses/owner=ann/é + 100%.csv'"
    assert quote_key("a\nb\x1b\\n") == r"'a\nb\x1b\\n'"


def test_the_error_of_a_job_run_does_not_contain_the_texts_of_its_failures(
    flow: Flow, stack: Stack, spark: SparkSession, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    flow.bucket.put(KEY, csv_of(GOOD))
    with flow.admin.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON expenses FOR EACH ROW"
            " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no DE89370400440532013000'"
        )
    try:
        with pytest.raises(JobFailedError) as failed:
            main(["--keys-from", "sweep", "--bucket", flow.bucket.name, "--database-secret", stack.secret_id])
    finally:
        with flow.admin.cursor() as cursor:
            cursor.execute("DROP TRIGGER poison")
    assert SENTINEL in flow.upload(KEY)["reason"]
    assert "LoadFailedError" in str(failed.value)
    assert SENTINEL not in f"{failed.value}{caplog.text}"


def test_an_error_is_described_with_type_code_and_place():
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": SENTINEL}}, "GetObject")
    caused = ValueError(SENTINEL)
    caused.__cause__ = pymysql.err.DataError(ER.DATA_TOO_LONG, SENTINEL)
    assert describe_error(caused) == "ValueError from DataError 1406"
    assert describe_error(denied) == "ClientError GetObject AccessDenied"
    assert describe_error(FileNotFoundError(2, SENTINEL)) == "FileNotFoundError ENOENT"
    assert describe_rejection(UploadRejectedError("not_csv", SENTINEL)) == "[not_csv]"
