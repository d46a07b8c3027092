"""Checks that rejection texts do not depend on Python's version or on its Unicode tables."""

import pyarrow as pa
import pytest

from centflow_glue.rejection import quoted, spelled_out
from centflow_glue.rows.quarantine import format_rows

WHITE_SPACE = [
    *(*range(0x9, 0xE), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)),
    *(0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "''"),
        ("a b", "'a b'"),
        ("it's", '"it\'s"'),
        ('say "it\'s"', "'say \"it\\'s\"'"),
        ("back\\slash", "'back\\\\slash'"),
        ("\t\n\r\0\x1b\x7f\x85\xa0\xad", r"'\t\n\r\x00\x1b\x7f\x85\xa0\xad'"),
        ("\u200b\u202e\u2028\ufeff\ue000\uffff", r"'\u200b\u202e\u2028\ufeff\ue000\uffff'"),
        ("\U0001d173\U000e0001\U0010ffff", r"'\U0001d173\U000e0001\U0010ffff'"),
        ("é☕😀e\u0301", "'é☕😀e\u0301'"),
        # Characters of Unicode 15, 15.1, 16 and 17, and an unassigned code point.
        ("\U0001fae8\u2ffc\u1c89\U0001faea\u0378", "'\U0001fae8\u2ffc\u1c89\U0001faea\u0378'"),
        ("x" * 40, f"'{'x' * 40}'"),
        ("x" * 41, f"'{'x' * 39}…'"),
    ],
)
def test_text_is_quoted_with_its_unseen_characters_escaped(text: str, shown: str):
    assert quoted(text, 40) == shown


def test_every_control_character_is_escaped():
    controls = [*range(0x20), *range(0x7F, 0xA0)]
    assert [code for code in controls if spelled_out(chr(code)) == chr(code)] == []


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (["a", "b c", ""], "a,b c,"),
        (["a,b", 'c"d', "e\rf", "g\nh", "i\r\nj"], '"a,b","c""d","e\rf","g\nh","i\r\nj"'),
        ([""], '""'),
        (["", ""], ","),
        ([" a ", "\t", "'", "\0", "#", "\\", "\u2028"], " a ,\t,',\0,#,\\,\u2028"),
        (["12.50", "-3", "NULL"], "12.50,-3,NULL"),
    ],
)
def test_a_row_is_written_as_in_rfc_4180_with_any_version_of_python(cells: list[str], text: str):
    assert format_rows([pa.array([cell]) for cell in cells]).to_pylist() == [text]


def test_only_cells_that_need_quotes_are_quoted():
    columns = [pa.array(["a", "b,", "c"]), pa.array(["", '"', "d"])]
    assert format_rows(columns).to_pylist() == ["a,", '"b,",""""', "c,d"]


def test_python_and_the_preview_strip_the_same_white_space():
    """Checks the characters that `str.strip` removes. packages/preview/src/job-text.ts has the same list."""
    assert [code for code in range(0x110000) if not chr(code).strip()] == WHITE_SPACE


def test_only_the_kelvin_sign_beyond_ascii_has_an_ascii_lower_case():
    """Checks `lower`, because the job compares headers and file extensions in lower case. Known ones are all ASCII."""
    lowered = {chr(code) for code in range(0x80, 0x110000) if chr(code).lower().isascii()}
    assert lowered == {"\u212a"}  # the kelvin sign
