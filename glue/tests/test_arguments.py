import re

import pytest

from centflow_glue.arguments import MetricsDestination, parse_arguments
from centflow_glue.database import DatabaseAddress
from centflow_glue.limits import ReadLimits

SWEEP = ["--keys-from", "sweep", "--bucket", "b", "--database-secret", "s"]
# "AWS Glue uses the following arguments internally and you should never use them":
# https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
RESERVED_BY_GLUE = {"--debug", "--mode", "--JOB_NAME", "--endpoint"}
MANIFEST = [
    "--keys-from",
    "manifest",
    "--bucket",
    "b",
    "--database-secret",
    "s",
    "--manifest",
    "s3://b/manifests/1.jsonl",
]


def test_a_sweep_requires_only_a_bucket_and_a_secret():
    arguments = parse_arguments(SWEEP)
    assert arguments.keys_from == "sweep"
    assert arguments.manifest is None
    assert arguments.database == DatabaseAddress("s", None, None)
    assert arguments.limits == ReadLimits()
    assert arguments.job_run_id == "local"


def test_keys_from_manifest_reads_the_manifest_argument():
    assert parse_arguments(MANIFEST).manifest == "s3://b/manifests/1.jsonl"


def test_arguments_that_glue_adds_are_used_or_ignored():
    arguments = parse_arguments(
        [*SWEEP, "--JOB_ID", "j", "--JOB_RUN_ID", "jr_1", "--JOB_NAME", "load", "--TempDir", "s3://t/", "true"]
    )
    assert arguments.job_run_id == "jr_1"


def test_no_argument_has_a_name_that_glue_reserves(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parse_arguments(["--help"])
    own = set(re.findall(r"--[\w-]+", capsys.readouterr().out))
    assert {"--keys-from", "--bucket"} <= own
    assert own & RESERVED_BY_GLUE == set()


def test_arguments_set_the_limits_and_the_database():
    arguments = parse_arguments(
        [
            *SWEEP,
            *("--max-object-bytes", "10", "--max-expanded-bytes", "20", "--keys-per-batch", "30"),
            *("--database-name", "other", "--database-ca", "/ca.pem", "--database-host", "restored"),
        ]
    )
    assert arguments.limits == ReadLimits(10, 20)
    assert arguments.keys_per_batch == 30
    assert arguments.database == DatabaseAddress("s", "other", "/ca.pem", "restored")


def test_metrics_require_a_log_group_and_an_environment():
    assert parse_arguments(SWEEP).metrics is None
    named = parse_arguments([*SWEEP, "--metrics-log-group", "/centflow/dev/job-metrics", "--environment", "dev"])
    assert named.metrics == MetricsDestination("/centflow/dev/job-metrics", "dev")


@pytest.mark.parametrize("options", [("--database-name", "centflow_rebuild"), ("--database-host", "restored")])
def test_a_run_into_another_database_emits_no_metrics(options: tuple[str, str]):
    target = ("--metrics-log-group", "/centflow/dev/job-metrics", "--environment", "dev")
    assert parse_arguments([*SWEEP, *target, *options]).metrics is None


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "the following arguments are required: --keys-from, --bucket, --database-secret"),
        (["--keys-from", "all", *SWEEP[2:]], "invalid choice: 'all'"),
        (
            [*SWEEP, "--manifest", "s3://b/m"],
            "--keys-from sweep does not accept --manifest",
        ),
        (MANIFEST[:-2], "--keys-from manifest requires --manifest"),
        ([*SWEEP, "--keys-per-batch", "0"], "0 must be greater than 0"),
        ([*SWEEP, "--max-object-bytes", "-1"], "-1"),
        ([*SWEEP, "--max-expanded-bytes", "2GB"], "2GB"),
        (["--keys", "sweep", *SWEEP[2:]], "required: --keys-from"),
        ([*SWEEP, "--environment", "dev"], "--environment and --metrics-log-group require each other"),
        ([*SWEEP, "--metrics-log-group", "/a"], "--environment and --metrics-log-group require each other"),
    ],
)
def test_the_error_names_the_wrong_argument(argv: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parse_arguments(argv)
    assert message in capsys.readouterr().err
