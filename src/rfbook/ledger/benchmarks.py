"""The record of one benchmark run: ratios against peers, with their provenance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rfbook.experiments.digest import digest
from rfbook.ledger.provenance import here
from rfbook.ledger.record import RecordError
from rfbook.ledger.store import write_atomically

NAME = "benchmarks.json"


def write_benchmarks(rows: Sequence[dict[str, Any]], directory: Path) -> Path:
    """Keeps the rows of one run with its provenance, in place of the run before."""
    body = {"rows": list(rows), "provenance": here()}
    text = json.dumps(body | {"sha256": digest(body, length=64)}, indent=1, allow_nan=False)
    path = directory / NAME
    write_atomically(path, text.encode())
    return path


def read_benchmarks(directory: Path) -> dict[str, Any]:
    """The rows and provenance of the last run.

    Raises FileNotFoundError if there is none, RecordError if the file is damaged.
    """
    path = directory / NAME
    if not path.exists():
        raise FileNotFoundError(f"{path}: no benchmark has been run; python -m benchmarks makes it")
    body = json.loads(path.read_text())
    if body.pop("sha256", None) != digest(body, length=64):
        raise RecordError(f"{path}: its checksum does not agree; run python -m benchmarks again")
    return body
