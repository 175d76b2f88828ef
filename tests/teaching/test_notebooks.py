"""A student's notebook has no solution, an instructor's has all; both check answers in their cells."""

import re

import nbclient
import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager

from rfbook.pages import sources
from rfbook.pages.exercises import ANSWER, CHECK, SLIPS, parts
from rfbook.site import warm
from rfbook.teaching.notebooks import instructor, student
from tests.teaching import reader

each_page = pytest.mark.parametrize("page", reader.PAGES)
PAGES = ["background/receptive-field", "size_matters/tail-pattern"]
"""Pages that are executed here; `tests/torture/test_all_notebooks.py` executes the others."""


@pytest.fixture(scope="module", autouse=True)
def kernels():
    """What executes notebooks here; it need not read the libraries for each."""
    with warm.warm_kernels({}):
        yield warm.manager() or AsyncKernelManager


def solutions(page):
    """What a solution consists of: paragraphs and lines of code that the page has nowhere else."""
    held = list(parts(sources.shared(page, reader.ROOT).cells))
    elsewhere = "\n".join(one.cell.source for one in held if one.kind != "solution")
    for one in held:
        if one.kind == "solution":
            texts = one.text.split("\n\n") if one.text else one.cell.source.splitlines()
            yield from (text for text in texts if len(text.strip()) > 12 and text not in elsewhere)


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


@each_page
def test_a_student_s_notebook_holds_no_string_of_a_solution(page):
    texts = [cell.source for cell in student(page, reader.ROOT).cells]
    leaked = [text for text in solutions(page) if any(text in source for source in texts)]
    assert len(list(solutions(page))) > 4
    assert leaked == []


@each_page
def test_a_student_s_notebook_has_a_cell_for_each_answer_and_below_it_one_that_checks_it(page):
    notebook = student(page, reader.ROOT)
    nbformat.validate(notebook)
    check, change, _ = reader.of(page)
    assert [cell.source for cell in tagged(notebook, ANSWER)] == [
        f"answer = ...  # {one.asked}" for one in (check, change)
    ]
    places = [number for number, cell in enumerate(notebook.cells) if cell in tagged(notebook, CHECK)]
    assert [notebook.cells[place - 1] for place in places] == tagged(notebook, ANSWER)
    assert not any(cell.get("outputs") for cell in notebook.cells)


@each_page
def test_an_instructor_s_notebook_has_every_solution_and_its_slips_and_checks_them(page):
    notebook = instructor(page, reader.ROOT)
    nbformat.validate(notebook)
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    code = [line for one in reader.of(page) for source in one.solution for line in source.splitlines()]
    assert [line for line in code if line not in texts] == []
    assert len(tagged(notebook, SLIPS)) == len(tagged(notebook, CHECK)) == 2


@each_page
def test_no_directive_is_left_for_a_reader_of_a_notebook(page):
    for made in (student(page, reader.ROOT), instructor(page, reader.ROOT)):
        shown = [cell.source for cell in made.cells if cell.cell_type == "markdown"]
        assert [text for text in shown if re.search(r"`{3,}\{|^:label:", text, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES)
def test_an_instructor_s_checks_all_pass_and_in_a_student_s_notebook_only_they_fail(page, kernels):
    judge(page, kernels)


def judge(page, kernels):
    """Executes both notebooks of a page."""
    assert stopped(instructor(page, reader.ROOT), kernels) == []
    taken = student(page, reader.ROOT)
    assert stopped(taken, kernels) == [cell.source for cell in tagged(taken, CHECK)]


def stopped(notebook, kernels):
    """The sources of the cells that raise, if every cell is executed."""
    nbclient.NotebookClient(
        notebook, kernel_name="python3", allow_errors=True, kernel_manager_class=kernels,
        resources={"metadata": {"path": reader.ROOT}},
    ).execute()  # fmt: skip
    failed = [
        cell for cell in notebook.cells
        if any(output.output_type == "error" for output in cell.get("outputs", []))
    ]  # fmt: skip
    return [cell.source for cell in failed]
