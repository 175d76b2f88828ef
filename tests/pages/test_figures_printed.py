"""What a paper prints stands in the figure of layers as hollow marks, in grey, with its number."""

import pytest

from rfbook.pages.figures import layers, style

WORDS = {"alt": "Probe accuracy rises up to the border layer", "caption": "By layer.", "name": "fig-a"}


@pytest.fixture
def panels(page, monkeypatch):
    """Draws layer profiles; returns the panels that would be seen."""
    shown = []
    monkeypatch.setattr(style, "show", lambda figure, *words: shown.append(figure))

    def draw(**printed):
        layers.layer_profiles(page, page.outcomes, **WORDS, **printed)
        return [axis for axis in shown[-1].axes if axis.get_visible()]

    return draw


def mark(axis, label):
    handles, labels = axis.get_legend_handles_labels()
    return handles[labels.index(label)] if label in labels else None


def test_a_printed_accuracy_is_a_hollow_mark_behind_the_last_convolution(panels):
    first, second = panels(printed={"vgg11": 84.64})
    found = mark(first, "model accuracy, printed")
    ((place, height),) = found.get_xydata()
    assert height == pytest.approx(0.8464) and place > 8
    assert found.get_markerfacecolor() == "none"
    assert "84.64" in [text.get_text() for text in first.texts]
    assert mark(second, "model accuracy, printed") is None


def test_the_printed_start_of_a_tail_is_a_hollow_mark_at_its_convolution(panels):
    first, second = panels(tails={"vgg13": 8})
    assert mark(second, "the tail starts, printed").get_xdata() == [8]
    assert mark(first, "the tail starts, printed") is None


def test_the_legend_names_what_only_a_later_panel_has(panels):
    *_, second = panels(printed={"vgg13": 90.0})
    (legend,) = second.figure.legends
    assert "model accuracy, printed" in [text.get_text() for text in legend.get_texts()]


def test_without_printed_numbers_nothing_is_hollow(panels):
    assert all(mark(axis, "model accuracy, printed") is None for axis in panels())
