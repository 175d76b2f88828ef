"""The matrix of tests: numbers in their triangles, and a ground that says what survives."""

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot

from rfbook.pages.figures import pairwise as matrix_figures
from rfbook.pages.figures import style
from rfbook.statistics.significance import compared
from tests.reading import shown_in

ALT = "Matrix of tests; one pair of three networks differs after a correction"
TESTS = compared({"a": [1.0, 1.1, 0.9], "b": [1.15, 1.25, 1.2], "c": [9.0, 9.1, 9.2]})


@pytest.fixture
def figure(page, monkeypatch):
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))
    matrix_figures.tests(page, {"ours": TESTS, "theirs": TESTS}, ALT, "Tests.", "fig-tests")
    ((made, *words),) = shown
    assert words == [ALT, "Tests.", "fig-tests"]
    return made


def test_every_source_has_a_matrix_with_its_title(figure):
    assert [axis.get_title() for axis in figure.axes] == ["ours", "theirs"]
    figure.draw_without_rendering()


def test_p_stands_above_the_diagonal_and_t_below_it(figure):
    cells = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert len(cells) == 6
    assert cells[1, 0] == f"{TESTS.p[0, 1]:.3f}"
    assert cells[0, 1] == f"{TESTS.t[0, 1]:.2f}"
    assert float(cells[0, 2]) < 0, "the column's mean, 1, minus the row's, 9.1"


def test_the_ground_says_what_a_correction_leaves(page, monkeypatch):
    """p = 0.04 alone is below the level, three times that is not."""
    p = np.array([[np.nan, 0.04, 0.5], [0.04, np.nan, 0.001], [0.5, 0.001, np.nan]])
    one = type(TESTS)(TESTS.names, TESTS.mean, TESTS.n, TESTS.t, p)
    monkeypatch.setattr(style, "show", shown_in([]))
    matrix_figures.tests(page, {"ours": one}, ALT, "Tests.", "fig-tests")
    grounds = pyplot.gcf().axes[0].images[0].get_array()
    assert grounds.tolist() == [[0, 1, 0], [1, 0, 2], [0, 2, 0]]


def test_the_grounds_get_darker_so_that_grey_print_tells_them_apart():
    levels = [
        np.dot(matplotlib.colors.to_rgb(ground), (0.3, 0.6, 0.1))
        for ground in matrix_figures.GROUNDS.values()
    ]
    assert levels == sorted(levels, reverse=True)
    assert min(-np.diff(levels)) > 0.1


def test_the_tier_stands_on_the_figure(page, figure):
    assert figure.get_suptitle() == page.badge()
