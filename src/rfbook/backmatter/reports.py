"""The reports beside the records, as tables."""

from __future__ import annotations

from typing import Any

from rfbook.backmatter.census import NOT_RUN
from rfbook.claims.amounts import number
from rfbook.pages import sources
from rfbook.pages.tables.standard import Table
from rfbook.records.reports import COMMANDS, read_report

BENCHMARKED = ("metric", "quantity", "ours", "peer", "ratio", "target", "equal", "note")
FAULTS = ("fault", "tried", "held", "seconds")
RECOMPUTED = ("record", "weights", "difference", "allowed")


def benchmarks() -> Table:
    """One row a benchmark, from `results/benchmarks.json`."""
    return _table("benchmarks", BENCHMARKED, "Ratios of one run")


def recomputed() -> Table:
    """One row a record that was drawn and made again, from `results/recomputed.json`.

    difference: the largest between the two, as a share of the largest number of their list.
    """
    return _table("recomputed", RECOMPUTED, "Records drawn at random and made again in one run")


def torture() -> Table:
    """One row a kind of fault that was made on purpose, from `results/torture.json`, or `NOT_RUN`."""
    try:
        return _table("torture", FAULTS, "Faults that were made on purpose in one run")
    except FileNotFoundError:
        row = [f"{NOT_RUN}: {COMMANDS['torture']}", "", "", ""]
        return Table("Faults that are made on purpose", FAULTS, [row])


def _table(name: str, columns: tuple[str, ...], caption: str) -> Table:
    report = read_report(name, sources.repository() / "results")
    rows = [[_shown(row[column]) for column in columns] for row in report["rows"]]
    return Table(f"{caption} {_where(report['provenance'])}", columns, rows)


def _where(made: dict[str, Any]) -> str:
    return f"on {made['processor']}, {made['made'][:10]}, commit {made['commit'][:12]}"


def _shown(value: float | str | None) -> str:
    if value is None:
        return "not measured"
    return value if isinstance(value, str) else number(value)
