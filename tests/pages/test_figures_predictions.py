"""Predictions are strokes, measurements dots with their seeds' interval."""

import pytest
from matplotlib.container import ErrorbarContainer

from rfbook.pages.figures import predictions as prediction_figures
from rfbook.pages.figures import style
from tests.reading import shown_in

WORDS = ["Border layer as predicted, tail as measured", "Predictions.", "fig-predictions"]
PANELS = {
    "convolution": {"vgg11": (6, [5, 7]), "vgg19-d2": (4, [4])},
    "odd over even": {"resnet18": (1.33, [1.3, 1.32])},
}


@pytest.fixture
def figure(page, monkeypatch):
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))
    prediction_figures.predictions(page, PANELS, *WORDS)
    ((made, *words),) = shown
    assert words == WORDS
    made.draw_without_rendering()
    return made


def test_each_quantity_has_a_panel_and_each_network_a_row_with_its_number_of_seeds(figure):
    labels = [[label.get_text() for label in axis.get_yticklabels()] for axis in figure.axes]
    assert labels == [["VGG11 (2)", "VGG19 with dilation 2 (1)"], ["ResNet18 (2)"]]
    assert [axis.get_xlabel() for axis in figure.axes] == list(PANELS)


def test_strokes_are_predictions_and_dots_means_over_seeds(figure):
    for axis, rows in zip(figure.axes, PANELS.values(), strict=True):
        strokes, *_ = axis.lines
        assert strokes.get_marker() == "|"
        assert strokes.get_xdata().tolist() == [predicted for predicted, _ in rows.values()]
        dots = [bar.lines[0].get_xydata()[0].tolist() for bar in axis.containers]
        means = [sum(seeds) / len(seeds) for _, seeds in rows.values()]
        assert dots == [[pytest.approx(mean), place] for place, mean in enumerate(means)]


def test_one_seed_has_no_interval(figure):
    bars = [one for one in figure.axes[0].containers if isinstance(one, ErrorbarContainer)]
    assert [bar.has_xerr for bar in bars] == [True, False]


def test_the_tier_and_what_the_marks_mean_stand_on_the_figure(page, figure):
    assert figure.get_suptitle() == page.badge()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["predicted", "measured"]
