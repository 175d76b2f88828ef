"""How long the book takes: `python -m rfbook` as whole processes, in a copy of the checkout.

Seconds are those on the clock, which somebody waits; the note has those of the processors, which depend
less on what else the machine does. Targets: seconds at most, on two idle cores.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rfbook.experiments.places import repository
from rfbook.records.store import read, write

PAGE = "size_matters/border-layer"
RECORD = "vgg11-w0.25-cifar10-32px-e30-s0-*/accuracy-*.json"
"""The record that is exchanged, which the page and some others ask for."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".cache", "build", "runs", "__pycache__", "*_cache")


@dataclass(frozen=True)
class Process:
    """What a command took, in seconds, and the pages that it executed."""

    clock: float
    processors: float
    pages: tuple[str, ...]


def measure(quick: bool = False) -> list[dict]:
    """The commands that only look and, but for `quick`, the book: four times."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "rfbook"
        shutil.copytree(repository(), root, ignore=LEFT_OUT)
        rows = [
            _row("rfbook plan", "nothing is made", 5, _run(root, "plan")),
            _row("rfbook why PAGE", "nothing is made", 2, _run(root, "why", PAGE)),
        ]
        return rows if quick else rows + _books(root)


def _books(root: Path) -> list[dict]:
    rows = [
        _row("make book", "from records", 180, _run(root, "book")),
        _row("make book", "again", 20, _run(root, "book")),
    ]
    _exchange(root)
    rows.append(_row("make book", "a record exchanged", None, _run(root, "book"), named=True))
    rows.append(_row("make book", "smoke, from nothing", 600, _run(root, "book", "--tier", "smoke")))
    return rows


def _exchange(root: Path) -> None:
    """Let a record have taken a minute longer: a valid one under the same key."""
    (path,) = (root / "results").glob(RECORD)
    record = read(path)
    made = record.provenance["measuring"]
    longer = {"measuring": made | {"minutes": made["minutes"] + 1}}
    write(replace(record, provenance=record.provenance | longer), path)


def _run(root: Path, *words: str) -> Process:
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    before, started = _processors(), time.perf_counter()
    command: Sequence[str] = [sys.executable, "-m", "rfbook", *words]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    pages = re.findall(r"(\S+) at \S+: executed", done.stderr)
    return Process(time.perf_counter() - started, _processors() - before, tuple(sorted(pages)))


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(metric: str, what: str, target: float | None, took: Process, named: bool = False) -> dict:
    pages = f"{len(took.pages)} pages executed"
    return {
        "metric": metric,
        "quantity": f"seconds, {what}",
        "ours": took.clock,
        "target": target,
        "equal": f"{pages}: {', '.join(took.pages)}" if named else pages,
        "note": f"{took.processors:.0f} seconds of the processors",
    }
