"""Limits for the size of an upload, and for the summaries that are worth storing."""

from dataclasses import dataclass, replace

MIB = 1 << 20
# Bank statements in gzip expand 5 to 30 times, repeated text up to 1,030 times. A gzip file may expand up to 1 MiB even
# if it is small.
MOST_EXPANSION = 100
SMALL_GZIP_BYTES = MIB


@dataclass(frozen=True)
class ReadLimits:
    """The size limits of an upload.

    Attributes:
        object_bytes: The maximum size of a stored object, in bytes.
        expanded_bytes: The maximum size of a CSV after decompression, in bytes.
        gzip_bytes: The maximum size of the CSV that a gzip file of this size may contain, in bytes; None for other
            objects.
    """

    object_bytes: int = 2 << 30
    expanded_bytes: int = 4 << 30
    gzip_bytes: int | None = None

    def for_gzip(self, stored_bytes: int) -> "ReadLimits":
        """Returns the limits for a gzip file of this size, including how far the file may expand."""
        return replace(self, gzip_bytes=max(SMALL_GZIP_BYTES, MOST_EXPANSION * stored_bytes))

    @property
    def csv_bytes(self) -> int:
        """The maximum size of the CSV after decompression, in bytes."""
        return self.expanded_bytes if self.gzip_bytes is None else min(self.expanded_bytes, self.gzip_bytes)


@dataclass(frozen=True)
class SummaryLimits:
    """The limits that decide which summaries are stored and how much memory they may use.

    Attributes:
        least_rows: An upload with fewer good rows has no summaries, because reading its rows is just as fast.
        rows_per_group: The minimum average number of rows per group. A summary with smaller groups is dropped.
        bytes: The maximum memory for the groups of one summary while an upload is loaded.
        rows_at_once: How many rows are collected before they are added to the groups.
    """

    least_rows: int = 1000
    rows_per_group: int = 4
    bytes: int = 32 * MIB
    rows_at_once: int = 1 << 16

    def is_usable(self, rows: int, groups: int) -> bool:
        """Returns whether a summary is worth storing, given the number of good rows and the number of groups."""
        return rows >= self.least_rows and groups * self.rows_per_group <= rows


SUMMARY_LIMITS = SummaryLimits()
