"""What was tried and what came out, by kind of fault: kept in `results/` if everything was tried."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from rfbook.experiments.places import repository
from rfbook.records.reports import write_report

HERE = Path(__file__).parent


@dataclass
class Kind:
    """A file of tests. said: its first line. there: how many tests it has, whether they run or not."""

    said: str
    there: int = 0
    tried: int = 0
    held: int = 0
    seconds: float = 0.0


kinds: dict[str, Kind] = {}


def rows(found, files):
    """The rows of the report; none unless each test of each file was tried, whatever came out."""
    if found.keys() != files or any(kind.tried < kind.there for kind in found.values()):
        return []
    return [
        {"fault": one.said, "tried": one.tried, "held": one.held, "seconds": round(one.seconds, 1)}
        for _, one in sorted(found.items())
    ]


def pytest_collection_finish(session):
    count(item.nodeid for item in session.items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids):
    kinds.clear()  # each process collects all
    count(ids)


def count(ids):
    """Notes how many tests each file of this folder has."""
    for path in (Path(test.partition("::")[0]) for test in ids):
        if path.parent.name == HERE.name:
            said = ast.get_docstring(ast.parse((HERE / path.name).read_text())).splitlines()[0]
            kinds.setdefault(path.stem, Kind(said.rstrip("."))).there += 1


def pytest_runtest_logreport(report):
    kind = kinds.get(Path(report.nodeid.partition("::")[0]).stem)
    if kind is not None and "torture" in report.keywords:
        note(kind, report)


def note(kind, report):
    """A test counts when it was called, or when what it needs failed; a skipped one was not tried."""
    kind.seconds += report.duration
    if report.when == "call":
        kind.tried += not report.skipped
        kind.held += report.passed
    elif report.failed and report.when == "setup":
        kind.tried += 1
    elif report.failed:  # what it leaves behind is a fault too
        kind.held -= 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if hasattr(session.config, "workerinput"):
        return  # one of several processes: what started them has heard of every test
    made = rows(kinds, {path.stem for path in HERE.glob("test_*.py")})
    if made:
        write_report("torture", made, repository() / "results")
