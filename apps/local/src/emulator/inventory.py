"""What accounts have in the emulator, whatever API would list it, and what their roots and roles did."""

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

PACKAGE = "ministack.services."

# By account, as IAM names them: `s3:PutObject`.
root_actions: dict[str, set[str]] = {}
# By account: role, action and resource of each call that was allowed.
role_calls: dict[str, set[tuple[str, str, str]]] = {}


def install(file: str) -> None:
    """On SIGUSR1, write into `file` what accounts have, what roots did since the last time, and all that roles did."""
    _record_root_actions()
    _record_role_calls()

    def write(_signal: int, _frame: FrameType | None) -> None:
        unfinished = Path(f"{file}.new")
        actions = {account: sorted(called) for account, called in root_actions.items()}
        root_actions.clear()
        calls = {account: sorted(called) for account, called in role_calls.items()}
        unfinished.write_text(json.dumps({"records": records(), "rootActions": actions, "roleCalls": calls}))
        os.replace(unfinished, file)

    signal.signal(signal.SIGUSR1, write)


def _record_root_actions() -> None:
    """Note each action that an account's root asks for: it stands for a role that may do less."""
    enforce = iam_evaluator.enforce

    def noting(access_key_id: str, iam_action: str, *args: Any, **kwargs: Any) -> Any:
        if iam_evaluator._is_root_key(access_key_id):
            root_actions.setdefault(access_key_id, set()).add(iam_action)
        return enforce(access_key_id, iam_action, *args, **kwargs)

    iam_evaluator.enforce = noting


def _record_role_calls() -> None:
    """Note each call that a role's policies allow."""
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
    """The keys of each store that is kept by account, in the services that were used."""
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
