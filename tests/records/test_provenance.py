"""Where a number comes from is written down beside it, and never decides whether it is found."""

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from rfbook.records import provenance
from tests.samples import record


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one commit, in which the package seems to lie."""
    package = tmp_path / "src/rfbook/ledger"
    package.mkdir(parents=True)
    (package / "provenance.py").write_text("one = 1\n")
    monkeypatch.setattr(provenance, "__file__", str(package / "provenance.py"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    provenance.commit.cache_clear()
    yield package
    provenance.commit.cache_clear()


def git(package, *words):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", "-C", str(package.parents[2]), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def committed(package):
    git(package, "init", "--quiet")
    git(package, "add", ".")
    git(package, "commit", "--quiet", "-m", "one")
    return git(package, "rev-parse", "HEAD")


def test_the_commit_of_the_code_is_named(repository):
    head = committed(repository)
    assert provenance.commit() == head


def test_code_that_was_changed_after_the_commit_says_so(repository):
    head = committed(repository)
    (repository / "provenance.py").write_text("one = 2\n")
    assert provenance.commit() == f"{head}+changes"


def test_a_change_outside_the_code_does_not_count(repository):
    head = committed(repository)
    (repository.parents[2] / "notes.md").write_text("other\n")
    assert provenance.commit() == head


def test_outside_a_repository_the_commit_is_unknown(repository, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.parents[3]))
    assert provenance.commit() == "unknown"


def test_without_git_the_commit_is_unknown(repository, monkeypatch):
    committed(repository)
    monkeypatch.setenv("PATH", str(repository))
    assert provenance.commit() == "unknown"


def test_all_that_can_change_a_number_is_written_down():
    here = provenance.here()
    assert here.keys() == {
        "commit", "made", "device", "processor", "cores", "threads", "system", "versions",
    }  # fmt: skip
    assert {"torch", "torchvision", "numpy", "scikit-learn", "lmfit"} <= here["versions"].keys()
    assert all(here["versions"].values())
    assert here["threads"] >= 1
    assert here["processor"] not in ("", "?")
    assert json.loads(json.dumps(here)) == here


def test_the_processor_is_that_of_the_device_that_computes(monkeypatch):
    """A visible GPU computes nothing of what was asked of the processor."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda device: f"the GPU of {device}")
    assert provenance.here("cpu")["processor"] == provenance.here()["processor"] != "the GPU of cpu"
    session = provenance.here("cuda:0")
    assert (session["device"], session["processor"]) == ("cuda", "the GPU of cuda:0")


def test_the_time_is_that_of_utc():
    made = datetime.fromisoformat(provenance.here()["made"])
    assert made.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - made) < timedelta(hours=1)


def test_provenance_is_no_part_of_any_key():
    other = {"training": {"minutes": 9}, "measuring": provenance.here()}
    assert record(provenance=other).key == record().key
