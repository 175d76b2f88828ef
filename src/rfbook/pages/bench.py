"""The benchmark record, as a table."""

from __future__ import annotations

from rfbook.ledger.benchmarks import read_benchmarks
from rfbook.pages import sources
from rfbook.pages.tables import Table, number

COLUMNS = ("metric", "quantity", "ours", "peer", "ratio", "target", "equal", "note")


def table() -> Table:
    """One row a benchmark, from `results/benchmarks.json`."""
    held = read_benchmarks(sources.repository() / "results")
    rows = [[_shown(row[column]) for column in COLUMNS] for row in held["rows"]]
    made = held["provenance"]
    caption = (
        f"Ratios of one run on {made['processor']}, {made['made'][:10]}, commit {made['commit'][:12]}"
    )
    return Table(caption, COLUMNS, rows)


def _shown(value: float | str | None) -> str:
    if value is None:
        return "not measured"
    return value if isinstance(value, str) else number(value)
