"""Checks that faulty uploads are rejected or partly loaded, each with a clear reason."""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from flow import Flow
from statements import BUDGET_HEADER, HEADER, csv_of, expense

from centflow_glue.limits import ReadLimits
from centflow_glue.rows import read

HEAD = ",".join(HEADER)
LINE = ",".join(expense())
# With these good rows, a test may add a few bad rows and the upload is still published.
GOOD = [expense(amount=f"{number}.00") for number in range(1, 5)]
LIMITS = ReadLimits(object_bytes=16 << 20, expanded_bytes=16 << 20)


@dataclass(frozen=True)
class Case:
    """An upload and its expected result.

    Attributes:
        name: A description of the upload, used in test ids.
        body: The bytes of the object.
        state: The final state of the upload.
        code: The code of the reason, if there is one.
        says: Strings that must occur in the reason. If the upload has no reason, they must occur in the notes. If it
            has no notes either, they must occur in the message of the first quarantined row.
        quarantined: Row number, column and code of each quarantined row.
        published: Number of rows that readers see.
        object_key: The key of the object.
    """

    name: str
    body: bytes
    state: str = "published"
    code: str | None = None
    says: Sequence[str] = ()
    quarantined: Sequence[tuple[int, str | None, str]] = ()
    published: int = 0
    object_key: str = "raw/expenses/a.csv"
    rows_read: int | None = field(default=None)


def good(name: str, body: bytes, published: int, object_key: str = "raw/expenses/a.csv", **more) -> Case:
    return Case(name, body, published=published, object_key=object_key, **more)


def rejected(name: str, body: bytes, code: str, *says: str, object_key: str = "raw/expenses/a.csv", **more) -> Case:
    return Case(name, body, "rejected", code, says, object_key=object_key, **more)


def one_bad_row(name: str, column: str | None, code: str, *says: str, **cells: str) -> Case:
    """Returns a case with four good rows and one bad row. The bad row has these cells."""
    body = csv_of(*GOOD, expense(**cells))
    return Case(name, body, says=says, quarantined=[(6, column, code)], published=4)


CASES = [
    # Cases of encodings and line ends.
    good("byte order mark", b"\xef\xbb\xbf" + csv_of(*GOOD), 4),
    good("CR line ends", csv_of(*GOOD, line_end="\r"), 4),
    good("LF line ends", csv_of(*GOOD, line_end="\n"), 4),
    good("CRLF line ends", csv_of(*GOOD, line_end="\r\n"), 4),
    good("no final newline", csv_of(*GOOD).removesuffix(b"\n"), 4),
    good("quoted newlines and quotes", csv_of(*GOOD, expense(description='a "b"\r\nc,d')), 5),
    rejected("UTF-16", csv_of(*GOOD).decode().encode("utf-16"), "not_utf8", "UTF-16", "CSV UTF-8"),
    rejected("UTF-16 without its mark", csv_of(*GOOD).decode().encode("utf-16-le"), "not_csv", "UTF-16", "CSV UTF-8"),
    rejected(
        "Latin-1 bytes",
        csv_of(*GOOD, expense(merchant="MERCHANT")).replace(b"MERCHANT", b"Caf\xe9"),
        *("not_utf8", "Row 6, column merchant", "0xE9", "Café if it is Latin-1", "CSV UTF-8"),
    ),
    rejected("Excel workbook", b"PK\x03\x04" + bytes(100), "not_csv", "Excel", "save the sheet as CSV"),
    rejected("binary", bytes(range(128)) * 20, "not_csv", "NUL bytes", "binary", "CSV UTF-8"),
    rejected("a photo", b"\xff\xd8\xff\xe0\x00\x10JFIF" * 20, "not_utf8", "CSV UTF-8"),
    # Cases of empty files and cells.
    good("header only", f"{HEAD}\n".encode(), 0, says=["The file has a header but no rows."]),
    rejected("empty file", b"", "empty_file", "The file is empty", "Upload it again with a header and rows"),
    rejected("only empty lines", b"\n\n,,,\n", "empty_file", "only empty lines"),
    good("blank and comma-only lines", f"\n{HEAD}\n\n{LINE}\n,,,,,,\n\n".encode(), 1, rows_read=1),
    # Cases of headers.
    good("reordered and upper-case headers", csv_of(GOOD[0][::-1], header=[name.upper() for name in HEADER[::-1]]), 1),
    good("unknown headers", csv_of([*GOOD[0], "1"], header=[*HEADER, "Saldo"]), 1, says=["Ignored columns: Saldo."]),
    rejected("missing headers", b"date,amount\n2025-01-15,1\n", "missing_header", "merchant", "date, amount"),
    rejected(
        "semicolons", csv_of(*GOOD).replace(b",", b";"), "missing_header", "semicolons", "Save the file with commas"
    ),
    rejected("duplicate header", f"DATE,{HEAD}\n".encode(), "duplicate_header", "date more than once"),
    rejected("too many columns", f"{HEAD}{',a' * 506}\n".encode(), "too_many_columns", "more than 512 columns"),
    good("as many columns as may be", f"{HEAD}{',a' * 505}\n{LINE}{',' * 505}\n".encode(), 1, says=["Ignored columns"]),
    rejected("another feed's file", csv_of(header=BUDGET_HEADER), "missing_header", "is missing date, merchant"),
    # Rows.
    Case(
        "ragged rows",
        f"{csv_of(*GOOD).decode()}a,b\n{LINE},x\n{LINE}\n".encode(),
        says=["has 2 cells, but the header has 7", "Check its commas"],
        quarantined=[(6, None, "ragged_row"), (7, None, "ragged_row")],
        published=5,
    ),
    rejected(
        "mostly bad rows",
        csv_of(*[expense(date="soon")] * 3, *GOOD[:2]),
        *("too_many_bad_rows", "3 of 5 rows", "too many to import", "row 2: date 'soon' is not a date"),
        quarantined=[(row, "date", "bad_date") for row in (2, 3, 4)],
        rows_read=5,
    ),
    Case(
        "half of the rows bad",
        csv_of(expense(date="soon"), GOOD[0]),
        quarantined=[(2, "date", "bad_date")],
        published=1,
    ),
    rejected(
        "a quote that is never closed",
        f'{HEAD}\n{LINE}\n2025-01-15,"Café,Coffee,card,1,EUR,\n{LINE}\n{LINE}\n'.encode(),
        *("open_quote", "Row 3 opens a quote that is never closed", "Close the quote"),
    ),
    one_bad_row("NUL", "merchant", "control_character", "U+0000", "remove it", merchant="Caf\0é"),
    one_bad_row(
        "a field of 10 MB",
        "description",
        "too_long",
        "10,485,760 characters, but at most 255",
        description="x" * (10 << 20),
    ),
    # Cases of compression and size.
    good("gzip", gzip.compress(csv_of(*GOOD)), 4, "raw/expenses/a.csv.gz"),
    rejected(
        "gzip bomb of NULs",
        gzip.compress(bytes(200 << 20)),
        *("not_csv", "NUL"),
        object_key="raw/expenses/a.csv.gz",
    ),
    rejected(
        "gzip that is larger out of all proportion",
        gzip.compress(csv_of(*[expense()] * 60_000)),
        *("expands_too_much", "more than 100 times its size", "Upload the uncompressed CSV"),
        object_key="raw/expenses/a.csv.gz",
    ),
    good("gzip of few repeated rows", gzip.compress(csv_of(*[expense()] * 15_000)), 15_000, "raw/expenses/a.csv.gz"),
    rejected("larger than allowed", b"x" * ((16 << 20) + 1), "too_large", "The file is 16 MiB large", "Split it"),
    rejected(
        "truncated gzip",
        gzip.compress(csv_of(*GOOD * 1000))[:-30],
        *("truncated_gzip", "cut off", "Upload it again"),
        object_key="raw/expenses/a.csv.gz",
    ),
    rejected(
        "a CSV that is named gzip", csv_of(*GOOD), "not_gzip", "Compress it again", object_key="raw/expenses/a.csv.gz"
    ),
    rejected("gzip that is named CSV", gzip.compress(csv_of(*GOOD)), "not_csv", "ends in .csv.gz"),
    rejected("zlib that is named gzip", zlib.compress(csv_of(*GOOD)), "not_gzip", object_key="raw/expenses/a.csv.gz"),
    # Keys.
    rejected(
        *("wrong extension", csv_of(*GOOD), "wrong_extension", "ends in .csv, or in .csv.gz"),
        object_key="raw/expenses/a.xlsx",
    ),
    rejected("no feed", csv_of(*GOOD), "unknown_feed", "raw/expenses/", object_key="raw/expences/a.csv"),
    rejected("no folder", csv_of(*GOOD), "unknown_feed", "raw/expenses/", object_key="raw/a.csv"),
    rejected("no owner", csv_of(*GOOD), "bad_owner", "owner=<name>", object_key="raw/expenses/owner=/a.csv"),
    rejected("long owner", csv_of(), "bad_owner", "64", object_key=f"raw/expenses/owner={'x' * 65}/a.csv"),
    rejected("a folder that holds bytes", csv_of(), "wrong_extension", object_key="raw/expenses/folder/"),
    *[
        good(f"the key {object_key}", csv_of(*GOOD), 4, object_key)
        for object_key in (
            "raw/expenses/owner=a+b c%20d=e&f/January 2025 (1)+%=☕😀.csv",
            "raw/expenses/a/b/owner=x/c.CSV",
            f"raw/expenses/owner={'☕' * 64}/a.csv",
            "raw/expenses/*?[ab]{c,d}.csv",
            "raw/expenses/_SUCCESS.csv",
            "raw/expenses/.hidden.csv",
            "raw/expenses/_temporary/0/a.csv",
            "raw/expenses/back\\slash'quote\".csv",
            "raw/expenses/" + "x" * 1000 + ".csv",
        )
    ],
    # Cases of numbers.
    one_bad_row("1.234,56", "amount", "bad_number", "use a point for decimals", amount="1.234,56"),
    one_bad_row("1 234,56", "amount", "bad_number", "use a point for decimals", amount="1 234,56"),
    one_bad_row("(12.00)", "amount", "bad_number", "with a minus sign, such as -12.00", amount="(12.00)"),
    one_bad_row("1e5", "amount", "bad_number", "instead of an exponent", amount="1e5"),
    one_bad_row("NaN", "amount", "bad_number", "with digits and a point", amount="NaN"),
    one_bad_row("Infinity", "amount", "bad_number", "with digits and a point", amount="Infinity"),
    one_bad_row("JPY 12.50", "amount", "too_many_decimals", "nothing is rounded", amount="12.50", currency="JPY"),
    one_bad_row("KWD 1.2345", "amount", "too_many_decimals", "nothing is rounded", amount="1.2345", currency="KWD"),
    one_bad_row("EUR 1.005", "amount", "too_many_decimals", "nothing is rounded", amount="1.005"),
    one_bad_row("a huge amount", "amount", "number_too_large", "15 digits before the point", amount="9" * 16),
    one_bad_row("a formula for an amount", "amount", "bad_number", "remove the sign or formula", amount="=1+1"),
    one_bad_row("no amount", "amount", "missing_value", "amount is empty", amount=""),
    one_bad_row("no currency of ISO 4217", "currency", "unknown_currency", "Did you mean EUR?", currency="euro"),
    good(
        "JPY 12.00 and KWD 1.234",
        csv_of(expense(amount="12.00", currency="JPY"), expense(amount="1.234", currency="KWD")),
        2,
    ),
    good("negative and huge amounts", csv_of(expense(amount="-5"), expense(amount="999999999999999.99")), 2),
    # Dates.
    good("29 February of a leap year", csv_of(expense(date="2024-02-29")), 1),
    one_bad_row("29 February", "date", "bad_date", "does not exist", date="2025-02-29"),
    one_bad_row("30 February", "date", "bad_date", "does not exist", date="2025-02-30"),
    one_bad_row("an ambiguous date", "date", "bad_date", "ambiguous", "write it as YYYY-MM-DD", date="03/04/2025"),
    one_bad_row("a date before MySQL's first", "date", "bad_date", "does not exist", date="0999-01-01"),
    # Text.
    good(
        "formula cells",
        csv_of(
            expense(description='=HYPERLINK("http://x","y")'),
            expense(merchant="+1"),
            expense(account="@a"),
            expense(category="-x"),
        ),
        4,
    ),
    good(
        "text that MySQL may take for something else",
        csv_of(expense(description="NULL"), expense(description="\\N"), expense(merchant="\\")),
        3,
    ),
    one_bad_row(
        "a merchant too long", "merchant", "too_long", "129 characters, but at most 128 are allowed", merchant="m" * 129
    ),
    one_bad_row("an empty merchant", "merchant", "missing_value", "every row needs a value", merchant=""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:60])
def test_an_upload_is_published_or_rejected_with_a_clear_reason(flow: Flow, reconciler, case: Case):
    flow.bucket.put(case.object_key, case.body)
    outcome = reconciler(limits=LIMITS).reconcile_key(case.object_key, None)

    upload = flow.upload(case.object_key)
    quarantined = flow.quarantined(case.object_key)
    texts = [upload["reason"], upload["notes"], *[row["message"] for row in quarantined[:1]]]
    said = next((text for text in texts if text), "")
    assert (upload["state"], upload["reason_code"]) == (case.state, case.code)
    assert outcome.result == case.state
    assert outcome.message == (upload["reason"] or "")
    assert not [fragment for fragment in case.says if fragment not in said], said
    assert "Traceback" not in said
    assert [(row["row_no"], row["column_name"], row["code"]) for row in quarantined] == list(case.quarantined)
    assert len(flow.transactions()) == case.published
    assert upload["rows_published"] == case.published

    rows_read = case.published + len(case.quarantined) if case.rows_read is None else case.rows_read
    assert upload["rows_read"] == rows_read
    assert upload["rows_quarantined"] == (rows_read if case.state == "rejected" else len(case.quarantined))
    assert flow.stored_rows() == case.published
    assert upload["rows_stored"] == (case.state == "published")
    assert flow.unsettled() == []


@pytest.mark.parametrize("object_key", ["raw/", "raw/expenses/", "raw/expenses/owner=ana/", "raw/new folder/"])
def test_a_folder_placeholder_is_not_recorded_as_an_upload(flow: Flow, object_key: str):
    assert flow.put(object_key, b"").result == "unchanged"
    assert flow.uploads() == []
    assert flow.unsettled() == []


def test_a_gzip_bomb_is_rejected_once_it_exceeds_the_limit(flow: Flow, reconciler):
    bomb = gzip.compress(csv_of(*[expense(amount=str(number)) for number in range(60_000)]))
    flow.bucket.put("raw/expenses/a.csv.gz", bomb)
    assert len(bomb) < 200_000
    outcome = reconciler(limits=ReadLimits(expanded_bytes=2 << 20)).reconcile_key("raw/expenses/a.csv.gz", None)
    assert outcome.result == "rejected"
    assert outcome.message == "The CSV is larger than 2 MiB. Split it into several files."
    assert flow.upload("raw/expenses/a.csv.gz")["reason_code"] == "too_large"
    assert flow.stored_rows() == 0


def test_a_row_longer_than_the_large_block_is_rejected(flow: Flow, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(read, "LARGE_BLOCK_BYTES", 5 << 20)
    outcome = flow.put("raw/expenses/a.csv", csv_of(*GOOD, expense(description="x" * (11 << 20))))
    assert outcome.result == "rejected"
    assert outcome.message == "A row is longer than 5 MiB. Close an open quote, or export the file as CSV again."
    assert flow.upload("raw/expenses/a.csv")["reason_code"] == "record_too_long"
    assert flow.stored_rows() == 0


def test_the_first_thousand_bad_rows_of_a_rejected_upload_are_stored(flow: Flow):
    flow.put("raw/expenses/a.csv", csv_of(*[expense(date="soon", amount="1")] * 1500, *GOOD))
    upload = flow.upload("raw/expenses/a.csv")
    assert (upload["state"], upload["rows_read"], upload["rows_quarantined"]) == ("rejected", 1504, 1504)
    assert upload["amount_read"] == upload["amount_quarantined"] == 1510
    assert [row["row_no"] for row in flow.quarantined("raw/expenses/a.csv")] == list(range(2, 1002))


def test_a_long_raw_text_and_a_long_message_of_a_bad_row_are_shortened(flow: Flow):
    flow.put("raw/expenses/a.csv", csv_of(*GOOD, expense(description="☕" * 5000, amount="x" * 4000)))
    (row,) = flow.quarantined("raw/expenses/a.csv")
    assert len(row["raw_text"]) == 4096
    assert len(row["message"]) <= 500
    assert flow.upload("raw/expenses/a.csv")["state"] == "published"


def test_the_raw_text_of_a_bad_row_is_stored_unchanged(flow: Flow):
    text = "NULL \\N \\ \"quoted\", 'single'\r\nline\ttab % \0 ☕😀"
    flow.put("raw/expenses/a.csv", csv_of(*GOOD, expense(description=text), ["NULL"]))
    control, ragged = flow.quarantined("raw/expenses/a.csv")
    assert control["raw_text"] == csv_of(expense(description=text)).decode().split("\n", 1)[1].removesuffix("\n")
    assert ragged["raw_text"] == "NULL"
