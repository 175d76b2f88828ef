"""Figures: from records only, each with its tier, its text for the blind, and n and interval."""

import ast
import inspect
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer

from rfbook.pages.figures import layers as figures
from rfbook.pages.figures import style
from rfbook.pages.figures.panels import half_width
from tests.reading import shown_in

ALT = "Probe accuracy rises up to the border layer and stays flat after it"
WORDS = {"alt": ALT, "caption": "Accuracy by layer.", "name": "fig-tiny"}
PUBLIC = {
    name: function
    for name, function in inspect.getmembers(figures, inspect.isfunction)
    if function.__module__ == figures.__name__ and not name.startswith("_")
}
DRAWING = {n: f for n, f in PUBLIC.items() if "page" in inspect.signature(f).parameters}
EXAMPLES = {
    "layer_profiles": lambda page: (page.outcomes,),
    "fields_against_printed": lambda page: (page.outcomes, {"Size Matters": {"vgg11": 150}}),
    "curves": lambda page: ({"vgg11": [0.1, 0.2], "vgg13": [0.2, 0.4]}, ("layer", "share")),
    "curves_by_network": lambda page: (
        {"vgg11": {"99 %": [0.1, 0.2]}, "vgg13": {"99 %": [0.2, 0.4]}}, {"vgg11": 2}, ("layer", "share"),
    ),
    "maps": lambda page: ({"before": np.eye(8), "after": np.ones((8, 8))},),
    "bars": lambda page: ({"resnet18": {"plain": [1.0, 2.0], "padded": [3.0, 5.0]}}, "pixels"),
    "heatmaps": lambda page: ({"conv1": np.eye(4), "conv2": np.ones((2, 2))},),
}


@pytest.fixture
def draw(page, monkeypatch):
    """Calls a figure's function; returns the figure that would be shown and the words beside it."""
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))

    def call(name, *arguments, **options):
        shown.clear()
        getattr(figures, name)(page, *arguments, **WORDS, **options)
        (only,) = shown
        return only

    return call


def drawn(draw, name, *arguments, **options):
    figure, *_ = draw(name, *arguments, **options)
    return figure


def visible(figure):
    return [axis for axis in figure.axes if axis.get_visible()]


def labelled(axis, label):
    """The one artist with that label in the legend."""
    handles, labels = axis.get_legend_handles_labels()
    return handles[labels.index(label)]


def error_bars(axis):
    """Length of every vertical error bar."""
    found = [c for c in axis.containers if isinstance(c, ErrorbarContainer) and c.has_yerr]
    segments = [segment for c in found for bars in c.lines[2] for segment in bars.get_segments()]
    return [end[1] - start[1] for start, end in segments]


# Every figure.


@pytest.mark.parametrize("name", DRAWING)
def test_a_figure_takes_its_words_and_is_shown_in_the_style_of_the_book(name):
    assert {"alt", "caption", "name"} <= inspect.signature(DRAWING[name]).parameters.keys()
    called = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(inspect.getsource(DRAWING[name])))
        if isinstance(node, ast.Call)
    ]
    assert "style.use()" in called
    assert any(call.startswith("style.show(figure, page") for call in called)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_shows_the_tier_and_passes_its_words_on(page, draw, name):
    figure, alt, caption, label = draw(name, *EXAMPLES[name](page))
    assert (alt, caption, label) == tuple(WORDS.values())
    assert figure.get_suptitle() == page.badge() == "tier thin; width 0.25 (paper 1.0)"
    figure.draw_without_rendering()


def test_every_figure_has_an_example_here():
    assert EXAMPLES.keys() == DRAWING.keys()


def test_a_figure_without_a_finding_in_its_text_is_refused(page, monkeypatch):
    monkeypatch.setattr(style, "display", lambda forms, raw: None)
    with pytest.raises(ValueError, match="state what the figure shows"):
        figures.curves(page, {"a": [1, 2]}, ("x", "y"), "too short", "Caption.", "fig-tiny")


def test_more_series_than_can_be_told_apart_are_refused_not_dropped(page, draw):
    lines = {str(number): [0, number] for number in range(8)}
    with pytest.raises(ValueError, match="8 series, at most 7 can be told apart"):
        draw("curves", lines, ("layer", "share"))


# Seeds and intervals.


def test_half_an_interval_is_that_of_student_for_each_layer():
    """t(0.975, 2) = 4.3027 in every printed table; 1, 2, 3 has s = 1, and 5, 5, 5 has s = 0."""
    found = half_width(np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]))
    assert found == pytest.approx([4.3027 / 3**0.5, 0], abs=1e-3)


def test_one_seed_has_no_interval():
    assert half_width(np.array([[1.0, 2.0]])) is None


# Layer profiles.


def test_each_network_has_bars_of_saturation_and_a_line_of_probes(page, draw):
    figure = drawn(draw, "layer_profiles", page.outcomes)
    first, second = visible(figure)
    assert first.get_title() == "VGG11, 61.0 % (2 seeds)"
    assert second.get_title() == "VGG13, 72.0 % (2 seeds)"
    bars = labelled(first, "saturation").patches
    assert [bar.get_height() for bar in bars] == pytest.approx([0.5] + [0.4] * 4 + [0.1] * 3)
    probes = labelled(first, "probe accuracy").lines[0].get_ydata()
    assert probes == pytest.approx([0.3, 0.4, 0.5] + [0.6] * 5)
    assert first.get_xlabel() == "convolution" and first.get_ylim() == (0, 1)


def test_the_border_layer_is_a_black_line_between_two_convolutions(page, draw):
    figure = drawn(draw, "layer_profiles", page.outcomes)
    for axis, place in zip(visible(figure), (5.5, 7.5), strict=True):
        line = labelled(axis, "border layer begins")
        assert set(line.get_xdata()) == {place}
        assert line.get_color() == style.INK


@pytest.mark.parametrize("how", ["not asked for", "not there"])
def test_without_a_border_layer_there_is_no_line(page, draw, how):
    if how == "not there":
        for outcome in page.outcomes:
            outcome.records["receptive_field"].values["border"] = None
    figure = drawn(draw, "layer_profiles", page.outcomes, border=how == "not there")
    for axis in visible(figure):
        assert "border layer begins" not in axis.get_legend_handles_labels()[1]


def test_error_bars_are_the_intervals_over_seeds(page, draw):
    axis, _ = visible(drawn(draw, "layer_profiles", page.outcomes))
    # The probes of the two seeds are 0.59 and 0.61: t(0.975, 1) x 0.01 on either side.
    probes = [0] * 3 + [2 * 12.706 * 0.01] * 5
    assert sorted(error_bars(axis)) == pytest.approx(sorted([0] * 8 + probes), abs=1e-4)


def test_a_single_seed_says_so_and_has_no_error_bars(page, draw):
    (axis,) = visible(drawn(draw, "layer_profiles", page.outcomes[:1]))
    assert axis.get_title() == "VGG11, 60.0 % (1 seed, no interval)"
    assert error_bars(axis) == []


def test_the_side_stands_in_a_title_once_where_sides_differ(page, draw):
    first, second = page.outcomes[0], page.outcomes[-1]
    larger = second.run.data.model_copy(update={"side": 64})
    second = replace(second, arm="large", run=second.run.model_copy(update={"data": larger}))
    axes = visible(drawn(draw, "layer_profiles", [replace(first, arm="at 32 px"), second]))
    starts = [axis.get_title().replace("\n", ", ").partition(",")[0] for axis in axes]
    assert starts == ["VGG11 at 32 px", "VGG13 large at 64 pixels"]


def test_no_empty_frame_is_left_where_the_networks_are_odd_in_number(page, draw):
    odd = [
        type(outcome)(outcome.run, outcome.paper, outcome.records) for outcome in page.outcomes[:3]
    ]
    third = odd[0].run.model_copy(
        update={"model": odd[0].run.model.model_copy(update={"name": "vgg16"})}
    )
    odd.append(type(odd[0])(third, third, odd[0].records))
    figure = drawn(draw, "layer_profiles", odd)
    assert (len(figure.axes), len(visible(figure))) == (4, 3)


# The papers' numbers beside ours.


def test_a_printed_value_is_hollow_and_grey_and_ours_is_filled(page, draw):
    printed = {"Size Matters": {"vgg11": 150}, "Dead Pixel": {"vgg13": 435}}
    (axis,) = visible(drawn(draw, "fields_against_printed", page.outcomes, printed))
    ours = labelled(axis, "computed")
    assert list(ours.get_xdata()) == [150, 150]
    assert to_hex(ours.get_markerfacecolor()) == style.COLOURS[0].lower()
    for paper, place, value in (("Size Matters", 0, 150), ("Dead Pixel", 1, 435)):
        marks = labelled(axis, f"printed in {paper}")
        assert (list(marks.get_xdata()), list(marks.get_ydata())) == ([value], [place])
        assert marks.get_markerfacecolor() == "none"
        assert to_hex(marks.get_color()) == style.GREY
    markers = {line.get_marker() for line in axis.get_lines()}
    assert len(markers - {ours.get_marker()}) >= 1


def test_a_printed_value_that_is_not_ours_stands_beside_its_mark(page, draw):
    printed = {"Size Matters": {"vgg11": 150, "vgg13": 252}}
    (axis,) = visible(drawn(draw, "fields_against_printed", page.outcomes, printed))
    assert [text.get_text() for text in axis.texts] == ["252"]


def test_networks_of_which_nothing_is_printed_are_drawn_all_the_same(page, draw):
    figure = drawn(draw, "fields_against_printed", page.outcomes, {"Dead Pixel": {"resnet18": 1}})
    (axis,) = visible(figure)
    assert [text.get_text() for text in axis.get_yticklabels()] == ["VGG11", "VGG13"]
    assert list(labelled(axis, "computed").get_xdata()) == [150, 150]


# Curves, maps and bars.


def test_a_curve_of_several_seeds_is_their_mean_in_its_interval(page, draw):
    """1, 2, 3 has the mean 2 and s = 1; 5, 5, 5 no spread. t(0.975, 2) = 4.3027."""
    lines = {"seeds": np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]), "one": [1.0, 2.0]}
    (axis,) = visible(drawn(draw, "curves", lines, ("layer", "share")))
    assert list(labelled(axis, "seeds").get_ydata()) == [2, 5]
    (band,) = axis.collections
    ends = band.get_datalim(axis.transData)
    assert (ends.y0, ends.y1) == pytest.approx((2 - 4.3027 / 3**0.5, 5), abs=1e-3)


def test_each_network_has_a_panel_and_the_border_layer_is_a_line_where_there_is_one(page, draw):
    lines = {"vgg11": {"99 %": [0.1, 0.2, 0.3]}, "vgg13": {"99 %": [0.2, 0.4, 0.5]}}
    axes = visible(drawn(draw, "curves_by_network", lines, {"vgg11": 2}, ("layer", "share")))
    assert [axis.get_title() for axis in axes] == ["VGG11", "VGG13"]
    assert list(labelled(axes[0], "border layer begins").get_xdata()) == [1.5, 1.5]
    assert "border layer begins" not in axes[1].get_legend_handles_labels()[1]


def test_curves_are_told_apart_without_colour(page, draw):
    lines = {"a": [1, 2], "b": [2, 3], "c": [3, 4]}
    (axis,) = visible(drawn(draw, "curves", lines, ("layer", "share")))
    drawn_lines = axis.get_lines()
    assert len({(line.get_marker(), line.get_linestyle()) for line in drawn_lines}) == 3
    assert [list(line.get_xdata()) for line in drawn_lines] == [[1, 2]] * 3
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("layer", "share")


def test_maps_are_scaled_each_to_its_own_brightest_pixels(page, draw):
    images = {"dim": np.linspace(0, 1, 64).reshape(8, 8), "bright": np.full((8, 8), 5.0)}
    axes = visible(drawn(draw, "maps", images, centres={"dim": (2.0, 3.0)}))
    assert [axis.get_title() for axis in axes] == ["dim", "bright"]
    limits = [axis.images[0].get_clim() for axis in axes]
    assert limits == [(0, pytest.approx(np.percentile(images["dim"], 99.5))), (0, 5)]
    cross, middle = axes[0].get_lines()
    assert (list(cross.get_xdata()), list(cross.get_ydata())) == ([2.0], [3.0])
    assert (list(middle.get_xdata()), list(middle.get_ydata())) == ([3.5], [3.5])
    assert axes[1].get_lines()[:] == []


def test_bars_stand_at_the_mean_with_their_value_and_interval(page, draw):
    groups = {"resnet18": {"plain": [1.0, 3.0], "padded": [4.0, 4.0]}}
    (axis,) = visible(drawn(draw, "bars", groups, "pixels"))
    plain, padded = (labelled(axis, arm) for arm in ("plain", "padded"))
    assert [bar.get_height() for bar in (*plain.patches, *padded.patches)] == [2, 4]
    # t(0.975, 1) = 12.706; 1 and 3 have a standard error of 1, and 4 and 4 have none.
    assert error_bars(axis) == pytest.approx([2 * 12.706, 0], abs=1e-3)
    assert {text.get_text().strip() for text in axis.texts} == {"2", "4"}
    hatches = {bar.get_hatch() for bar in (*plain.patches, *padded.patches)}
    assert len(hatches) == 2
    assert plain.patches[0].get_x() < padded.patches[0].get_x()


def test_bars_of_one_seed_have_no_error_bars(page, draw):
    (axis,) = visible(drawn(draw, "bars", {"resnet18": {"plain": [1.0]}}, "pixels"))
    assert error_bars(axis) == []


def test_a_network_with_one_seed_stands_without_an_error_bar_beside_one_with_two(page, draw):
    groups = {"vgg11": {"plain": [1.0]}, "resnet18": {"plain": [1.0, 3.0]}}
    (axis,) = visible(drawn(draw, "bars", groups, "pixels"))
    assert [bar.get_height() for bar in labelled(axis, "plain").patches] == [1, 2]
    assert error_bars(axis) == pytest.approx([2 * 12.706], abs=1e-3)


def test_bars_of_one_value_can_have_the_intervals_that_are_given(page, draw):
    groups, within = {"lite0": {"strong": [3.0], "weak": [2.0]}}, {"strong": (2.5, 5.0), "weak": (1, 3)}
    (axis,) = visible(drawn(draw, "bars", groups, "%", intervals={"lite0": within}))
    assert error_bars(axis) == pytest.approx([2.5, 2.0])
