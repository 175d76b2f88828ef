"""Environment, citation, contributing: what is shown is what the repository holds."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from rfbook.backmatter import citation, environment
from rfbook.backmatter.census import Asked
from tests.reading import row, rows
from tests.samples import SESSION, record, tiny

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FRONT = ["how-to-read", "rerun", "teaching", "claims", "scope", "benchmarks"]
BACK = [
    "index-of-numbers", "errata", "provenance", "data-cards", "environment", "glossary", "references",
    "changelog", "contributing", "cite",
]  # fmt: skip


@pytest.mark.parametrize("part, pages", [(0, FRONT), (-1, BACK)])
def test_the_front_and_the_back_of_the_book_are_in_its_contents(part, pages):
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    held = [one["file"] for one in parts[part]["chapters"]]
    assert [file for file in held if file.removeprefix("book/") in pages] == [
        f"book/{page}" for page in pages
    ]


# Environment.


def test_the_versions_shown_are_those_of_the_lock():
    table = environment.declared()
    lock = (ROOT / "requirements.lock").read_text()
    for one in rows(table)[1:]:
        assert re.search(rf"^{re.escape(one['package'])}=={re.escape(one['version'])}( |$)", lock, re.M)
    assert len(rows(table)) == 1 + len(PROJECT["dependencies"])
    assert row(table, package="Python")["version"] == ">=3.11"


def test_machines_and_versions_are_those_of_the_records():
    asked = []
    for seed, torch in enumerate(("9.9", "9.9", "8.8")):
        made = SESSION | {"cores": 3, "versions": {"torch": torch}, "minutes": 1}
        provenance = {"training": {"minutes": 1, "sessions": [SESSION]}, "measuring": made}
        one = record(tiny(seed), provenance=provenance)
        asked.append(Asked("a/b", "thin", one.run, one.measure, one))
    table = environment.made_with(asked)
    assert row(table, versions="torch 9.9") == {
        "machine": "a slow one, 3 cores", "system": "a system", "threads": "2",
        "versions": "torch 9.9", "records": "2",
    }  # fmt: skip
    assert row(table, versions="torch 8.8")["records"] == "1"


# Citation.


def test_the_citation_file_is_of_this_version_and_has_what_the_format_requires():
    held = citation.described()
    assert held["cff-version"] == "1.2.0"
    assert all(held[name] for name in ("message", "title", "authors"))
    assert held["version"] == PROJECT["version"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    assert (held["title"], held["authors"][0]["name"]) == (config["title"], config["author"])


def test_the_papers_are_the_same_in_the_citation_file_and_in_the_bibliography():
    for key, paper in zip(citation.PAPERS, citation.described()["references"], strict=True):
        entry = citation.entry(key)
        assert f"title = {{{paper['title']}}}" in entry
        names = [f"{one['family-names']}, {one['given-names']}" for one in paper["authors"]]
        assert f"author = {{{' and '.join(names)}}}" in entry
        assert paper["identifiers"][0]["value"].removeprefix("arXiv:") in entry


def test_an_entry_is_whole_and_an_unknown_one_is_named():
    entry = citation.entry("richter2021size")
    assert entry.startswith("@misc{richter2021size,") and entry.endswith("\n}")
    assert entry.count("@") == 1
    with pytest.raises(LookupError, match="no entry 'nobody'"):
        citation.entry("nobody")


def test_the_book_is_cited_as_the_citation_file_has_it(monkeypatch):
    held = {"title": "T", "authors": [{"name": "A"}], "version": "3", "date-released": "2030-01-02"}
    monkeypatch.setattr(citation, "described", lambda: held)
    expected = (
        "@software{rfbook,\n  author = {{A}},\n  title = {{T}},\n  version = {3},\n  year = {2030},\n}"
    )
    assert citation.book() == expected


# Contributing.


def test_the_book_and_the_repository_have_one_text_on_contributing():
    assert (ROOT / "book/contributing.md").read_text() == (ROOT / "CONTRIBUTING.md").read_text()


def test_the_files_that_contributing_names_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"`((?:src|tests|book|notebooks)/[a-z0-9/_.-]+)`", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert set(re.findall(r"`(\w+\.py)`", text)) == set(), "a file is named with its folder"


def defined(path):
    """The names that a Python file defines itself; one that it imports is another's."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_what_contributing_names_is_defined_in_the_file_that_it_names():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"`(\w+)`\s+in\s+`([\w/]+\.py)`", text)
    assert {"NETWORKS", "Model", "require", "MEASURES", "PINNED_AT"} <= {name for name, _ in named}
    assert [(name, file) for name, file in named if name not in defined(ROOT / file)] == []
