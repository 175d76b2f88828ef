"""Imports point one way, and a page that only reads records does not wait for torch."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "src/rfbook/pages").glob("*.py"))


def run(*words):
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_import_contract_of_pyproject_holds():
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = run("-c", program)
    assert done.returncode == 0, done.stdout


def test_an_import_against_the_direction_is_found(tmp_path):
    package = tmp_path / "rfbook"
    for name in (path.parent.name for path in (ROOT / "src/rfbook").glob("*/__init__.py")):
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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_importing_a_module_of_pages_does_not_import_torch(path):
    name = "rfbook.pages" if path.stem == "__init__" else f"rfbook.pages.{path.stem}"
    done = run("-c", f"import sys, {name}; print('torch' in sys.modules)")
    assert done.stdout.strip() == "False", done.stderr
