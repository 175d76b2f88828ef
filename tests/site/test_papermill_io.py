"""papermill opens a page by its name."""

import os
import subprocess
import sys

import nbformat
import pytest
from papermill.iorw import load_notebook_node, papermill_io
from papermill.parameterize import parameterize_notebook

from rfbook.pages.parameters import ParameterError
from rfbook.site.papermill_io import PageHandler, handler

SIZE_MATTERS = [f"page://size_matters/{name}" for name in ("lesson", "plain", "toy")]


def test_the_installed_package_registers_the_handler_for_its_prefix():
    assert papermill_io.get_handler("page://size_matters/border-layer") is handler


def test_a_page_is_read_as_a_notebook_with_a_kernel(tiny):
    notebook = nbformat.reads(PageHandler(tiny).read("page://size_matters/toy"), 4)
    assert notebook.metadata.kernelspec.name == "python3"
    assert any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
    nbformat.validate(notebook)


def test_reading_twice_gives_the_same_text(tiny):
    read = PageHandler(tiny).read
    assert read("page://size_matters/toy") == read("page://size_matters/toy")


def executed_with(page, **passed):
    """What papermill would execute of a page, up to the cell that refuses."""
    notebook = load_notebook_node(f"page://{page}.ipynb")
    nbformat.validate(notebook)
    cells = parameterize_notebook(notebook, passed, kernel_name="python3", language="python").cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    (last,) = [place for place, source in enumerate(sources) if "require_valid" in source]
    namespace = {"__name__": "__main__", "In": [""], "_": "", "DATA": "of a start-up file"}
    for source in sources[: last + 1]:
        namespace["In"].append(source)
        exec(source, namespace)
    return namespace


@pytest.mark.parametrize(
    "page, passed, said",
    [
        ("book/explorer", {"nonsense": 5}, "unknown parameter 'nonsense': This page has tier"),
        ("book/explorer", {"tier": "thim"}, "Did you mean 'thin'"),
        ("book/stride-toy", {"nonsense": 5}, "This page has no parameters"),
    ],
)
def test_a_page_that_measures_nothing_refuses_what_it_does_not_know(page, passed, said):
    with pytest.raises(ParameterError, match=said):
        executed_with(page, **passed)


def test_a_page_that_measures_nothing_takes_what_it_knows():
    assert executed_with("book/explorer")["tier"] == "published"
    assert executed_with("book/explorer", tier="smoke")["tier"] == "smoke"
    executed_with("book/stride-toy")


def test_a_kernel_that_holds_more_than_was_passed_runs_the_page_from_any_folder(tmp_path):
    startup = tmp_path / "ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text('DATA = "/data"\n')
    words = ["page://book/stride-toy", "out.ipynb", "--inject-paths", "--no-progress-bar"]
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    done = subprocess.run(
        [sys.executable, "-m", "papermill", *words], cwd=tmp_path, check=False, capture_output=True,
        text=True, env=environment | {"IPYTHONDIR": str(tmp_path / "ipython")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ipython", "out.ipynb"]


def test_a_suffix_that_papermill_users_write_by_habit_is_accepted(tiny):
    read = PageHandler(tiny).read
    assert read("page://size_matters/toy.ipynb") == read("page://size_matters/toy")


def test_an_unknown_page_is_refused_with_the_nearest_one(tiny):
    with pytest.raises(LookupError, match="did you mean 'size_matters/toy'"):
        PageHandler(tiny).read("page://size_matters/tox")


def test_pages_can_be_listed_by_their_beginning(tiny):
    pages = PageHandler(tiny)
    assert pages.listdir("page://") == ["page://book/index", *SIZE_MATTERS]
    assert pages.listdir("page://size") == SIZE_MATTERS


def test_a_page_cannot_be_written_over(tiny):
    with pytest.raises(ValueError, match=r"write to a file, for example out\.ipynb"):
        PageHandler(tiny).write("{}", "page://size_matters/toy")


def test_the_command_line_runs_a_page_without_a_warning(tiny):
    text = (
        "import sys, pathlib\n"
        "from rfbook.site.papermill_io import handler\n"
        f"handler.root = pathlib.Path({str(tiny)!r})\n"
        "from papermill.__main__ import papermill\n"
        "papermill(sys.argv[1:])\n"
    )
    words = ["page://size_matters/toy", str(tiny / "out.ipynb"), "-p", "tier", "paper"]
    command = [sys.executable, "-c", text, *words, "--prepare-only", "--no-progress-bar"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert 'tier = "paper"' in (tiny / "out.ipynb").read_text().replace('\\"', '"')
