"""Checks that every locked Python package can be installed on each supported machine without a compiler."""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

REPOSITORY = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".local", "node_modules"}
PYTHONS = [(3, 11), (3, 12), (3, 13), (3, 14)]
ARCHITECTURES = ["x86_64", "aarch64"]
# Debian 12 has glibc 2.36.
MANYLINUX = [f"manylinux_2_{minor}" for minor in range(36, 4, -1)] + ["manylinux2014", "manylinux2010", "manylinux1"]
# This pure Python package is published only as source. uv builds the wheel without a compiler.
PURE_SOURCES = {"pyspark"}

Package = dict[str, Any]


def _lock_files() -> Iterator[Path]:
    for folder, folders, files in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        if "uv.lock" in files:
            yield Path(folder, "uv.lock")


LOCK_FILES = sorted(_lock_files())


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: "{}.{}".format(*python))
def test_each_locked_package_has_a_wheel(python: tuple[int, int], architecture: str) -> None:
    tags = _tags(python, architecture)
    missing = [
        f"{file.relative_to(REPOSITORY)}: {package['name']} {package['version']}"
        for file in LOCK_FILES
        for package in _needed(file, _environment(python, architecture))
        if not _has_wheel(package, tags) and package["name"] not in PURE_SOURCES
    ]
    assert missing == []


def test_the_check_finds_a_missing_wheel() -> None:
    tags = _tags((3, 13), "aarch64")
    url = "https://example.org/thing-1.0-cp313-cp313-manylinux_2_28_{}.whl"
    assert _has_wheel({"wheels": [{"url": url.format("aarch64")}]}, tags)
    assert not _has_wheel({"wheels": [{"url": url.format("x86_64")}]}, tags)
    assert not _has_wheel({"sdist": {"url": "https://example.org/thing-1.0.tar.gz"}}, tags)


def test_the_repository_contains_lock_files() -> None:
    assert REPOSITORY / "glue" / "uv.lock" in LOCK_FILES


def _environment(python: tuple[int, int], architecture: str) -> dict[str, str]:
    version = "{}.{}".format(*python)
    return {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": architecture,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
    }


def _tags(python: tuple[int, int], architecture: str) -> set[Tag]:
    platforms = [f"{name}_{architecture}" for name in MANYLINUX]
    interpreter = "cp{}{}".format(*python)
    return {*cpython_tags(python, platforms=platforms), *compatible_tags(python, interpreter, platforms)}


def _has_wheel(package: Package, tags: set[Tag]) -> bool:
    names = [wheel["url"].rsplit("/", 1)[1] for wheel in package.get("wheels", [])]
    return any(not tags.isdisjoint(parse_wheel_filename(name)[3]) for name in names)


def _needed(lock_file: Path, environment: dict[str, str]) -> Iterator[Package]:
    """Returns the packages that uv installs on a machine, including the dependencies of dependencies."""
    packages = tomllib.loads(lock_file.read_text(encoding="utf-8"))["package"]
    project = next(package for package in packages if {"editable", "virtual"} & package["source"].keys())
    waiting = [
        *project.get("dependencies", []),
        *(d for group in project.get("dev-dependencies", {}).values() for d in group),
    ]
    seen: set[str] = set()
    while waiting:
        dependency = waiting.pop()
        if "marker" in dependency and not Marker(dependency["marker"]).evaluate(environment):
            continue
        package = _find(packages, dependency)
        for extra in dependency.get("extra", []):
            waiting += package.get("optional-dependencies", {}).get(extra, [])
        key = f"{package['name']} {package['version']}"
        if key not in seen:
            seen.add(key)
            waiting += package.get("dependencies", [])
            yield package


def _find(packages: list[Package], dependency: Package) -> Package:
    return next(
        package
        for package in packages
        if package["name"] == dependency["name"] and dependency.get("version", package["version"]) == package["version"]
    )
