"""Pages are executed at a tier, always with the same result, and a failure says where it was."""

import shutil

import nbformat
import pytest
from nbformat.v4 import new_output

from rfbook.experiments import places
from rfbook.pages import sources
from rfbook.pages.executed import current, executed, summary_of
from rfbook.site import build, execution
from rfbook.site.warm import warm_kernels

PAGE, FIGURE, LESSON = "size_matters/plain", "size_matters/toy", "size_matters/lesson"


@pytest.fixture(scope="module", autouse=True)
def warm():
    """One process that forks the kernels of all tests."""
    with warm_kernels({}):
        yield


def outputs(path):
    return "\n".join(
        str(output.get("data", output.get("text")))
        for cell in nbformat.read(path, 4).cells
        for output in cell.get("outputs", [])
    )


def change(root, old, new):
    path = root / f"notebooks/{PAGE}.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_page_runs_at_the_tier_it_is_given(tiny):
    assert "this is paper" in outputs(build.execute(PAGE, "paper", root=tiny))


def test_the_published_book_takes_the_tier_that_the_page_names(built):
    assert "this is thin" in outputs(executed(PAGE, "published", built))


def test_a_page_of_the_book_folder_is_executed_too(built):
    assert "computed on the index" in outputs(executed("book/index", "published", built))


def test_parameters_that_are_not_passed_are_shown_with_their_defaults(tiny):
    notebook = nbformat.read(build.execute(PAGE, "thin", {"width": 0.5}, tiny), 4)
    injected = [c for c in notebook.cells if "injected-parameters" in c.metadata.tags]
    assert [line for line in injected[0].source.splitlines() if "=" in line] == [
        'tier = "thin"',
        "width = 0.5",
    ]


def test_two_executions_of_a_page_give_the_same_bytes(tiny, built):
    again = build.execute(FIGURE, "published", root=tiny).read_bytes()
    assert again == executed(FIGURE, "published", built).read_bytes()


def test_an_executed_page_holds_no_noise_and_hides_its_plumbing(built):
    notebook = nbformat.read(executed(PAGE, "published", built), 4)
    assert "papermill" not in notebook.metadata
    assert "noise" not in str(notebook)
    tags = [set(cell.metadata.tags) for cell in notebook.cells]
    assert {"parameters", "remove-cell"} in tags
    assert {"injected-parameters", "remove-cell"} in tags


def test_what_is_shown_as_html_does_not_stand_there_as_python_prints_it_too(tiny):
    shown = "from rfbook.pages.tables import Table\nTable('A table', ['a'], [['b']])"
    change(tiny, 'print("this is", tier)', shown)
    (cell, *_) = (c for c in nbformat.read(build.execute(PAGE, "thin", root=tiny), 4).cells[::-1])
    assert list(cell.outputs[-1].data) == ["text/html"]


def test_a_cell_that_raises_is_named_with_its_error_and_the_notebook_so_far(tiny):
    change(tiny, "import sys", "raise ValueError('width=3: at most 1')")
    with pytest.raises(build.PageError, match=r"ValueError: width=3: at most 1") as caught:
        build.execute(PAGE, "smoke", root=tiny)
    assert PAGE in str(caught.value)
    assert (tiny / f"build/smoke/running/{PAGE}.ipynb").exists()


def test_a_page_that_stops_leaves_nothing_not_even_of_an_earlier_execution(tiny):
    build.execute(PAGE, "smoke", root=tiny)
    assert current(PAGE, "smoke", tiny)
    change(tiny, "import sys", "1 / 0")
    with pytest.raises(build.PageError):
        build.execute(PAGE, "smoke", root=tiny)
    assert not summary_of(PAGE, "smoke", tiny).exists()
    assert not executed(PAGE, "smoke", tiny).exists()


def test_only_a_page_that_would_come_out_otherwise_is_executed_again(built, tmp_path, caplog):
    root = shutil.copytree(built, tmp_path / "copy", symlinks=True)
    caplog.set_level("INFO", "rfbook")
    build.execute_all("published", root)
    change(root, "this is", "that is")
    build.execute_all("published", root)
    lines = [message.partition(" s  ")[2] or message for message in caplog.messages]
    assert lines == [
        "0 of 4 pages executed, the others are as they would come out",
        f"{PAGE} at published: executed",
        "1 of 4 pages executed, the others are as they would come out",
    ]
    assert "that is thin" in outputs(executed(PAGE, "published", root))


def test_a_page_that_stops_does_not_stop_the_others(tiny):
    change(tiny, "import sys", "1 / 0")
    (tiny / f"notebooks/{FIGURE}.md").unlink()
    with pytest.raises(build.PageError, match="ZeroDivisionError"):
        build.execute_all("smoke", tiny)
    assert executed("book/index", "smoke", tiny).exists()


def test_pages_that_sum_up_come_after_the_pages_they_sum_up(tiny):
    index = tiny / "book/index.md"
    look = f"import pathlib; print(pathlib.Path('build/smoke/executed/{PAGE}.ipynb').exists())"
    index.write_text(index.read_text().replace('print("computed on the index")', look))
    (tiny / f"notebooks/{FIGURE}.md").unlink()
    build.execute_all("smoke", tiny)
    assert "True" in outputs(executed("book/index", "smoke", tiny))


def test_an_unknown_page_is_refused_with_the_nearest_one(tiny):
    with pytest.raises(LookupError, match=r"did you mean 'size_matters/toy'\? .*book/index"):
        build.execute("size_matters/toi", "smoke", root=tiny)


def test_pages_are_the_notebooks_and_what_holds_code_in_the_book(tiny):
    (tiny / "book/prose.md").write_text("# No code\n\n---\n\nkernelspec\n")
    assert sources.pages(tiny) == ["book/index", LESSON, PAGE, FIGURE]


def failing(times, message):
    """An execution that fails so often before it succeeds."""
    left = [RuntimeError(message)] * times

    def execution():
        if left:
            raise left.pop()
        return "executed"

    return execution


def test_a_kernel_that_never_came_up_is_started_again_but_not_for_ever():
    died = f"{execution.NO_KERNEL} to kernel_info"
    assert execution._once_started(failing(2, died)) == "executed"
    with pytest.raises(RuntimeError, match=execution.NO_KERNEL):
        execution._once_started(failing(3, died))


def test_a_kernel_that_dies_in_a_cell_stops_its_page_and_says_what_to_do(tiny, monkeypatch):
    path = tiny / f"notebooks/{PAGE}.md"
    path.write_text(path.read_text() + "\n```{code-cell} ipython3\nimport os\nos._exit(1)\n```\n")
    with pytest.raises(execution.PageError, match=f"{PAGE}: its kernel died.* try again"):
        build.execute(PAGE, "smoke", root=tiny)


def test_any_other_failure_is_not_tried_again():
    with pytest.raises(RuntimeError, match="out of memory"):
        execution._once_started(failing(1, "out of memory"))


def test_a_planned_page_can_be_run_by_name_but_is_no_part_of_the_book(tiny):
    path = tiny / f"notebooks/{PAGE}.md"
    path.write_text(path.read_text().replace("{tier: thin}", "{tier: thin, planned: true}", 1))
    assert sources.pages(tiny) == ["book/index", LESSON, FIGURE]
    assert sources.planned(tiny) == [PAGE]
    assert sources.find(PAGE, tiny) == path


def test_outside_a_checkout_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "__file__", str(tmp_path / "places.py"))
    with pytest.raises(FileNotFoundError, match="clone the repository"):
        sources.repository()


def test_what_is_printed_is_one_piece_wherever_the_kernel_cut_it():
    outputs = [new_output("stream", text="one\n"), new_output("stream", text="two\n"),
               new_output("display_data"), new_output("stream", text="three\n")]  # fmt: skip
    joined = execution._joined(outputs)
    assert [output.get("text") for output in joined] == ["one\ntwo\n", None, "three\n"]
