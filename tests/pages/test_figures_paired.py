"""The figure of paired differences: no seed is hidden, and ours is told from what is printed."""

import numpy as np
import pytest

from rfbook.pages.figures import paired as difference_figures
from rfbook.pages.figures import style
from rfbook.pages.figures.panels import half_width
from tests.reading import shown_in

ALT = "Differences of three seeds and of one, beside those of the paper, around a line at zero"
OURS = {"resnet18": [0.5, 1.5, 1.0], "resnet50": [-0.2]}
PRINTED = {"resnet50": 0.8, "resnet101": 1.2}


@pytest.fixture
def draw(page, monkeypatch):
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))

    def call(ours, printed):
        shown.clear()
        difference_figures.differences(page, ours, printed, "points", ALT, "Falls.", "fig-falls")
        ((figure, *words),) = shown
        assert words == [ALT, "Falls.", "fig-falls"]
        assert figure.get_suptitle() == page.badge()
        figure.draw_without_rendering()
        return figure.axes[0]

    return call


def test_every_seed_is_a_dot_and_the_mean_has_its_interval(draw):
    axis = draw(OURS, PRINTED)
    dots = [line.get_xdata() for line in axis.lines if line.get_marker() == "o"]
    assert [list(one) for one in dots[:2]] == list(OURS.values())
    means = [line.get_xdata()[0] for line in axis.lines if line.get_marker() == "s"]
    assert means == pytest.approx([1.0, -0.2])
    (bar,) = [one.get_segments()[0][:, 0] for one in axis.collections]
    half = half_width(np.array(OURS["resnet18"]))
    assert list(bar) == pytest.approx([1 - half, 1 + half]), "and one seed has none"


def test_what_is_printed_is_hollow_and_lies_on_its_networks_line(draw):
    axis = draw(OURS, PRINTED)
    handles, labels = axis.get_legend_handles_labels()
    hollow = handles[labels.index("printed")]
    assert hollow.get_markerfacecolor() == "none"
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == ["ResNet18, n = 3", "ResNet50, n = 1", "ResNet101, not run"]
    assert [tuple(point) for point in hollow.get_xydata()] == [(0.8, 1), (1.2, 2)]


def test_a_paper_that_prints_none_of_them_leaves_ours(draw):
    axis = draw(OURS, {})
    assert "printed" not in axis.get_legend_handles_labels()[1]
    assert len(axis.get_yticklabels()) == 2


def test_pairs_of_networks_are_compared_quantity_by_quantity(page, monkeypatch):
    drawn = []
    monkeypatch.setattr(difference_figures, "bars", lambda *words: drawn.append(words))
    quantities = {"right": "accuracy", "field": "last_field"}
    difference_figures.compared(
        page, [("vgg11", "vgg13")], quantities, ("less", "more"), "%", ALT, "Both.", "fig-pairs"
    )
    ((_, groups, *words),) = drawn
    assert words == ["%", ALT, "Both.", "fig-pairs"]
    assert groups["VGG11, right"] == {"less": pytest.approx([60, 62]), "more": pytest.approx([70, 74])}
    assert groups["VGG11, field"] == {"less": [150, 150], "more": [150, 150]}
