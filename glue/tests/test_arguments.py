import pytest

from centflow_glue.arguments import MetricsTarget, parse_arguments
from centflow_glue.database import DatabaseAddress
from centflow_glue.read import ReadLimits

SWEEP = ["--mode", "sweep", "--bucket", "b", "--database-secret", "s"]
MANIFEST = ["--mode", "manifest", "--bucket", "b", "--database-secret", "s", "--manifest", "s3://b/manifests/1.jsonl"]


def test_a_sweep_needs_bucket_and_secret_only():
    arguments = parse_arguments(SWEEP)
    assert arguments.mode == "sweep"
    assert arguments.manifest is None
    assert arguments.database == DatabaseAddress("s", None, None)
    assert arguments.limits == ReadLimits()
    assert arguments.job_run_id == "local"


def test_a_manifest_run_names_its_manifest():
    assert parse_arguments(MANIFEST).manifest == "s3://b/manifests/1.jsonl"


def test_what_glue_adds_is_taken_or_ignored():
    arguments = parse_arguments(
        [*SWEEP, "--JOB_ID", "j", "--JOB_RUN_ID", "jr_1", "--JOB_NAME", "load", "--TempDir", "s3://t/", "true"]
    )
    assert arguments.job_run_id == "jr_1"


def test_limits_and_the_database_can_be_set():
    arguments = parse_arguments(
        [
            *SWEEP,
            *("--max-object-bytes", "10", "--max-expanded-bytes", "20", "--keys-per-batch", "30"),
            *("--database-name", "other", "--database-ca", "/ca.pem"),
        ]
    )
    assert arguments.limits == ReadLimits(10, 20)
    assert arguments.keys_per_batch == 30
    assert arguments.database == DatabaseAddress("s", "other", "/ca.pem")


def test_metrics_go_nowhere_unless_a_log_group_and_the_environment_are_named():
    assert parse_arguments(SWEEP).metrics is None
    named = parse_arguments([*SWEEP, "--metrics-log-group", "/centflow/dev/job-metrics", "--environment", "dev"])
    assert named.metrics == MetricsTarget("/centflow/dev/job-metrics", "dev")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "the following arguments are required: --mode, --bucket, --database-secret"),
        (["--mode", "all", *SWEEP[2:]], "invalid choice: 'all'"),
        ([*SWEEP, "--manifest", "s3://b/m"], "--manifest goes with --mode manifest, and only with it"),
        (MANIFEST[:-2], "--manifest goes with --mode manifest, and only with it"),
        ([*SWEEP, "--keys-per-batch", "0"], "0 is not above 0"),
        ([*SWEEP, "--max-object-bytes", "-1"], "-1"),
        ([*SWEEP, "--max-expanded-bytes", "2GB"], "2GB"),
        (["--mod", "sweep", *SWEEP[2:]], "required: --mode"),
        ([*SWEEP, "--environment", "dev"], "--environment goes with --metrics-log-group, and only with it"),
        ([*SWEEP, "--metrics-log-group", "/a"], "--environment goes with --metrics-log-group, and only with it"),
    ],
)
def test_a_wrong_argument_is_named(argv: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parse_arguments(argv)
    assert message in capsys.readouterr().err
