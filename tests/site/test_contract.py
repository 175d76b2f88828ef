"""Imports point one way, and a page that only reads records does not wait for torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from rfbook.pages import sources

ROOT = Path(__file__).parents[2]
SLOW = {"torch", "torchvision", "sklearn", "scipy", "pandas"}
"""Libraries whose import takes as long as all else on a page."""
ROOMS = [path.parent.name for path in (ROOT / "src/rfbook").glob("*/__init__.py")]
IMPORT = (ast.Import, ast.ImportFrom)
TO_COMPUTE = {
    "book/errata": "gradients of networks, an augmentation of torchvision",
    "dead_pixel/effective-field": "a solution differentiates a network",
    "dead_pixel/micro-object": "the toy paints on a photograph of scikit-learn",
    "size_matters/border-layer": "a solution reads the layers of a network of torchvision",
}
"""Pages with a cell that needs one of them."""


def run(*words):
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_import_contract_of_pyproject_holds():
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = run("-c", program)
    assert done.returncode == 0, done.stdout


def test_an_import_against_the_direction_is_found(tmp_path):
    package = tmp_path / "rfbook"
    for name in ROOMS:
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "metrics/__init__.py").write_text("import rfbook.pages\nimport matplotlib\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from importlinter.cli import lint_imports\n"
        f"raise SystemExit(lint_imports(config_filename={str(ROOT / 'pyproject.toml')!r}))"
    )
    done = run("-c", program)
    assert done.returncode == 1
    assert "rfbook.metrics is not allowed to import rfbook.pages" in done.stdout
    assert "rfbook.metrics is not allowed to import matplotlib" in done.stdout


def loaded(statements):
    """Which of the slow libraries are there after these imports, in a process of their own."""
    show = f"import sys; print(*({SLOW!r} & sys.modules.keys()))"
    done = run("-c", "\n".join([*statements, show]))
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("room", ["pages", "claims", "statistics", "backmatter", "site"])
def test_importing_a_room_does_not_wait_for_torch(room):
    paths = sorted((ROOT / "src/rfbook" / room).rglob("*.py"))
    names = [path.relative_to(ROOT / "src").with_suffix("").as_posix() for path in paths]
    imports = [f"import {name.removesuffix('/__init__').replace('/', '.')}" for name in names]
    assert len(imports) > 5
    assert loaded(imports) == set()


def test_what_a_page_imports_does_not_bring_torch_but_where_a_cell_computes_with_it():
    cells = {page: sources.shared(page, ROOT).cells for page in sources.pages(ROOT)}
    assert TO_COMPUTE.keys() <= cells.keys()
    code = [
        ast.parse(cell.source) for page in cells.keys() - TO_COMPUTE.keys()
        for cell in cells[page] if cell.cell_type == "code"
    ]  # fmt: skip
    nodes = (node for tree in code for node in ast.walk(tree))
    assert loaded(ast.unparse(node) for node in nodes if isinstance(node, IMPORT)) == set()
