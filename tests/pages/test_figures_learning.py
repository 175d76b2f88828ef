"""How fast trainings learn: every seed is there, the median stands out, and no end is hidden."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from rfbook.pages.figures import learning as learning_figures
from rfbook.pages.figures import style
from rfbook.statistics.survival import Arrival
from tests.reading import shown_in
from tests.samples import record

ALT = "Learning curves of two networks; the second is above ninety percent sooner"
WORDS = [ALT, "Curves.", "fig-curves"]
CURVES = {
    "vgg11": [[0.5, 0.5, 0.6, 0.95], [0.5, 0.7, 0.8, 0.8]],
    "vgg13": [[0.5, 0.92, 0.97, 0.99], [0.6, 0.8, 0.93, 0.99]],
}
ARMS = {
    "plain": [Arrival(4, True), Arrival(6, False)],
    "padded": [Arrival(2, True), Arrival(3, True)],
}


@pytest.fixture
def figure_of(monkeypatch):
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))

    def call(function, *arguments):
        shown.clear()
        function(*arguments, *WORDS)
        ((made, *words),) = shown
        assert words == WORDS
        made.draw_without_rendering()
        return made

    return call


@pytest.fixture
def curves(page, figure_of):
    def learnt(outcome):
        shares = CURVES[outcome.label][outcome.run.seed]
        values = {"test_accuracy": shares, "steps": 50}
        return replace(
            outcome, records={"learning_curve": record(outcome.run, "learning_curve", values)}
        )

    return figure_of(learning_figures.learning_curves, page, [learnt(one) for one in page.outcomes])


def test_every_seed_is_a_thin_line_and_their_median_a_bold_one_over_updates(curves):
    for axis, seeds in zip(curves.axes, CURVES.values(), strict=True):
        *thin, bold = axis.lines[:3]
        assert [line.get_ydata().tolist() for line in thin] == [
            pytest.approx(np.multiply(100, s)) for s in seeds
        ]
        assert bold.get_ydata() == pytest.approx(100 * np.median(seeds, 0))
        assert bold.get_xdata().tolist() == [50, 100, 150, 200]
        assert bold.get_linewidth() > 3 * max(line.get_linewidth() for line in thin)


def test_the_level_is_drawn_and_the_first_median_is_grey_in_the_other_panels(curves):
    first, second = curves.axes
    for axis in (first, second):
        (level,) = [line for line in axis.lines if line.get_linestyle() == ":"]
        assert list(level.get_ydata()) == [90, 90]
    greys = [[line for line in axis.lines if line.get_color() == style.GREY] for axis in (first, second)]
    assert greys[0] == []
    assert greys[1][0].get_ydata() == pytest.approx(100 * np.median(CURVES["vgg11"], 0))


def test_a_panel_says_how_many_seeds_it_shows(curves):
    assert [axis.get_title() for axis in curves.axes] == ["VGG11 (2)", "VGG13 (2)"]


def test_the_tier_stands_on_both_figures_of_runs(page, curves, figure_of):
    for figure in (curves, figure_of(learning_figures.survival, page, ARMS)):
        assert figure.get_suptitle() == page.badge()


@pytest.fixture
def lines(page, figure_of):
    (axis,) = figure_of(learning_figures.survival, page, ARMS).axes
    handles, labels = axis.get_legend_handles_labels()
    return dict(zip(labels, handles, strict=True)), axis


def test_the_share_that_is_left_falls_with_every_arrival_and_is_drawn_to_the_last_epoch(lines):
    drawn, _ = lines
    assert list(drawn) == ["plain (2)", "padded (2)"]
    points = {name: line.get_xydata().tolist() for name, line in drawn.items()}
    assert points["plain (2)"] == [[0, 1], [4, 0.5], [6, 0.5], [6, 0.5]]
    assert points["padded (2)"] == [[0, 1], [2, 0.5], [3, 0], [6, 0]]
    assert {line.get_drawstyle() for line in drawn.values()} == {"steps-post"}


def test_a_cross_ends_the_line_of_an_arm_in_which_some_never_arrived(lines):
    drawn, axis = lines
    crosses = [line for line in axis.lines if line.get_marker() == "x"]
    assert [(*cross.get_xydata()[0], cross.get_color()) for cross in crosses] == [
        (6, 0.5, drawn["plain (2)"].get_color())
    ]


def test_arms_are_told_apart_without_colour_and_arrivals_are_marked(lines):
    drawn, _ = lines
    looks = {(line.get_marker(), line.get_linestyle()) for line in drawn.values()}
    assert len(looks) == len({marker for marker, _ in looks}) == len({dash for _, dash in looks}) == 2
    assert [line.get_markevery() for line in drawn.values()] == [[1], [1, 2]]
    assert [to_hex(line.get_color()) for line in drawn.values()] == [
        c.lower() for c in style.COLOURS[:2]
    ]


def test_pictures_show_the_colours_as_they_are(figure_of):
    images = {"black": np.zeros((8, 8, 3)), "red": np.full((8, 8, 3), (1.0, 0, 0))}
    axes = figure_of(learning_figures.pictures, images).axes
    assert [axis.get_title() for axis in axes] == ["black", "red"]
    assert np.array_equal(axes[1].images[0].get_array(), images["red"])
