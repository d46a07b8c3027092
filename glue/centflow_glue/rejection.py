"""Why an upload cannot be accepted at all."""


class UploadRejectedError(Exception):
    """The object is no acceptable upload; the text is for the person who uploaded it.

    Attributes:
        code: A stable word for programs, such as `missing_header`.
        reason: What is wrong, where, and what to do.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def quoted(text: str, length: int) -> str:
    """Text as a reason quotes it: in quotes, control characters spelled out, at most `length` characters of it."""
    return repr(text if len(text) <= length else text[: length - 1] + "…")
