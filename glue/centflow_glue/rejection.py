"""Describes why a whole upload is rejected.

An upload with several faults is rejected for the first fault in this order. The sizes of blocks and reads do not change
the result.

1. The object, in this order: not in a feed's folder, a name that does not end in .csv or .csv.gz, an invalid owner, too
   large.
2. The compression: the gzip file is cut off or damaged. To find such a fault, the file is expanded up to the size limit
   of the CSV.
3. The text of the CSV, from its first byte to its last:
   - the file belongs to another program or is empty, judged by its first 64 KiB,
   - a byte is not UTF-8,
   - the header does not fit the feed, judged at the end of the header's record,
   - a record does not fit into the largest block,
   - the CSV exceeds its size limit, which for a gzip file also depends on the size of the gzip file.
4. The text as a whole: first an unclosed quote, then too many bad rows.

A bad row is not a fault of the upload. It is quarantined for its first fault: a wrong number of cells, else the first
wrong column in the order of the contract.

packages/preview follows the same order. The agreement test of packages/preview compares the two implementations.
"""

import re

# Characters that are invisible or change how the text around them looks: control characters, spaces other than U+0020,
# format characters, surrogates, private use, and code points that never become characters. The list is fixed here,
# because Python's own list, which `repr` uses, grows with each version of Python.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


class UploadRejectedError(Exception):
    """The object is not an acceptable upload. The error text is for the person who uploaded the object.

    Attributes:
        code: A stable code for programs, such as `missing_header`.
        reason: The fault, its place, and advice. The reason may quote cells, so it must not be logged.
        row_no: The row number, if the fault is in a row.
        column: The column of the contract, if the fault is in a column.
    """

    def __init__(self, code: str, reason: str, row_no: int | None = None, column: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.row_no = row_no
        self.column = column


def quoted(text: str, length: int) -> str:
    """Returns up to `length` characters of a string in quotes, with unseen characters escaped."""
    shown = text if len(text) <= length else text[: length - 1] + "…"
    quote = '"' if "'" in shown and '"' not in shown else "'"
    return quote + spelled_out(shown.replace("\\", "\\\\").replace(quote, f"\\{quote}")) + quote


def spelled_out(text: str) -> str:
    """Returns a string with unseen characters escaped as in a Python literal."""
    return UNSEEN.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if character in NAMED:
        return NAMED[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
