"""Reports of a command that stand beside the records: rows of one run of it, with their provenance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from rfbook.experiments.digest import digest
from rfbook.experiments.files import looked_at
from rfbook.records.provenance import here
from rfbook.records.record import RecordError
from rfbook.records.schemas.strict import Amount, Count, Natural, Number, Strict, Text, Work, mistakes
from rfbook.records.store import write_atomically

COMMANDS = {
    "benchmarks": "python -m benchmarks",
    "recomputed": "python -m rfbook recompute --keep",
    "torture": "make torture",
}
"""What makes each report."""

NOT_NEEDED = {"torture"}
"""Reports of long runs: a checkout is whole before anybody has made them."""


class Benchmark(Strict):
    """A row of `benchmarks`; what a peer that is not installed leaves empty is None."""

    metric: Text
    quantity: Text
    ours: Amount | None
    peer: Amount | None
    ratio: Amount | None
    target: Amount | None
    equal: Text | Number | None
    note: Text | None


class Recomputed(Strict):
    """A record that was made again. difference: as a share; in words where nothing can be compared."""

    record: Text
    weights: Literal["not trained", "from the cache", "trained again"]
    allowed: Amount
    difference: Amount | Literal["other names or shapes"]


class Fault(Strict):
    """A kind of fault that was made on purpose: how many were tried, and how many did no harm."""

    fault: Text
    tried: Count
    held: Natural
    seconds: Amount


class Benchmarks(Strict):
    """All of `benchmarks.json`."""

    rows: Annotated[list[Benchmark], Field(min_length=1)]
    provenance: Work


class Recomputation(Strict):
    """All of `recomputed.json`."""

    rows: Annotated[list[Recomputed], Field(min_length=1)]
    provenance: Work


class Torture(Strict):
    """All of `torture.json`."""

    rows: Annotated[list[Fault], Field(min_length=1)]
    provenance: Work


SCHEMAS: dict[str, type[Strict]] = {
    "benchmarks": Benchmarks, "recomputed": Recomputation, "torture": Torture,
}  # fmt: skip
"""What each report holds."""


def write_report(name: str, rows: Sequence[dict[str, Any]], directory: Path) -> Path:
    """Keeps the rows of one run with its provenance, in place of the run before.

    Raises RecordError, and leaves the file, for rows that are none of this report.
    """
    path = directory / f"{name}.json"
    write_sealed(path, judged(path, SCHEMAS[name], {"rows": list(rows), "provenance": here()}))
    return path


def read_report(name: str, directory: Path) -> dict[str, Any]:
    """The rows and provenance of the last run.

    Raises FileNotFoundError if there is none, RecordError if the file is damaged.
    """
    path = directory / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(f"{path}: not there; {COMMANDS[name]} makes it")
    return judged(path, SCHEMAS[name], read_sealed(path, COMMANDS[name]))


def judged(path: Path, schema: type[Strict], body: dict[str, Any]) -> dict[str, Any]:
    """The same body. Raises RecordError if it is not what the schema of the file has."""
    if mistake := mistakes(schema, body)[1]:
        raise RecordError(f"{path}: it is not what stands in this file: {mistake}")
    return body


def write_sealed(path: Path, body: dict[str, Any]) -> None:
    """Writes the body at once as JSON with its checksum, in place of what stood there."""
    text = json.dumps(body | {"sha256": digest(body, length=64)}, indent=1, allow_nan=False)
    write_atomically(path, text.encode())


def read_sealed(path: Path, command: str) -> dict[str, Any]:
    """What a JSON file holds beside its checksum. command: what makes the file.

    Raises RecordError if the file is damaged.
    """
    looked_at.add(str(path))
    try:
        body = json.loads(path.read_text())
        agrees = body.pop("sha256", None) == digest(body, length=64)
    except (ValueError, AttributeError, TypeError, RecursionError):
        agrees = False
    if not agrees:
        raise RecordError(
            f"{path}: its checksums do not agree; restore it (git checkout -- {path}), or run "
            f"{command} again"
        )
    return body
