"""The benchmark record, as a table."""

from __future__ import annotations

from rfbook.ledger.benchmarks import read_benchmarks
from rfbook.pages import sources
from rfbook.pages.tables import Table, number


def table() -> Table:
    """One row a benchmark, from `results/benchmarks.json`."""
    held = read_benchmarks(sources.repository() / "results")
    rows = [
        [row["metric"], row["quantity"], row["peer"], _ratio(row["ratio"]), str(row["target"]),
         str(row["equal"]), row["note"]]
        for row in held["rows"]
    ]  # fmt: skip
    made = held["provenance"]
    caption = (
        f"Ratios of one run on {made['processor']}, {made['made'][:10]}, commit {made['commit'][:12]}"
    )
    columns = ["metric", "quantity", "peer", "ratio", "target", "equal", "note"]
    return Table(caption, columns, rows)


def _ratio(value: float | None) -> str:
    return "not measured" if value is None else number(value)
