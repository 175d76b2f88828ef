"""What was passed to a page, told apart from all else that its kernel holds.

A start-up file of IPython, `%run` or a cell above leave variables that nobody passed. So what counts is
the code that ran: the parameters cell, the cell that papermill injects below it, and what a reader
typed between them and the cell that opens the page.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Mapping, Sequence

PAPERMILL = "# Parameters"
"""How the cell begins that papermill injects."""

PATHS = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH")
"""What papermill injects of its own accord, under `--inject-paths`."""

OPENS = ("Page.open(", "require_valid(")
"""What judges the parameters: behind it a page sets variables of its own."""

SHELL = ("In", "Out")
"""Plain data that a kernel keeps of its own."""

PLAIN = (bool, int, float, str, list, dict, tuple, set, types.NoneType)
"""What a parameter can be."""


def history_of(namespace: Mapping[str, object]) -> list[str]:
    """The code that ran in a kernel, cell by cell, the one that runs now last; empty in a script."""
    history = namespace.get("_ih", namespace.get("In"))  # the same list; `In` is a name one may reuse
    return history if isinstance(history, list) else []


def injected(declared: Iterable[str], namespace: Mapping[str, object]) -> dict[str, object]:
    """What was passed to a page with these parameters, of a notebook's `globals()`: name -> value.

    Where no kernel keeps what ran, as in a script, all plain data under a public name was passed.
    """
    history = history_of(namespace)
    public = [name for name in namespace if not name.startswith("_") and name not in SHELL]
    names = _assigned(history, set(declared)) if history else public
    return {
        name: namespace[name]
        for name in names
        if name not in PATHS and isinstance(namespace.get(name, ...), PLAIN)
    }


def _assigned(history: Sequence[str], declared: set[str]) -> list[str]:
    """Names that were set since parameters were last set, and before a page was opened with them."""
    names: list[str] = []
    opened = True
    for source in history:
        targets, opens = _read(source)
        papermills = source.startswith(PAPERMILL)
        whole = declared <= set(targets) and bool(declared)
        if (whole and not papermills) or (opened and (papermills or declared.intersection(targets))):
            names, opened = [], False
        if not opened:
            names += targets
        opened = opened or opens
    return names


def _read(source: str) -> tuple[list[str], bool]:
    """The names that a cell sets, up to where it opens a page, and whether it does."""
    targets: list[str] = []
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # it did not run
        return [], False
    for statement in statements:
        if any(call in ast.unparse(statement) for call in OPENS):
            return targets, True
        targets += _targets(statement)
    return targets, False


def _targets(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.AnnAssign):
        targets: list[ast.expr] = [statement.target]
    else:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
