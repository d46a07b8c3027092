"""The counts and sums of one upload's rows."""

from dataclasses import dataclass, field
from decimal import Decimal

NOTES_MAX = 1000


@dataclass
class Tally:
    """The counts and sums of an upload's good and quarantined rows.

    Attributes:
        good: Number of rows that satisfy the contract.
        quarantined: Number of rows that break the contract.
        amount_good: Sum of the amounts of the good rows.
        amount_quarantined: Sum of the amounts of the quarantined rows, if the amount cells can be read.
        first_date: The earliest date among the good rows, ISO 8601.
        last_date: The latest date among the good rows, ISO 8601.
        has_transaction_ids: Whether a good row has a transaction id.
        summaries: Maps the table of each summary to whether the summary is usable.
        notes: What the uploader may need to know, such as ignored columns.
    """

    good: int = 0
    quarantined: int = 0
    amount_good: Decimal = Decimal(0)
    amount_quarantined: Decimal = Decimal(0)
    first_date: str | None = None
    last_date: str | None = None
    has_transaction_ids: bool = False
    summaries: dict[str, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def notes_text(self) -> str | None:
        """The value of `uploads.notes`; None without notes."""
        return " ".join(self.notes)[:NOTES_MAX] or None

    @property
    def read(self) -> int:
        """Number of all rows, good or not."""
        return self.good + self.quarantined


@dataclass(frozen=True)
class LoadedUpload:
    """An upload whose rows are stored but not visible yet.

    Attributes:
        upload_id: The upload's id.
        tally: The counts and sums of its rows.
    """

    upload_id: int
    tally: Tally
