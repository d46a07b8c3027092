"""Records the resources of all emulated accounts, and the API calls of their roots and roles."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Any
from xml.etree import ElementTree

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
from ministack.services import ec2
from ministack.services.tagging import resource_tags

PACKAGE = "ministack.services."
# Longer parameters, such as code and policies, are not recorded. Names and ARNs are shorter.
LONGEST_PARAMETER = 512
# Headers that change the effect of a request.
HEADERS = ("if-none-match", "x-amz-tagging")

# For each account, the calls of its root user since the last write.
root_calls: dict[str, set[str]] = {}
# For each account, the role, action and resource of each allowed call.
role_calls: dict[str, set[tuple[str, str, str]]] = {}


def install(file: str) -> None:
    """On SIGUSR1, write the resources, the root calls since the last write, and all role calls into `file`."""
    _record_root_calls()
    _record_role_calls()

    def write(_signal: int, _frame: FrameType | None) -> None:
        unfinished = Path(f"{file}.new")
        asked = {account: [json.loads(call) for call in sorted(calls)] for account, calls in root_calls.items()}
        root_calls.clear()
        made = {account: sorted(calls) for account, calls in role_calls.items()}
        unfinished.write_text(json.dumps({"records": records(), "rootCalls": asked, "roleCalls": made}))
        os.replace(unfinished, file)

    signal.signal(signal.SIGUSR1, write)


def _record_root_calls() -> None:
    """Record each root call with its parameters. In a rehearsal, root is used instead of a role with fewer rights."""
    name_action, check, enforce = (
        iam_actions.extract_iam_action,
        iam_evaluator.check_credentials,
        iam_evaluator.enforce,
    )
    asked: ContextVar[dict[str, str]] = ContextVar("asked")

    def naming(
        service: str, method: str, path: str, headers: Any, body: bytes, parameters: dict[str, Any]
    ) -> str | None:
        selected = {f"header.{name}": headers[name] for name in HEADERS if name in headers}
        asked.set({"method": method, "path": path, **selected, **_parameters(body, parameters)})
        return name_action(service, method, path, headers, body, parameters)

    def checking(access_key_id: str, service: str | None = None) -> Any:
        # For some requests, the emulator knows only the caller and not the action.
        _note(access_key_id, f"{service}:", "*", asked.get({}))
        return check(access_key_id, service)

    def enforcing(access_key_id: str, iam_action: str, *where: Any, **about: Any) -> Any:
        _note(access_key_id, iam_action, about.get("resource_arn", "*"), asked.get({}))
        return enforce(access_key_id, iam_action, *where, **about)

    iam_actions.extract_iam_action = naming
    iam_evaluator.check_credentials = checking
    iam_evaluator.enforce = enforcing


def _note(access_key_id: str, action: str, arn: str, parameters: dict[str, str]) -> None:
    if not iam_evaluator._is_root_key(access_key_id):
        return
    tags = {**_tags_in_ec2(parameters), arn: resource_tags(arn)}
    call = {"action": action, "resource": arn, "parameters": parameters, "tags": tags}
    root_calls.setdefault(access_key_id, set()).add(json.dumps(call, sort_keys=True))


def _parameters(body: bytes, query: dict[str, Any]) -> dict[str, str]:
    """Return the short strings of a request by their path, such as `DatabaseInput.Name` or `SubnetIds.1`."""
    try:
        fields = _elements(ElementTree.fromstring(body)) if body.startswith(b"<") else json.loads(body)
    except (ValueError, ElementTree.ParseError):
        fields = {}
    found = {name: value[0] if isinstance(value, list) and value else value for name, value in query.items()}
    return {name: text for name, text in [*_texts(found), *_texts(fields)] if len(text) <= LONGEST_PARAMETER}


def _elements(element: ElementTree.Element) -> Any:
    """Convert an XML element to JSON: a string, an object, or a list if several children have the same name."""
    children = [(child.tag.rpartition("}")[2], _elements(child)) for child in element]
    if not children:
        return element.text or ""
    by_name = dict(children)
    return by_name if len(by_name) == len(children) else [child for _, child in children]


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, member in members:
            yield from _texts(member, f"{name}.{key}".removeprefix("."))


def _tags_in_ec2(parameters: dict[str, str]) -> dict[str, dict[str, str] | None]:
    """Return the tags of each EC2 resource whose id is in a request."""
    named = [value for value in parameters.values() if value in ec2._tags]
    return {name: {tag["Key"]: tag["Value"] for tag in ec2._tags[name]} for name in named}


def _record_role_calls() -> None:
    """Record each call that a role's policies allow."""
    evaluate = iam_evaluator.evaluate

    def noting(ctx: Any, policies: Any, *limits: Any) -> Any:
        result = evaluate(ctx, policies, *limits)
        _, is_role, session = ctx.principal_arn.partition(":assumed-role/")
        if is_role and result.decision == "Allow":
            call = (session.split("/")[0], ctx.action, ctx.resource_arn)
            role_calls.setdefault(ctx.principal_account, set()).add(call)
        return result

    iam_evaluator.evaluate = noting


def records() -> dict[str, dict[str, list[str]]]:
    """For each account, return the keys in the stores of all services that were used."""
    found: dict[str, dict[str, list[str]]] = {}
    for module_name, module in list(sys.modules.items()):
        if not module_name.startswith(PACKAGE):
            continue
        for name, store in vars(module).items():
            if not isinstance(store, AccountScopedDict | AccountRegionScopedDict):
                continue
            label = f"{module_name.removeprefix(PACKAGE)}.{name}"
            for account, *key in list(store._data):
                found.setdefault(account, {}).setdefault(label, []).append("/".join(map(str, key)))
    return found
