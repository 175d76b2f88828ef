"""The figure of repeated trainings: no run is hidden, and every spread has its interval."""

import numpy as np
import pytest

from rfbook.pages.figures import spread as spread_figures
from rfbook.pages.figures import style
from rfbook.statistics.spread import Spread, spread
from tests.reading import shown_in

ALT = "Dots of seven trainings around their means, and standard deviations with intervals"
RUNS = {"resnet18": [76.0, 77.0, 76.4, 76.0], "vgg16": [86.3, 86.4, 86.2]}
PRINTED = {"resnet18": Spread(83.16, 1.14, 8)}


@pytest.fixture
def panels(page, monkeypatch):
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))
    spread_figures.repeats(page, RUNS, PRINTED, ALT, "Runs.", "fig-runs")
    ((figure, *words),) = shown
    assert words == [ALT, "Runs.", "fig-runs"]
    assert figure.get_suptitle() == page.badge()
    figure.draw_without_rendering()
    return figure.axes


def test_every_run_is_a_dot_at_its_distance_from_the_mean(panels):
    dots = [line.get_xydata() for line in panels[0].lines if line.get_marker() == "o"]
    assert [len(one) for one in dots] == [4, 3]
    for one, values in zip(dots, RUNS.values(), strict=True):
        assert one[:, 1] == pytest.approx(np.subtract(values, np.mean(values)))
        assert len(set(one[:, 0])) == len(values), "equal runs lie beside each other"


def test_every_deviation_has_its_interval_ours_filled_and_the_papers_hollow(panels):
    expected = [spread(values) for values in RUNS.values()] + list(PRINTED.values())
    bars = [line for line in panels[1].lines if len(line.get_xdata()) == 2]
    dots = [line for line in panels[1].lines if len(line.get_xdata()) == 1]
    assert [tuple(bar.get_xdata()) for bar in bars] == [one.interval for one in expected]
    assert [dot.get_xdata()[0] for dot in dots] == [one.sd for one in expected]
    assert [dot.get_markerfacecolor() == "none" for dot in dots] == [False, False, True]


def test_the_number_of_trainings_stands_beside_each_name(panels):
    names = [label.get_text() for label in panels[1].get_yticklabels()]
    assert names == ["ResNet18 (4)", "VGG16 (3)", "ResNet18, paper (8)"]
