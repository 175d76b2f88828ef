"""papermill with its own flags, and jupyter execute: a page takes what it knows, and nothing else."""

import base64
import json
import sysconfig
from pathlib import Path

import nbformat
import pytest

from tests.skeleton import OTHER
from tests.torture import house

pytestmark = pytest.mark.torture

SEEDS = "seeds: 2\ntier: smoke\n"
TAKEN = {
    "-p and -r, with paths": ["-p", "seeds", "2", "-r", "tier", "smoke", "--inject-paths"],
    "-y, for a report": ["-y", SEEDS, "--report-mode", "--log-output", "--stdout-file", "shown.txt"],
    "-f, with limits of time": [
        "-f", "values.yml", "--start-timeout", "300", "--execution-timeout", "300", "-k", "python3",
    ],
    "-b, from elsewhere": [
        "-b", base64.b64encode(SEEDS.encode()).decode(), "--cwd", "work", "--inject-input-path",
        "--inject-output-path", "--autosave-cell-every", "0", "--no-request-save-on-cell-execute",
    ],
    "-p twice, the last counts": ["-p", "seeds", "7", "-p", "tier", "smoke", "-p", "seeds", "2"],
}  # fmt: skip
REFUSED = {
    "a name it does not have": (["-y", "sedes: 2"], "unknown parameter 'sedes': did you mean 'seeds'"),
    "a text for a number": (["-r", "seeds", "2"], "seeds='2': valid is 1 to 20"),
    "a file with a list": (["-f", "list.yml"], "seeds=[1, 2]: valid is 1 to 20"),
}


@pytest.fixture
def root(tmp_path):
    root = house.build(tmp_path / "house", recipe="untrained")
    (tmp_path / "work").mkdir()
    (tmp_path / "values.yml").write_text(SEEDS)
    (tmp_path / "list.yml").write_text("seeds: [1, 2]\n")
    return root


def papermill(root, *flags):
    """papermill on the page, from a folder outside of the repository."""
    words = ["-m", "papermill", f"page://{OTHER}", "out.ipynb", "--no-progress-bar", *flags]
    return house.python(root, *words, cwd=root.parent)


def records_of(root):
    return sorted(path.parent.name.rpartition("-")[0] for path in house.store(root).paths())


RUNS = [f"vgg11-w0.125-digits-32px-n64-e0-s{seed}" for seed in range(2)]


@pytest.mark.parametrize("flags", TAKEN.values(), ids=TAKEN)
def test_a_page_takes_what_it_knows_however_it_is_passed(root, flags):
    done = papermill(root, *flags)
    assert done.returncode == 0, done.stderr
    assert records_of(root) == RUNS, "other runs were made than those that were asked for"
    notebook = nbformat.read(root.parent / "out.ipynb", 4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []


@pytest.mark.parametrize("flags, said", REFUSED.values(), ids=REFUSED)
def test_a_page_refuses_what_it_does_not_know_however_it_is_passed(root, flags, said):
    done = papermill(root, *flags)
    assert done.returncode != 0, "it was executed all the same"
    assert said in done.stderr
    assert records_of(root) == []


def test_a_page_that_is_only_prepared_makes_nothing(root):
    done = papermill(root, "-p", "seeds", "2", "--prepare-only")
    assert done.returncode == 0, done.stderr
    assert "seeds = 2" in (root.parent / "out.ipynb").read_text()
    assert records_of(root) == []


def executed(root, change=lambda text: text):
    """`jupyter execute` on the page's notebook, from its own folder, with its text changed before."""
    assert house.python(root, "-m", "rfbook", "notebooks").returncode == 0
    path = root / f"build/notebooks/{OTHER}.ipynb"
    path.write_text(json.dumps(json.loads(change(path.read_text()))))
    program = Path(sysconfig.get_path("scripts")) / "jupyter-execute"
    return house.python(root, str(program), path.name, cwd=path.parent)


def test_jupyter_execute_runs_a_page_as_it_is_written(root):
    done = executed(root)
    assert done.returncode == 0, done.stderr
    assert records_of(root) == RUNS[:1]


def test_jupyter_execute_stops_where_a_parameter_is_mistyped(root):
    done = executed(root, lambda text: text.replace("seeds = 1", "sedes = 1"))
    assert done.returncode != 0
    assert "unknown parameter 'sedes': did you mean 'seeds'" in done.stderr
    assert records_of(root) == []
