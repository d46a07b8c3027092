"""Builds the wheel that Glue runs, without network access."""

import importlib.util
import os
import shutil
from pathlib import Path
from types import ModuleType
from zipfile import ZipFile

import pytest
from stack import REPOSITORY


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Returns the path of `build.py` in a copy of the package whose file times and file modes differ."""
    specification = importlib.util.spec_from_file_location("glue_build", REPOSITORY / "glue" / "build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    project = tmp_path / "project"
    shutil.copytree(REPOSITORY / "glue" / "centflow_glue", project / "centflow_glue", copy_function=shutil.copyfile)
    shutil.copy(REPOSITORY / "glue" / "pyproject.toml", project)
    for file in project.rglob("*.py"):
        file.chmod(0o600)
    monkeypatch.setattr(module, "PROJECT", project)
    return module


def test_the_wheel_has_the_same_bytes_at_any_time_and_for_any_user(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    build.build_package(tmp_path / "copied")
    monkeypatch.setattr(build, "PROJECT", REPOSITORY / "glue")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    build.build_package(tmp_path / "original")
    (copied,) = os.listdir(tmp_path / "copied")
    assert os.listdir(tmp_path / "original") == [copied]
    assert (tmp_path / "copied" / copied).read_bytes() == (tmp_path / "original" / copied).read_bytes()


def test_the_wheel_contains_only_the_package_and_its_contracts(build: ModuleType, tmp_path: Path):
    build.build_package(tmp_path / "dist")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = ZipFile(wheel).namelist()
    contracts = {f"centflow_glue/contracts/{path.name}" for path in (REPOSITORY / "glue").glob("*/contracts/*.json")}
    assert contracts
    assert contracts <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"centflow_glue"}
    assert not [name for name in names if "__pycache__" in name]


def test_a_failed_build_shows_the_output_of_the_tool(build: ModuleType, tmp_path: Path):
    (build.PROJECT / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"(?s)hatchling build … failed:\n.*version"):
        build.build_package(tmp_path / "dist")
