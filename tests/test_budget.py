"""The budgets of the code, measured: files and functions are short as a rule, public names explained.

The numbers are what the code bases we learn from keep (equinox, timm, nanoGPT): a median and a 90th
percentile rather than a ceiling for each, so that a thought stays whole. A length is that of the code,
from `def` to the last line, without the docstring.
"""

import ast
import statistics
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src/rfbook"
FILES = sorted(SOURCE.rglob("*.py"))
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)

each_file = pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(SOURCE).as_posix())


def functions(path):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, FUNCTION)]


def length(function):
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - (docstring.end_lineno - docstring.lineno + 1)


def public(body):
    """Classes and functions that a reader may call, and those inside the classes."""
    for node in body:
        if isinstance(node, (ast.ClassDef, *FUNCTION)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def missing_annotations(function):
    given = function.args
    names = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    bare = [a.arg for a in names if a and a.annotation is None and a.arg not in ("self", "cls")]
    return bare + (["return"] if function.returns is None else [])


def test_files_are_short_as_a_rule_and_none_is_long():
    lines = {path.relative_to(SOURCE).as_posix(): path.read_text().count("\n") for path in FILES}
    longest = sorted(lines.items(), key=lambda item: -item[1])[:10]
    assert statistics.median(lines.values()) <= 150, longest
    assert longest[0][1] <= 350, longest


@each_file
def test_every_public_name_is_documented_and_annotated(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the module needs a docstring"
    for node in public(tree.body):
        assert ast.get_docstring(node), f"{node.name} needs a docstring"
        if isinstance(node, FUNCTION):
            assert missing_annotations(node) == [], f"{node.name} needs annotations for these"


@each_file
def test_nothing_prints(path):
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert [c.lineno for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"] == []


def test_functions_are_short_as_a_rule():
    lengths = {f"{p.stem}.{f.name}": length(f) for p in FILES for f in functions(p)}
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:10]
    assert statistics.median(lengths.values()) <= 8, longest
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 25, longest
