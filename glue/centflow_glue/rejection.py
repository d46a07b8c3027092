"""Why an upload cannot be accepted at all.

An upload with several faults is rejected for the first of them in this order, however its bytes arrive:

1. The object, in this order: no feed's folder, no CSV's name, no usable owner, an object that is too large.
2. The compression: a gzip file that is cut off or damaged. It is expanded up to the limit of the CSV's size.
3. The text of the CSV, from its first byte to its last:
   - another program's file or an empty one, known by its first 64 KiB,
   - a byte that is not UTF-8,
   - a header that does not fit the feed, known at the end of its record,
   - a record that does not fit into the largest block,
   - the first byte beyond the limit of the CSV's size, which for a gzip file also depends on its own size.
4. The text as a whole: a quote that is never closed, then too many bad rows.

A bad row is not a fault of the upload. It is quarantined for its first fault: a wrong number of cells, then the first
wrong column in the order of the contract.

packages/preview follows the same order; its agreement test compares the two.
"""

import re

# Characters that nobody sees or that change how the text around them looks: controls, spaces other than U+0020, format
# characters, surrogates, private use, and code points that never become characters. The table is fixed here because the
# table behind Python's `repr` grows with each version of Python.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


class UploadRejectedError(Exception):
    """The object is no acceptable upload; the text is for the person who uploaded it.

    Attributes:
        code: A stable word for programs, such as `missing_header`.
        reason: What is wrong, where, and what to do. It may quote cells, so it belongs into no log.
        row_no: The row number, if the fault has one.
        column: The column of the contract, if the fault is in one.
    """

    def __init__(self, code: str, reason: str, row_no: int | None = None, column: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.row_no = row_no
        self.column = column


def quoted(text: str, length: int) -> str:
    """Text as a reason quotes it: in quotes, unseen characters spelled out, at most `length` characters of it."""
    shown = text if len(text) <= length else text[: length - 1] + "…"
    mark = '"' if "'" in shown and '"' not in shown else "'"
    return mark + spelled_out(shown.replace("\\", "\\\\").replace(mark, f"\\{mark}")) + mark


def spelled_out(text: str) -> str:
    """Text with its unseen characters as Python writes them in a string."""
    return UNSEEN.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if character in NAMED:
        return NAMED[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
