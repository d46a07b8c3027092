"""How large an upload may be, and which summaries of it are kept."""

from dataclasses import dataclass, replace

MIB = 1 << 20
# Statements in gzip expand 5 to 30 times, and repeated text up to 1,030 times. A small CSV may repeat as it likes.
MOST_EXPANSION = 100
SMALL_GZIP_BYTES = MIB


@dataclass(frozen=True)
class ReadLimits:
    """How large an upload may be.

    Attributes:
        object_bytes: Of the object as it is stored.
        expanded_bytes: Of the CSV after decompression.
        gzip_bytes: Of the CSV in a gzip file of one size; None for other objects.
    """

    object_bytes: int = 2 << 30
    expanded_bytes: int = 4 << 30
    gzip_bytes: int | None = None

    def of_gzip(self, stored_bytes: int) -> "ReadLimits":
        """Return the limits of a gzip file of this size, whose CSV may not be larger out of all proportion."""
        return replace(self, gzip_bytes=max(SMALL_GZIP_BYTES, MOST_EXPANSION * stored_bytes))

    @property
    def csv_bytes(self) -> int:
        """The most bytes that the CSV may have."""
        return self.expanded_bytes if self.gzip_bytes is None else min(self.expanded_bytes, self.gzip_bytes)


@dataclass(frozen=True)
class SummaryLimits:
    """Which summaries are worth their while, and the memory that they may take.

    Attributes:
        least_rows: An upload of fewer good rows has none: its rows are read as quickly.
        rows_per_group: A summary has at most one group for so many rows; with more groups the rows are read instead.
        bytes: The most that the groups of one summary may take while an upload is loaded.
        rows_at_once: Rows gathered before they are added up.
    """

    least_rows: int = 1000
    rows_per_group: int = 4
    bytes: int = 32 * MIB
    rows_at_once: int = 1 << 16

    def is_usable(self, rows: int, groups: int) -> bool:
        """Whether a summary with so many groups is kept for an upload of so many good rows."""
        return rows >= self.least_rows and groups * self.rows_per_group <= rows


SUMMARY_LIMITS = SummaryLimits()
