"""Security group rules whose target is a prefix list, such as that of S3.

ministack neither stores nor returns the list. Without this module, the second plan of a stack fails: provider aws
5.100.0 rejects a rule without a target.
"""

from collections.abc import Iterator
from typing import Any

from ministack.services import ec2


def install() -> None:
    """Store `IpPermissions.N.PrefixListIds.M`, and return the list in DescribeSecurityGroupRules."""
    parse, describe = ec2._parse_ip_permissions, ec2._sg_rule_xml

    def parse_ip_permissions(params: dict, prefix: str) -> list[dict[str, Any]]:
        rules = parse(params, prefix)
        for number, rule in enumerate(rules, start=1):
            rule["PrefixListIds"] = list(_lists(params, f"{prefix}.{number}.PrefixListIds"))
        return rules

    def sg_rule_xml(sg_id: str, rule: dict, **kwargs: Any) -> str:
        shown = describe(sg_id, rule, **kwargs)
        for entry in rule.get("PrefixListIds", []):
            shown = shown.replace("</item>", f"<prefixListId>{entry['PrefixListId']}</prefixListId></item>")
        return shown

    ec2._parse_ip_permissions = parse_ip_permissions
    ec2._sg_rule_xml = sg_rule_xml


def _lists(params: dict, prefix: str) -> Iterator[dict[str, str]]:
    number = 1
    while name := ec2._p(params, f"{prefix}.{number}.PrefixListId"):
        description = ec2._p(params, f"{prefix}.{number}.Description")
        yield {"PrefixListId": name} | ({"Description": description} if description else {})
        number += 1
