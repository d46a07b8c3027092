import json
from importlib import resources

import pytest

from centflow_glue.contract import TYPES, ContractError, load_contracts, parse_contract

TEXTS = {
    entry.name.removesuffix(".json"): entry.read_text("utf-8")
    for entry in sorted((resources.files("centflow_glue") / "contracts").iterdir(), key=lambda entry: entry.name)
}


def changed(feed: str, change) -> str:
    schema = json.loads(TEXTS[feed])
    change(schema)
    return json.dumps(schema)


def test_every_contract_is_loaded_under_the_name_of_its_feed():
    assert list(load_contracts()) == sorted(TEXTS)
    assert TEXTS.keys() >= {"budgets", "expenses", "incomes"}


@pytest.mark.parametrize("feed", TEXTS)
def test_a_contract_is_complete(feed: str):
    contract = parse_contract(TEXTS[feed])
    headers = [column.header for column in contract.columns]

    assert contract.feed == feed
    assert headers == [field["name"] for field in json.loads(TEXTS[feed])["fields"]]
    assert len(set(headers)) == len(headers)
    assert {*contract.natural_key, contract.period, contract.amount, contract.currency} <= set(headers)
    assert contract.transaction_id is None or contract.transaction_id in headers
    assert contract.column(contract.period).type in ("date", "yearmonth")
    assert contract.column(contract.amount).type == "decimal"
    assert all(column.type in TYPES for column in contract.columns)


@pytest.mark.parametrize("feed", TEXTS)
def test_the_natural_key_contains_the_period(feed: str):
    contract = parse_contract(TEXTS[feed])
    assert contract.period in contract.natural_key


@pytest.mark.parametrize("feed", TEXTS)
def test_no_column_of_a_natural_key_is_stored_as_null(feed: str):
    contract = parse_contract(TEXTS[feed])
    assert not [header for header in contract.natural_key if contract.column(header).nullable]


@pytest.mark.parametrize("feed", TEXTS)
def test_every_allowed_currency_has_minor_units(feed: str):
    contract = parse_contract(TEXTS[feed])
    assert contract.minor_units.keys() == set(contract.column(contract.currency).allowed or ())
    assert [contract.minor_units[code] for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    assert max(contract.minor_units.values()) <= (contract.column(contract.amount).scale or 0)


@pytest.mark.parametrize("feed", TEXTS)
def test_amounts_have_four_decimals_and_fifteen_integer_digits(feed: str):
    contract = parse_contract(TEXTS[feed])
    amount = contract.column(contract.amount)
    assert (amount.integer_digits, amount.scale) == (15, 4)


def test_a_change_of_any_byte_of_the_contract_changes_the_hash():
    text = TEXTS["expenses"]
    assert parse_contract(text).sha256 != parse_contract(text + "\n").sha256
    assert parse_contract(text).sha256 == parse_contract(text).sha256


def test_a_contract_with_an_unknown_column_type_is_rejected():
    def make_it_a_boolean(schema):
        schema["centflow"]["columns"][0]["type"] = "boolean"

    with pytest.raises(ContractError, match="Column 'date' has the unknown type 'boolean'"):
        parse_contract(changed("expenses", make_it_a_boolean))


@pytest.mark.parametrize("lost", ["table", "naturalKey", "transactionId", "period", "amount", "minorUnits", "columns"])
def test_an_incomplete_contract_is_rejected_with_the_command_to_run(lost: str):
    with pytest.raises(ContractError, match=rf"'{lost}'.*npm run generate"):
        parse_contract(changed("expenses", lambda schema: schema["centflow"].pop(lost)))


def test_a_contract_column_without_its_frictionless_field_is_rejected():
    with pytest.raises(ContractError, match="merchant"):
        parse_contract(changed("expenses", lambda schema: schema["fields"].pop(1)))


def test_a_contract_that_is_not_json_is_rejected():
    with pytest.raises(ContractError, match="cannot be read"):
        parse_contract("feeds:")
    with pytest.raises(ContractError, match="cannot be read"):
        parse_contract("[]")
