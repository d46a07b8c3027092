"""Checks that each part of the package `centflow_glue` imports only parts that come earlier in the flow."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import centflow_glue

PACKAGE = Path(centflow_glue.__file__).parent
# The folders in the order of the flow, then the modules that import the folders. Glue calls `main`.
ORDER = ("keys", "rows", "load", "publish", "reconcile", "tasks", "metrics", "main")


def find_imports(module: str, source: str) -> Iterator[str]:
    """Yields the modules of this package that a module imports. The names lack the prefix `centflow_glue.`."""
    for node in ast.walk(ast.parse(source, module)):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: use absolute imports"
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            imported = name.removeprefix("centflow_glue.")
            if imported != name and (PACKAGE / f"{imported.replace('.', '/')}.py").is_file():
                yield imported


def rank_part(module: str) -> int:
    """Returns the position of a module's part in the flow; -1 for a module that every part may import."""
    part = module.partition(".")[0]
    return ORDER.index(part) if part in ORDER else -1


MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}
IMPORTS = {module: sorted(set(find_imports(module, path.read_text("utf-8")))) for module, path in MODULES.items()}


def test_every_part_of_the_flow_exists():
    assert set(ORDER) <= {module.partition(".")[0] for module in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_its_own_part_and_earlier_parts(module: str):
    late = [imported for imported in IMPORTS[module] if rank_part(imported) > rank_part(module)]
    assert late == [], f"{module} must not import {', '.join(late)}"


def test_modules_have_no_circular_imports():
    TopologicalSorter(IMPORTS).prepare()  # raises CycleError and names the modules


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from centflow_glue.rows import read", ["rows.read"]),
        ("from centflow_glue.rows.read import CsvReader", ["rows.read"]),
        ("import centflow_glue.load.tally", ["load.tally"]),
        ("def late():\n    from centflow_glue import main", ["main"]),
        ("import json\nfrom pathlib import Path", []),
    ],
)
def test_find_imports_recognises_each_form_of_import(source: str, expected: list[str]):
    assert list(find_imports("example", source)) == expected


def test_find_imports_rejects_relative_imports():
    with pytest.raises(AssertionError, match="use absolute imports"):
        list(find_imports("example", "from . import main"))
