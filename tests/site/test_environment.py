"""One set of versions: what is declared, what is locked, and what is installed agree."""

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MAKE = (ROOT / "Makefile").read_text()
CORE = PROJECT["dependencies"]
BOOK = PROJECT["optional-dependencies"]["book"]
PINNED = [*BOOK, *PROJECT["optional-dependencies"]["test"]]
DECLARED = [*CORE, *PINNED]
OF_LOOK = ["look", "metrics"]
"""The rooms that work with the core dependencies alone."""


def lock():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return [Requirement(line.removesuffix(" \\")) for line in lines if line[:1].isalnum()]


def needs(requirement):
    """What an installed package asks for on this machine, with the extras of the requirement."""
    for text in metadata.requires(requirement.name) or []:
        need = Requirement(text)
        extras = ["", *requirement.extras]
        if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras):
            yield need


def closure(requirements):
    """Everything that the requirements bring with them: name -> installed version."""
    waiting, seen = list(requirements), {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if seen.get(name, set()) >= {"", *requirement.extras}:
            continue
        seen.setdefault(name, {""}).update(requirement.extras)
        waiting.extend(needs(requirement))
    return {name: metadata.version(name) for name in seen}


@pytest.fixture(scope="module")
def locked():
    here = [entry for entry in lock() if entry.marker is None or entry.marker.evaluate()]
    return {canonicalize_name(entry.name): str(entry.specifier) for entry in here}


def test_the_lock_holds_exactly_what_the_declared_names_bring_with_them(locked):
    expected = {n: f"=={v}" for n, v in closure(map(Requirement, DECLARED)).items()}
    assert {name: expected[name] for name in expected.keys() - locked.keys()} == {}, "add these"
    assert locked.keys() - expected.keys() == set(), "nothing needs these: remove them"
    assert expected == locked, "installed and locked versions differ"


def test_every_version_that_the_book_declares_is_the_locked_one(locked):
    for requirement in map(Requirement, PINNED):
        assert str(requirement.specifier) == locked[canonicalize_name(requirement.name)]


def test_the_lock_satisfies_the_ranges_of_the_core(locked):
    for requirement in map(Requirement, CORE):
        version = locked[canonicalize_name(requirement.name)].removeprefix("==")
        assert requirement.specifier.contains(version), requirement


def test_the_core_is_open_upwards():
    for requirement in map(Requirement, CORE):
        assert [one.operator for one in requirement.specifier] == [">="], requirement
    assert PROJECT["requires-python"] == ">=3.11"


def test_the_lock_is_sorted_and_names_nothing_twice():
    names = [canonicalize_name(entry.name) for entry in lock()]
    assert names == sorted(set(names))


def test_conda_users_get_the_same_python_and_the_same_lock():
    python, pip, section = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    version = python.removeprefix("python=")
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert f"({version.replace('.', ', ')}, 5) <= sys.version_info" in MAKE
    assert pip == "pip"
    assert section == {"pip": ["--require-hashes", "-r requirements.lock"]}


def test_every_version_of_the_lock_has_the_hashes_of_its_files_and_make_asks_for_them():
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(lock())
    for entry in entries:
        name, *hashes = entry.split(" \\\n    ")
        assert hashes, f"{name} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one.strip()) for one in hashes), name
    assert "--require-hashes -r requirements.lock" in MAKE


def undeclared(files, requirements):
    """(module, file) of what these files import and none of the requirements is."""
    names = {canonicalize_name(Requirement(text).name) for text in requirements}
    owners = metadata.packages_distributions()
    return {
        (module, path.relative_to(ROOT).as_posix())
        for path in files
        for module in imported(path) - sys.stdlib_module_names - {"rfbook"}
        if not names & {canonicalize_name(owner) for owner in owners.get(module, [])}
    }


def test_what_the_package_imports_is_declared():
    assert undeclared((ROOT / "src").rglob("*.py"), [*CORE, *BOOK]) == set()


def test_what_look_and_the_metrics_import_is_declared_by_the_core():
    files = [path for room in OF_LOOK for path in (ROOT / "src/rfbook" / room).rglob("*.py")]
    assert len(files) > 20
    assert undeclared(files, CORE) == set()


def imported(path):
    """Top-level names of the modules that a file imports, wherever in it."""
    for node in (nodes := set(ast.walk(ast.parse(path.read_text())))):
        assert not isinstance(node, ast.ImportFrom) or node.level == 0, f"{path}: relative import"
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in plain | parts}
