"""What a log may say of an error.

The text of an error may quote cells: a reason shows the cell that is wrong, and MySQL, pyarrow and Python quote what
they cannot take. People's cells stay in the database, so a log names the error, its code and its place, and never its
text. Object keys are logged, but only as `shown_key` quotes them.
"""

import errno
import traceback
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import ClientError
from pymysql.err import MySQLError

from centflow_glue.rejection import UploadRejectedError, quoted

PACKAGE = Path(__file__).parent
# The longest object key of S3, in bytes.
KEY_LENGTH = 1024


def describe_error(error: BaseException) -> str:
    """Return an error and its causes without their texts: `LoadFailedError (reconcile.py:18) from DataError 1406`."""
    return " from ".join(f"{type(part).__name__}{_code(part)}{_place(part)}" for part in _chain(error))


def describe_rejection(error: UploadRejectedError) -> str:
    """Return a rejection's code, and its row and column if it has them."""
    row = "" if error.row_no is None else f" row {error.row_no}"
    column = "" if error.column is None else f" column {error.column}"
    return f"[{error.code}]{row}{column}"


def shown_key(object_key: str) -> str:
    """Return an object key as a log quotes it.

    Whoever uploads an object chooses its key. A line feed or an escape sequence in it would otherwise let the key write
    lines of the log.
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
    """Return the innermost line of the job that the error passed."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(PACKAGE):
            return f" ({file.relative_to(PACKAGE).as_posix()}:{frame.lineno})"
    return ""
