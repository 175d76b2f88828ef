"""Reports of a command that stand beside the records: rows of one run of it, with their provenance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rfbook.experiments.digest import digest
from rfbook.ledger.provenance import here
from rfbook.ledger.record import RecordError
from rfbook.ledger.store import write_atomically

COMMANDS = {
    "benchmarks": "python -m benchmarks",
    "recomputed": "python -m rfbook recompute --keep",
}
"""What makes each report."""


def write_report(name: str, rows: Sequence[dict[str, Any]], directory: Path) -> Path:
    """Keeps the rows of one run with its provenance, in place of the run before."""
    path = directory / f"{name}.json"
    write_sealed(path, {"rows": list(rows), "provenance": here()})
    return path


def read_report(name: str, directory: Path) -> dict[str, Any]:
    """The rows and provenance of the last run.

    Raises FileNotFoundError if there is none, RecordError if the file is damaged.
    """
    path = directory / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(f"{path}: not there; {COMMANDS[name]} makes it")
    return read_sealed(path, COMMANDS[name])


def write_sealed(path: Path, body: dict[str, Any]) -> None:
    """Writes the body at once as JSON with its checksum, in place of what stood there."""
    text = json.dumps(body | {"sha256": digest(body, length=64)}, indent=1, allow_nan=False)
    write_atomically(path, text.encode())


def read_sealed(path: Path, command: str) -> dict[str, Any]:
    """What a JSON file holds beside its checksum. command: what makes the file.

    Raises RecordError if the file is damaged.
    """
    try:
        body = json.loads(path.read_text())
        agrees = body.pop("sha256", None) == digest(body, length=64)
    except (ValueError, AttributeError, TypeError):
        agrees = False
    if not agrees:
        raise RecordError(
            f"{path}: its checksums do not agree; restore it (git checkout -- {path}), or run "
            f"{command} again"
        )
    return body
