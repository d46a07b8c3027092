"""The contracts of the feeds. `packages/schema` generates them: Frictionless Table Schema with our own additions."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

TYPES = ("date", "yearmonth", "decimal", "string")


class ContractError(Exception):
    """A contract cannot be read, because the job and the schema package do not match."""


@dataclass(frozen=True)
class Column:
    """A column of the feed: its header, the valid values and the column of the table.

    Attributes:
        header: The header, lower case.
        name: The column of the table.
        type: One of `TYPES`.
        required_header: Whether the CSV must have the column.
        nullable: Whether an empty cell is stored as NULL.
        empty_allowed: Whether an empty cell is stored as the empty string.
        max_length: The most characters of a string.
        integer_digits: The most digits before the decimal point.
        scale: How many digits after the decimal point the table stores.
        minimum: The lowest valid number, as decimal text.
        allowed: All valid values, if they are a closed list.
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
    """A column by which a summary groups rows.

    Attributes:
        name: The column of the summary's table.
        header: The header of the column with the values.
        part: `month` for the month of a date; None for the whole cell.
    """

    name: str
    header: str
    part: str | None


@dataclass(frozen=True)
class Summary:
    """A table with the sums of each upload's rows.

    Attributes:
        table: The table. It also has `upload_id`, `amount` and `transactions`.
        columns: The columns by which rows are grouped, in the order of the table's key.
    """

    table: str
    columns: tuple[SummaryColumn, ...]


@dataclass(frozen=True)
class Contract:
    """What the CSVs of one feed must look like, and where their rows are stored.

    Attributes:
        feed: The feed's name.
        table: The table of the rows.
        columns: The columns, in the order of the header.
        natural_key: Headers whose values together identify a transaction.
        transaction_id: The header whose value alone identifies a transaction if it is not empty; None without one.
        period: The header of the date or month to which a row belongs.
        amount: The header of the amount.
        currency: The header of the amount's ISO 4217 code.
        minor_units: Number of decimals of each currency, as in ISO 4217.
        summaries: The feed's summaries.
        sha256: Hash of the contract's text. Each upload records the contract that it was checked against.
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
        """Returns the column with this header.

        Raises:
            KeyError: The contract has no such column.
        """
        for column in self.columns:
            if column.header == header:
                return column
        raise KeyError(header)


def parse_contract(text: str) -> Contract:
    """Parses one contract.

    Raises:
        ContractError: The contract is incomplete or uses an unknown type.
    """
    try:
        schema: dict[str, Any] = json.loads(text)
        ours = schema["centflow"]
        constraints = {field["name"]: field.get("constraints", {}) for field in schema["fields"]}
        return Contract(
            feed=schema["name"],
            table=ours["table"],
            columns=tuple(_parse_column(column, constraints[column["header"]]) for column in ours["columns"]),
            natural_key=tuple(ours["naturalKey"]),
            transaction_id=ours["transactionId"],
            period=ours["period"]["field"],
            amount=ours["amount"],
            currency=ours["currency"],
            minor_units=ours["minorUnits"],
            summaries=tuple(_parse_summary(summary) for summary in ours["summaries"]),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContractError(
            f"A contract cannot be read ({error!r}): run `npm run generate` and build the job again."
        ) from error


def _parse_column(column: dict[str, Any], constraints: dict[str, Any]) -> Column:
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


def _parse_summary(summary: dict[str, Any]) -> Summary:
    columns = (SummaryColumn(column["column"], column["header"], column["part"]) for column in summary["columns"])
    return Summary(table=summary["table"], columns=tuple(columns))


@cache
def load_contracts() -> Mapping[str, Contract]:
    """Returns every contract in the package, by feed."""
    folder = resources.files("centflow_glue") / "contracts"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".json")]
    contracts = [parse_contract(text) for text in texts]
    return {contract.feed: contract for contract in sorted(contracts, key=lambda contract: contract.feed)}
