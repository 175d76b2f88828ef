"""Every benchmark in one run on one machine: `python -m benchmarks [--quick]`.

Prints one table and keeps it, with its provenance, in results/benchmarks.json. `--quick` only tries
whether all of them run: it prints, and leaves the kept numbers as they are.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from typing import Any

from tabulate import tabulate

import benchmarks
from rfbook.records.reports import write_report
from rfbook.records.store import Store

COLUMNS = ("metric", "quantity", "ours", "peer", "ratio", "target", "equal", "note")


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny inputs, nothing is kept")
    quick = parser.parse_args().quick
    rows = [row for name in modules() for row in measured(name, quick)]
    print(table(rows))
    if not quick:
        write_report("benchmarks", rows, Store().roots[0])


def modules() -> list[str]:
    """Names of the benchmarks: every module of this folder but this one."""
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    return sorted(name for name in names if not name.startswith("_"))


def measured(name: str, quick: bool) -> list[dict[str, Any]]:
    """The rows of a benchmark; a peer that is not installed leaves empty columns and a note."""
    module = importlib.import_module(f"benchmarks.{name}")
    return [dict.fromkeys(COLUMNS) | row for row in module.measure(quick)]


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as text, a dash where a peer is missing."""
    cells = [[row[column] for column in COLUMNS] for row in rows]
    widths = [28, 18, None, None, None, None, 30, 40]
    return tabulate(cells, COLUMNS, floatfmt=".4g", missingval="-", maxcolwidths=widths)


if __name__ == "__main__":
    main()
