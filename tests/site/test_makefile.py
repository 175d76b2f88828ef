"""The two commands and their few companions exist, and `make help` names each of them."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERBS = ("book", "pdf", "test", "torture", "gpu", "why", "verify", "notebooks", "teach", "clean", "help")


def make(*words):
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_help_names_every_verb_and_nothing_else():
    named = [line.split()[1] for line in make("help").splitlines()]
    assert sorted(named) == sorted(VERBS)


def test_help_is_what_make_does_when_it_is_asked_nothing():
    assert make() == make("help")


@pytest.mark.parametrize(
    "words, command",
    [
        (["book"], "-m rfbook book --tier published"),
        (["book", "TIER=smoke"], "-m rfbook book --tier smoke"),
        (["why", "PAGE=a/b", "TIER=thin"], "-m rfbook why a/b --tier thin"),
        (["pdf", "TIER=smoke"], "-m rfbook pdf --tier smoke"),
        (["verify"], "-m rfbook verify"),
        (["notebooks"], "-m rfbook notebooks"),
        (["teach"], "-m rfbook teach"),
        (["test"], "-m pytest"),
        (["torture"], "-m torture tests/torture"),
        (["gpu"], "-m rfbook lent --minutes 12"),
        (["clean"], "rm -rf build"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_verb_runs_its_command(words, command):
    assert command in make("--dry-run", *words)


def test_every_verb_is_one_line():
    rules = re.findall(r"^[a-z]+:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(rules) == len(VERBS)
    assert all(rule.count("\n") == 1 for rule in rules)


def test_continuous_integration_runs_the_same_commands():
    script = (ROOT / ".ci/run").read_text()
    assert [line for line in script.splitlines() if line.startswith("make ")] == [
        'make test 2>&1 | tee "$report"',
        "make book TIER=smoke",
        "make book",
    ]
