"""What became of the rows of one upload."""

from dataclasses import dataclass, field
from decimal import Decimal

REMARKS_MAX = 1000


@dataclass
class Tally:
    """What became of an upload's rows.

    Attributes:
        good: Rows that keep the contract.
        quarantined: Rows that do not.
        amount_good: Sum of the amounts of the good rows.
        amount_quarantined: Sum of the amounts of quarantined rows, where the amount itself can be read.
        first_date: The earliest date among the good rows, ISO 8601.
        last_date: The latest.
        has_transaction_ids: Whether a good row has a transaction id.
        summaries: Which summaries there are of the good rows, and whether each is kept.
        notes: What the uploader may want to know, such as ignored columns.
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
    def remarks(self) -> str | None:
        """The notes as `uploads.notes` holds them; None where there are none."""
        return " ".join(self.notes)[:REMARKS_MAX] or None

    @property
    def read(self) -> int:
        """All rows, good or not."""
        return self.good + self.quarantined
