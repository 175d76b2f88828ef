"""Points with names: who is hollow, who is filled, and whether every name can be read."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.text import Text

from rfbook.claims.printed_tables import read_sizes
from rfbook.claims.published_fields import read_fits
from rfbook.claims.verdicts import Estimate
from rfbook.pages.estimates import Estimates
from rfbook.pages.figures import scatter as scatter_figures
from rfbook.pages.figures import sizes, style
from rfbook.pages.figures.scatter import Scatter, apart, points_of
from tests.reading import shown_in
from tests.samples import repeatable

ALT = "Accuracy against size of three networks; the larger field is not the better network"
PRINTED = {"resnet18": (435.0, 69.8), "resnet34": (899.0, 73.3), "resnet50": (427.0, 76.1)}
OURS = {"resnet18": (440.0, 70.0), "vgg11": (150.0, 71.0)}
HEIGHTS = st.lists(st.floats(0, 1), min_size=1, max_size=9).map(sorted)


@pytest.fixture
def draw(page, monkeypatch):
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))

    def call(*panels):
        shown.clear()
        scatter_figures.scatter(page, panels, ALT, "Points.", "fig-points")
        ((figure, *words),) = shown
        assert words == [ALT, "Points.", "fig-points"]
        figure.draw_without_rendering()
        return figure

    return call


def labelled(axis, label):
    handles, labels = axis.get_legend_handles_labels()
    return handles[labels.index(label)]


def test_the_printed_points_are_hollow_and_grey_and_ours_filled(draw):
    (axis,) = draw(Scatter(("px", "%"), PRINTED, {"ours": OURS})).axes
    hollow, filled = labelled(axis, "printed"), labelled(axis, "ours")
    assert (hollow.get_markerfacecolor(), hollow.get_color()) == ("none", style.GREY)
    assert to_hex(filled.get_markerfacecolor()) == style.COLOURS[0].lower()
    assert list(hollow.get_xydata().ravel()) == [v for p in PRINTED.values() for v in p]
    assert list(filled.get_xydata().ravel()) == [v for p in OURS.values() for v in p]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("px", "%")


def test_a_series_without_points_is_left_out(draw):
    (axis,) = draw(Scatter(("px", "%"), PRINTED, {"ours": {}})).axes
    assert axis.get_legend_handles_labels()[1] == ["printed"]
    (axis,) = draw(Scatter(("px", "%"), {}, {"ours": {}})).axes
    assert list(axis.texts) == []


def test_a_network_is_named_once_beside_its_printed_point(draw):
    (axis,) = draw(Scatter(("px", "%"), PRINTED, {"ours": OURS})).axes
    named = {text.get_text(): text.xy for text in axis.texts}
    assert len(axis.texts) == len(named)
    assert named == PRINTED | {"vgg11": OURS["vgg11"]}


def test_a_line_joins_ours_to_the_printed_point_of_the_same_network(draw):
    (axis,) = draw(Scatter(("px", "%"), PRINTED, {"ours": OURS})).axes
    lines = [line.get_xydata().tolist() for line in axis.get_lines() if line.get_linestyle() == "-"]
    assert [list(PRINTED["resnet18"]), list(OURS["resnet18"])] in lines


def test_series_are_told_apart_without_colour_and_look_alike_in_every_panel(draw):
    others = {"ours": OURS, "others'": {"resnet18": (60.0, 69.8)}}
    first, second = draw(
        Scatter(("px", "%"), PRINTED, others), Scatter(("px", "%"), others={"others'": OURS})
    ).axes
    markers = [labelled(first, label).get_marker() for label in ("printed", *others)]
    assert len({*markers[1:]}) == 2
    assert labelled(second, "others'").get_marker() == markers[2]
    assert "printed" not in second.get_legend_handles_labels()[1]


def test_the_legend_names_each_series_once(draw):
    panel = Scatter(("px", "%"), PRINTED, {"ours": OURS})
    (legend,) = draw(panel, panel).legends
    assert [text.get_text() for text in legend.get_texts()] == ["printed", "ours"]


def test_names_neither_overlap_nor_leave_the_panel(draw):
    crowd = {f"W{n}": (427.0, 78.0 + n / 100) for n in range(8)} | {"R152": (1451.0, 69.0)}
    figure = draw(Scatter(("px", "%"), crowd))
    (axis,) = figure.axes
    boxes = [Text.get_window_extent(text) for text in axis.texts]  # without the line to the point
    frame = axis.get_window_extent()
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
    for box in boxes:
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1
        assert frame.y0 <= box.y0 and box.y1 <= frame.y1


def test_a_name_gives_way_to_a_point_beside_it(draw):
    """Of two points side by side the left one has its name to the left."""
    (axis,) = draw(Scatter(("px", "%"), {"a": (0.0, 1.0), "b": (1.0, 1.0), "c": (20.0, 2.0)})).axes
    offsets = {text.get_text(): text.get_position()[0] - text.xy[0] for text in axis.texts}
    assert offsets["a"] < 0 < offsets["b"] and offsets["c"] > 0


def test_a_name_gives_way_to_an_unnamed_point_of_another_series(draw):
    panel = Scatter(("px", "%"), {"a": (0.0, 1.0), "b": (20.0, 2.0)}, {"ours": {"b": (1.0, 1.0)}})
    (axis,) = draw(panel).axes
    offsets = {text.get_text(): text.get_position()[0] - text.xy[0] for text in axis.texts}
    assert offsets["a"] < 0 < offsets["b"]


def test_the_tier_stands_on_the_figure(page, draw):
    figure = draw(Scatter(("px", "%"), PRINTED))
    assert figure.get_suptitle() == page.badge()


@repeatable
@given(HEIGHTS)
def test_heights_that_are_moved_keep_their_order_and_their_distance(heights):
    moved = apart(np.array(heights), 0.05)
    assert all(after - before >= 0.05 - 1e-9 for before, after in pairwise(moved))
    assert moved[0] >= 0.025 - 1e-9 and moved[-1] <= 0.975 + 1e-9


def test_heights_that_are_far_apart_stay_and_a_crowd_keeps_its_middle():
    assert apart(np.array([0.1, 0.5, 0.9]), 0.05) == pytest.approx([0.1, 0.5, 0.9])
    assert apart(np.array([0.1, 0.5, 0.5, 0.9]), 0.1) == pytest.approx([0.1, 0.45, 0.55, 0.9])


def test_a_series_without_points_is_not_drawn(draw):
    (axis,) = draw(Scatter(("px", "%"), PRINTED, {"ours": {}})).axes
    assert axis.get_legend_handles_labels()[1] == ["printed"]


def test_only_networks_that_have_both_numbers_are_points():
    assert points_of({"a": 1.0, "b": 2.0}, {"b": 3.0, "c": 4.0}) == {"b": (2.0, 3.0)}


def test_table_1_is_drawn_against_accuracy_depth_and_fit(monkeypatch):
    drawn = []
    monkeypatch.setattr(sizes, "scatter", lambda page, panels, *words: drawn.append((panels, words)))
    table, here = read_sizes(), Estimates([Estimate("resnet18", 70.0, 3, None, False, unit="px")])
    sizes.accuracy_by_size(None, table, here, Estimates([]), ALT, "One.", "fig-one")
    sizes.size_by_depth(None, table, read_fits()["fits"], here, Estimates([]), ALT, "Two.", "fig-two")
    (fields, effective), (depth, fit) = (panels for panels, _ in drawn)
    # Dead Pixel, Table 1: ResNet-18 has 69.76 % and a field of 435 pixels.
    assert fields.printed["R18"] == (435, pytest.approx(69.76, abs=0.01))
    assert set(fields.printed) == {"R18", "R34", "R50", "R101", "R152", "X50", "X101", "W50", "W101"}
    assert fields.others == {"computed here": {"R18": (70.0, fields.printed["R18"][1])}}
    assert effective.others == {"measured here": {}}
    assert depth.others["measured here"] == {"R18": (18, 70.0)} and fit.others["measured here"] == {}
    theirs = [set(panel.others[sizes.THEIRS]) for panel in (depth, fit)]
    assert theirs == [{"R18", "R34", "R50", "R101"}] * 2


@pytest.mark.parametrize("count, panels", [(0, 2), (1, 2), (2, 4)])
def test_networks_of_ours_are_drawn_below_table_2_where_they_can_be_compared(monkeypatch, count, panels):
    drawn = []
    monkeypatch.setattr(sizes, "scatter", lambda page, panels, *words: drawn.extend(panels))
    ours = Estimates(
        [Estimate(name, 70.0, 3, None, False) for name in ("resnet18", "resnet34")[:count]]
    )
    sizes.finetuned(None, read_sizes(table="table_2"), ours, ours, ALT, "One.", "fig-one")
    assert len(drawn) == panels
    assert [len(panel.others.get("measured here", {})) for panel in drawn[2:]] == [2] * (panels - 2)
