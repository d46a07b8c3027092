"""The contracts of the feeds, as `packages/schema` renders them: Frictionless Table Schema, and ours beside it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

TYPES = ("date", "yearmonth", "decimal", "string")


class ContractError(Exception):
    """A committed contract cannot be read: the job and the schema package disagree."""


@dataclass(frozen=True)
class Column:
    """A column of the feed: how its header is called, what a cell may hold and where it is stored.

    Attributes:
        header: The header, lower case.
        name: The column of the table.
        type: One of `TYPES`.
        required_header: Whether the CSV must have the column.
        nullable: An empty cell is stored as NULL.
        empty_allowed: An empty cell is stored as the empty string.
        max_length: The most characters a string may have.
        integer_digits: The most digits before the decimal point.
        scale: The digits after the decimal point that the table keeps.
        minimum: The least number allowed, as decimal text.
        allowed: The values allowed, where they are a closed list.
    """

    header: str
    name: str
    type: str
    required_header: bool
    nullable: bool
    empty_allowed: bool
    max_length: int | None
    integer_digits: int | None
    scale: int | None
    minimum: str | None
    allowed: tuple[str, ...] | None


@dataclass(frozen=True)
class SummaryColumn:
    """What a summary adds rows up by.

    Attributes:
        name: The column of the summary's table.
        header: Where its values come from.
        part: `month`: the month of a date; None: the whole cell.
    """

    name: str
    header: str
    part: str | None


@dataclass(frozen=True)
class Summary:
    """A table of the feed's rows added up, upload by upload.

    Attributes:
        table: The table, which also has `upload_id`, `amount` and `transactions`.
        columns: What is added up by, in the order of its key.
    """

    table: str
    columns: tuple[SummaryColumn, ...]


@dataclass(frozen=True)
class Contract:
    """What the CSVs of one feed must look like, and where their rows go.

    Attributes:
        feed: The feed's name.
        table: The table the rows go to.
        columns: In the order of the header.
        natural_key: Headers whose values together say which transaction a row is.
        transaction_id: The header that says so by itself where a row fills it, or None.
        period: The header of the date (or month) a row belongs to.
        amount: The header of the amount.
        currency: The header of the amount's ISO 4217 code.
        minor_units: Decimals that each currency has, by ISO 4217.
        summaries: The feed's.
        sha256: Of the contract's text: an upload remembers which contract it was judged by.
    """

    feed: str
    table: str
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...]
    transaction_id: str | None
    period: str
    amount: str
    currency: str
    minor_units: Mapping[str, int]
    summaries: tuple[Summary, ...]
    sha256: str

    def column(self, header: str) -> Column:
        """The column with this header.

        Raises:
            KeyError: There is none.
        """
        for column in self.columns:
            if column.header == header:
                return column
        raise KeyError(header)


def read_contract(text: str) -> Contract:
    """Parse one contract.

    Raises:
        ContractError: It lacks something or uses a type that the job does not know.
    """
    try:
        schema: dict[str, Any] = json.loads(text)
        ours = schema["centflow"]
        constraints = {field["name"]: field.get("constraints", {}) for field in schema["fields"]}
        return Contract(
            feed=schema["name"],
            table=ours["table"],
            columns=tuple(_read_column(column, constraints[column["header"]]) for column in ours["columns"]),
            natural_key=tuple(ours["naturalKey"]),
            transaction_id=ours["transactionId"],
            period=ours["period"]["field"],
            amount=ours["amount"],
            currency=ours["currency"],
            minor_units=ours["minorUnits"],
            summaries=tuple(_read_summary(summary) for summary in ours["summaries"]),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContractError(
            f"A contract cannot be read ({error!r}): run `npm run generate` and build the job again."
        ) from error


def _read_column(column: dict[str, Any], constraints: dict[str, Any]) -> Column:
    if column["type"] not in TYPES:
        raise ContractError(f"Column {column['column']!r} has the unknown type {column['type']!r}.")
    decimal = column["type"] == "decimal"
    minimum = constraints.get("minimum")
    return Column(
        header=column["header"],
        name=column["column"],
        type=column["type"],
        required_header=column["requiredHeader"],
        nullable=column["nullable"],
        empty_allowed=column.get("emptyAllowed", False),
        max_length=column.get("maxLength"),
        integer_digits=column["precision"] - column["scale"] if decimal else None,
        scale=column["scale"] if decimal else None,
        minimum=None if minimum is None else str(minimum),
        allowed=tuple(constraints["enum"]) if "enum" in constraints else None,
    )


def _read_summary(summary: dict[str, Any]) -> Summary:
    columns = (SummaryColumn(column["column"], column["header"], column["part"]) for column in summary["columns"])
    return Summary(table=summary["table"], columns=tuple(columns))


@cache
def load_contracts() -> Mapping[str, Contract]:
    """Every contract in the package, by feed."""
    folder = resources.files("centflow_glue") / "contracts"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".json")]
    contracts = [read_contract(text) for text in texts]
    return {contract.feed: contract for contract in sorted(contracts, key=lambda contract: contract.feed)}
