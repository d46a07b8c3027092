"""The version of ministack that the launcher needs, and the signatures of the private functions that it uses.

As a script, this file checks the installed ministack and prints the differences.
"""

import importlib.metadata
import importlib.util
import inspect
import sys

from ministack import app
from ministack.core import iam_actions, iam_evaluator, persistence, responses, router, sigv4
from ministack.services import (
    apigateway,
    cloudwatch,
    cognito,
    ec2,
    eventbridge,
    glue,
    rds,
    s3,
    secretsmanager,
    sqs,
    sts,
)

VERSION = "1.5.33"

SIGNATURES = {
    (apigateway, "_fetch_jwks"): "(url)",
    (cognito, "_create_user_pool_client"): "(data)",
    (cognito, "_update_user_pool_client"): "(data)",
    (cognito, "well_known_jwks"): "(pool_id)",
    (cloudwatch, "_put_metric_alarm"): "(params, cbor_data, is_cbor, is_json=False)",
    (cloudwatch, "_describe_alarms"): "(params, cbor_data, is_cbor, is_json=False)",
    (cloudwatch, "_p"): "(params, key, default='')",
    (glue, "_get_docker"): "()",
    (glue, "_execute_spark_docker"): "(run, job, job_name, args, script_path, docker_client)",
    (glue, "_start_job_run"): "(data)",
    (glue, "_create_job"): "(data)",
    (glue, "_update_job"): "(data)",
    (eventbridge, "_put_events"): "(data, allow_aws_source=False)",
    (s3, "_deliver_event_to_sqs"): "(arn, event_payload, bucket_region, bucket_name='')",
    (sqs, "_receive_messages_for_esm"): "(queue_url, max_number)",
    (sqs, "load_persisted_state"): "(data)",
    (sqs, "_queue_url_for_account"): "(account_id, name)",
    (sqs, "_rebuild_queue_name_index"): "()",
    (sqs, "_get_q"): "(url, action=None)",
    (sqs, "_expire_retained"): "(q)",
    (sqs, "_dlq_sweep"): "(q)",
    (sqs, "_collect_msgs"): "(q, max_n, vis_timeout)",
    (s3, "_create_bucket"): "(name, body, headers=None, endpoint_region=None)",
    (s3, "_put_bucket_versioning"): "(name, body)",
    (s3, "_put_bucket_notification"): "(name, body, headers=None)",
    (s3, "get_state"): "()",
    (persistence, "save_state"): "(service, data)",
    (s3, "_list_object_versions"): "(bucket_name, query_params)",
    (s3, "_qp"): "(params, key, default='')",
    (s3, "_url_encode"): "(value)",
    (ec2, "_parse_ip_permissions"): "(params, prefix)",
    (ec2, "_sg_rule_xml"): "(sg_id, rule, is_egress=False)",
    (ec2, "_p"): "(params, key, default='')",
    (rds, "_create_db_instance"): "(p)",
    (rds, "_delete_db_instance"): "(p)",
    (rds, "_instance_xml"): "(i)",
    (rds, "_single_instance_response"): "(root_tag, result_tag, instance)",
    (rds, "_mysql_parameter_value"): "(value)",
    (secretsmanager, "create_secret_in_process"): "(name, secret_string, description='')",
    (secretsmanager, "delete_secret_in_process"): "(secret_id)",
    (sts, "register_session"): "(access_key, session)",
    (responses, "get_account_id"): "()",
    (app, "app"): "(scope, receive, send)",
    (router, "detect_service"): "(method, path, headers, query_params)",
    (sigv4, "parse_header_signature"): "(headers)",
    (sigv4, "parse_query_signature"): "(query_params)",
    (sigv4, "header_signing_documents"): (
        "(signature, method, raw_path, query_params, headers, body, presigned=False)"
    ),
    (sigv4, "calculate_signature"): "(secret, date_stamp, region, service, string_to_sign)",
    (sigv4, "signatures_match"): "(computed, provided)",
    (sigv4, "decode_header_value"): "(value)",
    (iam_actions, "extract_resource_arn"): "(service, method, path, headers, body, query_params, region, account_id)",
    (iam_evaluator, "enforce"): "(access_key_id, iam_action, service, region, resource_arn='*', service_context=None)",
    (iam_evaluator, "_is_root_key"): "(access_key_id)",
    (iam_evaluator, "evaluate"): "(ctx, policies, limits)",
}

NAMES = {
    (cloudwatch, "_alarms"),
    (cognito, "_user_pools"),
    (glue, "_job_runs"),
    (glue, "_jobs"),
    (sqs, "_queues"),
    (sqs, "_queues_lock"),
    (sqs, "_queue_name_to_url"),
    (app, "_state_map"),
    (rds, "_ACTION_MAP"),
    (rds, "_instances"),
    (rds, "_param_groups"),
}


class ContractError(RuntimeError):
    """Raised if the installed ministack differs from the version that the launcher supports."""


def _signature(function: object) -> str:
    parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    shown = (p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters)
    return f"({', '.join(shown)})"


def differences() -> list[str]:
    """Return the differences between the installed ministack and the expected one."""
    found = []
    version = importlib.metadata.version("ministack")
    if version != VERSION:
        found.append(f"ministack is {version}, not {VERSION}")
    for (module, name), expected in SIGNATURES.items():
        function = getattr(module, name, None)
        actual = _signature(function) if callable(function) else "missing"
        if actual != expected:
            found.append(f"{module.__name__}.{name} is {actual}, not {expected}")
    found += [f"{module.__name__}.{name} is missing" for module, name in NAMES if not hasattr(module, name)]
    # Without this package, every token of a user pool would be rejected without a reason.
    if importlib.util.find_spec("cryptography") is None:
        found.append("cryptography is missing")
    return found


def check() -> None:
    """Raise unless the installed ministack is the expected one."""
    found = differences()
    if found:
        raise ContractError(
            "this launcher does not support the installed AWS emulator: "
            + "; ".join(found)
            + ". Pin that ministack in this folder's pyproject.toml, or adapt the launcher to the new version"
        )


if __name__ == "__main__":
    try:
        check()
    except ContractError as error:
        sys.exit(str(error))
