"""Descriptions of errors that are safe to log.

The text of an error may quote cells. A rejection quotes the wrong cell, and MySQL, pyarrow and Python quote values that
they refuse. Cells are personal data and belong in the database only. The job therefore logs an error's type, code and
place, and never its text. Object keys are logged only in the form that `quote_key` returns.
"""

import errno
import traceback
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import ClientError
from pymysql.err import MySQLError

from centflow_glue.rejection import UploadRejectedError, quoted

PACKAGE = Path(__file__).parent
# The maximum length of an S3 object key, in bytes.
KEY_LENGTH = 1024


def describe_error(error: BaseException) -> str:
    """Returns the types, places and codes of an error and its causes, never their texts.

    Example: `LoadFailedError (reconcile.py:18) from DataError 1406`.
    """
    return " from ".join(f"{type(part).__name__}{_code(part)}{_place(part)}" for part in _chain(error))


def describe_rejection(error: UploadRejectedError) -> str:
    """Returns a rejection's code, and its row and column if it has them."""
    row = "" if error.row_no is None else f" row {error.row_no}"
    column = "" if error.column is None else f" column {error.column}"
    return f"[{error.code}]{row}{column}"


def quote_key(object_key: str) -> str:
    """Returns an object key in quotes, with invisible characters escaped.

    The uploader chooses the key. Without escapes, a line feed in the key could forge a line of the log.
    """
    return quoted(object_key, KEY_LENGTH)


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _code(error: BaseException) -> str:
    match error:
        case MySQLError() if error.args and isinstance(error.args[0], int):
            return f" {error.args[0]}"
        case ClientError():
            return f" {error.operation_name} {error.response['Error']['Code']}"
        case OSError() if error.errno:
            return f" {errno.errorcode.get(error.errno, error.errno)}"
        case UploadRejectedError():
            return f" {describe_rejection(error)}"
    return ""


def _place(error: BaseException) -> str:
    """Returns the place in the job's code that is innermost in the error's traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(PACKAGE):
            return f" ({file.relative_to(PACKAGE).as_posix()}:{frame.lineno})"
    return ""
