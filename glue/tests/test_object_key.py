import pytest
from hypothesis import given
from hypothesis import strategies as st

from centflow_glue.keys.object_key import (
    ParsedKey,
    is_folder_placeholder,
    parse_feed,
    parse_object_key,
    parse_owner_or_default,
)
from centflow_glue.rejection import UploadRejectedError

FEEDS = ("budgets", "expenses", "incomes")


@pytest.mark.parametrize(
    ("object_key", "owner", "compressed"),
    [
        ("raw/expenses/january.csv", "default", False),
        ("raw/expenses/january.CSV", "default", False),
        ("raw/expenses/january.csv.gz", "default", True),
        ("raw/expenses/january.Csv.GZ", "default", True),
        ("raw/expenses/2025/q1/january.csv", "default", False),
        ("raw/expenses/owner=ana/january.csv", "ana", False),
        ("raw/expenses/owner=ana/2025/january.csv.gz", "ana", True),
        ("raw/expenses/owner=Ana María ☕+1=2%/january.csv", "Ana María ☕+1=2%", False),
        ("raw/expenses/owner=" + "x" * 64 + "/a.csv", "x" * 64, False),
        ("raw/expenses/owner=" + "☕" * 64 + "/a.csv", "☕" * 64, False),
        ("raw/expenses/2025/owner=ana/a.csv", "default", False),
        ("raw/expenses/owner=ana.csv", "default", False),
        ("raw/expenses/Owner=ana/a.csv", "default", False),
        ("raw/expenses/a b+c%20d=e😀.csv", "default", False),
        ("raw/expenses/a*?[b]{c}.csv", "default", False),
        ("raw/expenses/_hidden.csv", "default", False),
        ("raw/expenses/.hidden.csv", "default", False),
        ("raw/expenses/.csv", "default", False),
        ("raw/expenses//a.csv", "default", False),
    ],
)
def test_a_key_contains_feed_owner_and_compression(object_key: str, owner: str, compressed: bool):
    parsed = parse_object_key(object_key, FEEDS)
    assert (parsed.feed, parsed.owner, parsed.compressed) == ("expenses", owner, compressed)


@pytest.mark.parametrize(
    "object_key",
    [
        "raw/expences/a.csv",
        "raw/Expenses/a.csv",
        "raw/a.csv",
        "raw/expenses",
        "raw/",
        "raw//a.csv",
        "raw/ expenses/a.csv",
    ],
)
def test_a_key_outside_every_feed_is_rejected_and_the_message_lists_the_valid_folders(object_key: str):
    with pytest.raises(UploadRejectedError) as rejected:
        parse_object_key(object_key, FEEDS)
    assert rejected.value.code == "unknown_feed"
    assert repr(object_key) in rejected.value.reason
    assert "raw/budgets/, raw/expenses/, raw/incomes/" in rejected.value.reason


@pytest.mark.parametrize("name", ["a.txt", "a.xlsx", "a", "a.csv.zip", "a.gz", "a.csv.bak", "csv", "a.csv/"])
def test_a_wrong_extension_is_rejected_and_the_message_lists_the_valid_extensions(name: str):
    with pytest.raises(UploadRejectedError) as rejected:
        parse_object_key(f"raw/expenses/{name}", FEEDS)
    assert rejected.value.code == "wrong_extension"
    assert "ends in .csv, or in .csv.gz" in rejected.value.reason


@pytest.mark.parametrize("folder", ["owner=", "owner=" + "x" * 65])
def test_an_owner_folder_with_an_invalid_name_is_rejected(folder: str):
    object_key = f"raw/expenses/{folder}/a.csv"
    with pytest.raises(UploadRejectedError) as rejected:
        parse_object_key(object_key, FEEDS)
    assert rejected.value.code == "bad_owner"
    assert "1 to 64 characters" in rejected.value.reason
    assert parse_owner_or_default(object_key) == "default"


@pytest.mark.parametrize(
    ("object_key", "size", "expected"),
    [
        ("raw/expenses/", 0, True),
        ("raw/expenses/owner=ana/", 0, True),
        ("raw/expenses/", 1, False),
        ("raw/expenses/a.csv", 0, False),
    ],
)
def test_only_an_empty_object_whose_key_ends_in_a_slash_is_a_folder_placeholder(
    object_key: str, size: int, expected: bool
):
    assert is_folder_placeholder(object_key, size) is expected


@given(st.text())
def test_any_key_is_parsed_or_rejected_with_a_reason(rest: str):
    object_key = f"raw/{rest}"
    outcome = parsed_or_rejected(object_key)
    if isinstance(outcome, UploadRejectedError):
        assert outcome.code in ("unknown_feed", "wrong_extension", "bad_owner")
        assert outcome.reason
    else:
        assert outcome.feed == parse_feed(object_key)
        assert 1 <= len(outcome.owner) <= 64


def parsed_or_rejected(object_key: str) -> ParsedKey | UploadRejectedError:
    try:
        return parse_object_key(object_key, FEEDS)
    except UploadRejectedError as error:
        return error


@pytest.mark.parametrize("object_key", ["raw/" + "x" * 990 + "/a.csv", "raw/expenses/" + "x" * 990 + ".txt"])
def test_the_rejection_message_of_a_long_key_still_contains_the_advice(object_key: str):
    with pytest.raises(UploadRejectedError) as rejected:
        parse_object_key(object_key, FEEDS)
    assert len(rejected.value.reason) < 500
    assert rejected.value.reason.endswith(".")
