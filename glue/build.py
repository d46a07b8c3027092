"""Builds `dist/wheels`: the wheels of this package and of the dependencies that AWS Glue 6.0 does not provide.

The folder also contains their requirements.txt. infra/ zips the folder for the job's `--additional-python-modules`. AWS
describes the zip as "zip of wheels":
https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html

Run it with `uv run --only-group build`, which provides pip and hatchling in the versions of uv.lock. The build is
reproducible: the same sources give the same bytes.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
# The earliest date that a zip can store. Without a fixed date, hatchling would store the time of the last change.
EPOCH = "315532800"
# Glue 6.0: Python 3.13 on Amazon Linux 2023, x86-64.
GLUE = ("--python-version=3.13", "--implementation=cp", "--platform=manylinux2014_x86_64")


def build_package(folder: Path) -> None:
    """Builds this package's own wheel into the folder."""
    _run(sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={folder}")


def download_dependencies(folder: Path) -> list[str]:
    """Downloads the wheels that uv.lock pins, each checked by its hash.

    Returns the lines of requirements.txt that pin them.
    """
    uv = os.environ.get("UV", "uv")
    exported = _run(
        uv, "export", "--frozen", "--quiet", "--no-default-groups", "--no-emit-project", "--no-header", "--no-annotate"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(exported)
        requirements.flush()
        # pip reads the address of PyPI or of a mirror from its own configuration (PIP_INDEX_URL).
        download = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
        checks = ("--require-hashes", "--no-deps", "--only-binary=:all:")
        _run(*download, *checks, *GLUE, f"--dest={folder}", f"--requirement={requirements.name}")
    return re.findall(r"^[\w.-]+==[\w.]+", exported, re.MULTILINE)


def main() -> None:
    """Deletes the output folder and builds it from the sources and uv.lock."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=PROJECT / "dist" / "wheels", help="the folder")
    output = parser.parse_args().output
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    build_package(output)
    pins = [*_list_own_pins(output), *download_dependencies(output)]
    (output / "requirements.txt").write_text("".join(f"{pin}\n" for pin in sorted(pins)), encoding="utf-8")


def _list_own_pins(folder: Path) -> list[str]:
    return ["{}=={}".format(*wheel.name.split("-")[:2]).replace("_", "-") for wheel in folder.glob("*.whl")]


def _run(*command: str) -> str:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    finished = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise SystemExit(f"{' '.join(command[:4])} … failed:\n{finished.stdout}{finished.stderr}")
    return finished.stdout


if __name__ == "__main__":
    main()
