"""CloudWatch alarms in the Query protocol, which Terraform uses.

ministack stores and returns only some fields of an alarm. Without this module, Terraform reads an alarm without a
statistic and plans a change. ministack also requires the right to `DescribeAlarms` on the resource `*`. AWS requires
this right only on the ARN of all alarms. So ministack would reject a policy that AWS accepts.
"""

import re
from html import escape
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import cloudwatch

SHOWN = re.compile(r"<member><AlarmName>([^<]*)</AlarmName>.*?</member>", re.DOTALL)
# These parameters describe the request and not the alarm. Tags are read with a separate request.
NOT_SHOWN = ("Action", "Version", "Tags", "AlarmName")
DEFAULTS = {"ActionsEnabled": "true", "TreatMissingData": "missing"}
STATE = ("AlarmName", "AlarmArn", "StateValue", "StateReason")

# A tree of names and numbers. `Dimensions.member.1.Name` is the path of a leaf.
Tree = dict[str, Any]


def install() -> None:
    """Store the parameters of PutMetricAlarm, return them in DescribeAlarms, and check IAM rights like AWS."""
    put, describe = cloudwatch._put_metric_alarm, cloudwatch._describe_alarms
    given: dict[str, Tree] = {}

    def put_metric_alarm(params: dict, cbor_data: dict, is_cbor: bool, is_json: bool = False) -> tuple:
        answer = put(params, cbor_data, is_cbor, is_json)
        alarm = cloudwatch._alarms.get(cloudwatch._p(params, "AlarmName"))
        if answer[0] == 200 and alarm is not None:
            given[alarm["AlarmArn"]] = _tree(params)
        return answer

    def describe_alarms(params: dict, cbor_data: dict, is_cbor: bool, is_json: bool = False) -> tuple:
        answer = describe(params, cbor_data, is_cbor, is_json)
        if is_cbor or is_json or answer[0] != 200:
            return answer
        return (*answer[:2], SHOWN.sub(shown, answer[2].decode()).encode())

    def shown(found: re.Match[str]) -> str:
        alarm = cloudwatch._alarms.get(found[1], {})
        tree = given.get(alarm.get("AlarmArn", ""))
        if tree is None:
            return found[0]
        return f"<member>{_xml(DEFAULTS | tree | {name: alarm[name] for name in STATE})}</member>"

    cloudwatch._put_metric_alarm = put_metric_alarm
    cloudwatch._describe_alarms = describe_alarms
    _check_rights_on_alarms()


def _check_rights_on_alarms() -> None:
    enforce = iam_evaluator.enforce

    def enforce_on_alarms(
        access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", **context: Any
    ) -> Any:
        if iam_action == "cloudwatch:DescribeAlarms" and resource_arn == "*":
            resource_arn = f"arn:aws:cloudwatch:{region}:{responses.get_account_id()}:alarm:*"
        return enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, **context)

    iam_evaluator.enforce = enforce_on_alarms


def _tree(params: dict) -> Tree:
    tree: Tree = {}
    for name in params:
        value = cloudwatch._p(params, name)
        first, *steps = name.split(".")
        if first in NOT_SHOWN or value == "":
            continue
        *parents, last = (first, *steps)
        node = tree
        for step in parents:
            node = node.setdefault(step, {})
        node[last] = value
    return tree


def _xml(tree: Tree) -> str:
    def shown(name: str, value: Any) -> str:
        if not isinstance(value, dict):
            return f"<{name}>{escape(str(value))}</{name}>"
        if "member" not in value:
            return f"<{name}>{_xml(value)}</{name}>"
        numbered = sorted(value["member"].items(), key=lambda item: int(item[0]))
        members = (_xml({"member": member}) for _, member in numbered)
        return f"<{name}>{''.join(members)}</{name}>"

    return "".join(shown(name, value) for name, value in tree.items())
