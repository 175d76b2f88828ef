"""A page judges what it was passed, in whatever kernel it runs: no less, and nothing else."""

from contextlib import suppress

import pytest

from rfbook.pages.injected import injected
from rfbook.pages.page import Page
from rfbook.pages.parameters import ParameterError
from rfbook.pages.plan import cells_of, declared
from tests.skeleton import PAGE

OPENS = f'from rfbook.pages.page import Page\n\npage = Page.open("{PAGE}", globals())'
WORKS = "field, jump, seen = 1, 1, []\noutcomes = []"


class Kernel:
    """What IPython keeps of the cells that ran, and what it had before the first."""

    def __init__(self, **startup):
        self.names = {"In": [""], "Out": {}, "__name__": "__main__", "_": "", **startup}
        self.names["_ih"] = self.names["In"]

    def run(self, *cells):
        for source in cells:
            self.names["_ih"].append(source)
            exec(source, self.names)
        return self


@pytest.fixture
def sets(repository):
    """The parameters cell of the tiny page."""
    (source,) = cells_of(PAGE, "parameters")
    return source


def papermill(**passed):
    """The cell that papermill injects."""
    return "\n".join(["# Parameters", *(f"{name} = {value!r}" for name, value in passed.items())])


@pytest.mark.parametrize(
    "startup, above, below",
    [
        ({"DATA": "/data"}, [], []),
        ({"side": 7, "DATA": "/data"}, [], []),
        ({}, ["trials = 3", "this is no Python"], []),
        ({}, ["side, trials = 64, 3"], []),
        ({"helper": [1]}, ["get_ipython().run_line_magic('run', 'helper.py')"], []),
        ({}, [], [papermill(PAPERMILL_INPUT_PATH="page://x", PAPERMILL_OUTPUT_PATH="out.ipynb")]),
        ({}, [], ["width: float = 0.5", "import math", "array = object()"]),
        ({"wdith": 1}, [], [papermill(width=0.5)]),
    ],
)
def test_what_nobody_passed_is_not_refused(sets, startup, above, below):
    kernel = Kernel(get_ipython=Kernel, **startup)
    for source in above:
        with suppress(SyntaxError, AttributeError):
            kernel.run(source)
    kernel.run(sets, *below, OPENS)
    assert kernel.names["page"].values["side"] is None


@pytest.mark.parametrize(
    "passed, said",
    [
        ({"wdith": 0.5}, "unknown parameter 'wdith': did you mean 'width'"),
        ({"width": 0.5, "qqq": None}, "unknown parameter 'qqq'"),
        ({"_hidden": 1}, "unknown parameter '_hidden'"),
        ({"In": 3}, "unknown parameter 'In'"),
        ({"DATA": 3}, "unknown parameter 'DATA'"),
        ({"side": "7"}, "side='7': valid is None"),
    ],
)
def test_what_papermill_injects_is_judged_even_where_the_kernel_knew_the_name(sets, passed, said):
    kernel = Kernel(DATA=3, wdith=0.5)
    with pytest.raises(ParameterError, match=said):
        kernel.run(sets, papermill(**passed), OPENS)


@pytest.mark.parametrize("how", ["in a line more", "in place of another", "in a cell below"])
def test_what_a_reader_mistypes_by_hand_is_refused_until_it_is_mended(sets, how):
    typed = {
        "in a line more": [f"wdith = 0.5\n{sets}"],
        "in place of another": [sets.replace("width", "wdith")],
        "in a cell below": [sets, "wdith = 0.5"],
    }[how]
    kernel = Kernel()
    for again in (typed, [], typed):
        with pytest.raises(ParameterError, match="'wdith': did you mean 'width'"):
            kernel.run(*again, OPENS)
    kernel.run(sets, OPENS)


def test_all_cells_may_run_twice_and_the_second_time_is_judged_too(sets):
    kernel = Kernel().run(sets, papermill(side=64), OPENS, WORKS)
    kernel.run(sets, papermill(side=64), OPENS, WORKS).run(OPENS)
    assert kernel.names["page"].values["side"] == 64
    with pytest.raises(ParameterError, match="unknown parameter 'sides': did you mean 'side'"):
        kernel.run(sets, papermill(sides=64), OPENS)


def test_a_value_that_is_set_below_and_the_page_opened_again_counts(sets):
    kernel = Kernel().run(sets, OPENS, WORKS, "mine = 3", OPENS, "side = 64", OPENS)
    assert kernel.names["page"].values["side"] == 64


def test_a_page_whose_parameters_never_ran_says_which_cell_to_run(repository):
    with pytest.raises(ParameterError, match="tier is not set: run the cell of the page's parameters"):
        Kernel().run(OPENS)


def test_without_a_kernel_all_plain_data_was_passed(repository):
    assert injected([], {"__name__": "x", "DATA": 3, "Page": Page, "wdith": None}) == {
        "DATA": 3, "wdith": None,
    }  # fmt: skip
    with pytest.raises(ParameterError, match="unknown parameter 'DATA'"):
        Page.open(PAGE, declared(PAGE) | {"DATA": 3})
