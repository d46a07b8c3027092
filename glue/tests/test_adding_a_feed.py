"""Follows docs/adding-a-feed.md step by step in a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from stack import REPOSITORY, fetch, start_stack, tool_paths

COPIED = ("packages", "apps/cli", "apps/console", "glue", "samples", "package.json")


def test_following_the_documentation_adds_a_feed_and_loads_its_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (REPOSITORY / "docs" / "adding-a-feed.md").read_text("utf-8")
    feed, csv = _block(page, "ts"), _block(page, "csv")
    copy = tmp_path / "centflow"
    _copy_repository(copy)

    (copy / "packages/schema/src/feeds/savings-goals.ts").write_text(feed, "utf-8")
    node = tool_paths().get("node", "node")
    generate = [node, "packages/schema/src/generate.ts", "--name", "savings-goals"]
    written = subprocess.run(generate, cwd=copy, check=True, capture_output=True, text=True).stdout
    for line in re.findall(r"^- `([^`…]+)…?", page, re.MULTILINE):
        assert line in written

    with start_stack(tmp_path / "stack", repository=copy) as stack:
        for name, value in stack.environment().items():
            monkeypatch.setenv(name, value)
        s3 = boto3.Session().client("s3")
        s3.put_object(Bucket=stack.bucket, Key="raw/savings_goals/owner=ada/goals.csv", Body=csv.encode())
        job = [
            sys.executable,
            "job.py",
            "--keys-from",
            "sweep",
            "--bucket",
            stack.bucket,
            "--database-secret",
            stack.secret_id,
        ]
        subprocess.run(job, cwd=copy / "glue", check=True, env=_spark_environment())

        with stack.connect(stack.admin) as connection:
            rows = fetch(connection, "SELECT month, goal, amount, note FROM savings_goals ORDER BY row_no")
            quarantined = fetch(connection, "SELECT row_no, message FROM quarantined_rows")
    assert [(row["month"], row["goal"], str(row["amount"]), row["note"]) for row in rows] == [
        ("2026-01", "A boat", "250.0000", "first of many"),
        ("2026-02", "A boat", "250.0000", None),
    ]
    assert quarantined == [{"row_no": 4, "message": "amount '-1.00' is too small; the minimum is 0."}]


def _block(page: str, language: str) -> str:
    match = re.search(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert match is not None, f"docs/adding-a-feed.md shows no {language}"
    return match[1]


def _copy_repository(copy: Path) -> None:
    """Copies the folders that a new feed changes, without generated files, and links the installed dependencies."""
    for name in COPIED:
        source, target = REPOSITORY / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=_written_meanwhile)
        else:
            shutil.copy(source, target)
    for linked in ("node_modules", ".local"):
        (copy / linked).symlink_to(REPOSITORY / linked)


def _written_meanwhile(folder: str, names: list[str]) -> set[str]:
    """Returns the folders that builds and tests create and delete next to the sources."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", ".turbo", ".vite*")(folder, names)
    # Folders with these names are build output only if they are next to a package.json. Elsewhere they are packages or
    # source folders.
    return ignored | ({"dist", "reports"} & set(names) if "package.json" in names else set())


def _spark_environment() -> dict[str, str]:
    java = {"JAVA_HOME": tool_paths()["javaHome"]} if "javaHome" in tool_paths() else {}
    spark = {
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": "--master local[1] --conf spark.ui.enabled=false"
        " --driver-java-options -XX:TieredStopAtLevel=1 pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    return {**os.environ, **java, **spark}
