"""Figures: one look, repeatable files, and a text for those who cannot see them."""

import base64
import csv
import io
import itertools
import re
from types import SimpleNamespace

import matplotlib
import pytest
from matplotlib import colors, pyplot

from rfbook.pages.figures import style
from rfbook.pages.figures.drawn import as_csv

PAGE = SimpleNamespace(
    badge=lambda: "tier thin; width", scaled=lambda: "tier thin: width 0.25 (paper 1.0)"
)
ALT = "Probe accuracy rises up to conv8 and stays flat after it"


@pytest.fixture(autouse=True)
def own_settings():
    with matplotlib.rc_context():
        yield
    pyplot.close("all")


@pytest.fixture
def shown(monkeypatch):
    """What `show` displays, as a list of MIME bundles."""
    bundles = []
    monkeypatch.setattr(style, "display", lambda data, raw: bundles.append(data))
    return bundles


def figure():
    style.use()
    drawn, axes = pyplot.subplots()
    axes.plot([1, 2, 3], label="ours")
    axes.legend()
    return drawn


def contrast_with_white(colour):
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))
    return 1.05 / (luminance + 0.05)


def test_the_first_series_and_the_papers_values_stand_out_from_white():
    """WCAG 2.1, 1.4.11 asks for a contrast of 3 for what carries meaning in a graphic."""
    for colour in (*style.COLOURS[:3], style.GREY):
        assert contrast_with_white(colors.to_rgb(colour)) >= 3, colour


def test_no_two_series_differ_by_colour_alone():
    lines = [entry["linestyle"] for entry in style.RC["axes.prop_cycle"]]
    assert all(a != b for a, b in itertools.combinations(lines, 2))


def test_ours_is_filled_and_the_papers_is_hollow():
    assert "markerfacecolor" not in style.OURS
    assert style.ORIGINAL["markerfacecolor"] == "none"


def test_the_style_in_force_before_does_not_matter():
    matplotlib.rcParams["lines.linewidth"] = 9
    style.use()
    assert matplotlib.rcParams["lines.linewidth"] == matplotlib.rcParamsDefault["lines.linewidth"]
    assert matplotlib.rcParams["figure.facecolor"] == "white"


def test_the_same_figure_gives_the_same_files(shown):
    for _ in range(2):
        style.show(figure(), PAGE, ALT, "A caption.", "fig-a")
    assert shown[0] == shown[1]


def test_a_figure_is_closed_once_it_is_shown(shown):
    style.show(figure(), PAGE, ALT, "A caption.", "fig-a")
    assert pyplot.get_fignums() == []


def test_the_book_gets_a_figure_directive_and_jupyter_a_picture(shown):
    style.show(figure(), PAGE, 'It "rises": n = 3, that is all', "Where $r_l$ < 3.", "fig-a-b")
    lines = shown[0]["text/markdown"].splitlines()
    assert lines[0].startswith(":::::{figure} data:image/svg+xml;base64,")
    assert lines[1:5] == [
        ":name: fig-a-b",
        r':alt: "It \"rises\": n = 3, that is all"',
        "",
        "Where $r_l$ < 3.",
    ]
    assert 'alt="It &quot;rises&quot;: n = 3, that is all"' in shown[0]["text/html"]
    assert "Where $r_l$ &lt; 3." in shown[0]["text/html"]


@pytest.mark.parametrize("alt", ["", "too short", "two lines are\nnot an alt text", "x" * 401])
def test_an_alt_text_that_tells_nothing_is_refused(alt, shown):
    with pytest.raises(ValueError, match="state what the figure shows"):
        style.show(figure(), PAGE, alt, "A caption.", "fig-a")
    assert shown == []


@pytest.mark.parametrize("name", ["border", "fig-Border", "fig_border", "fig-", "fig-a "])
def test_a_label_that_cannot_be_referred_to_is_refused(name, shown):
    with pytest.raises(ValueError, match="begin with 'fig-'"):
        style.show(figure(), PAGE, ALT, "A caption.", name)


def test_a_figure_without_a_caption_is_refused(shown):
    with pytest.raises(ValueError, match="needs a caption"):
        style.show(figure(), PAGE, ALT, " ", "fig-a")


def downloads(shown):
    """What a reader can download below a figure: ending -> content."""
    links = re.findall(
        r'download="fig-a\.(\w+)" href="data:[\w/+-]+;base64,([^"]+)"', shown["text/markdown"]
    )
    return {ending: base64.b64decode(content) for ending, content in links}


def test_below_a_figure_are_its_numbers_its_pictures_and_what_differs_from_the_paper(shown):
    style.show(figure(), PAGE, ALT, "A caption.", "fig-a")
    files = downloads(shown[0])
    assert files.keys() == {"csv", "svg", "png"}
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert [(row["series"], row["x"], row["y"]) for row in rows] == [
        ("ours", "0", "1"), ("ours", "1", "2"), ("ours", "2", "3"),
    ]  # fmt: skip
    assert PAGE.scaled() in shown[0]["text/markdown"]


def test_the_numbers_of_a_figure_are_those_that_are_drawn():
    style.use()
    drawn, (left, right) = pyplot.subplots(1, 2)
    left.set_title("left")
    left.errorbar([1], [5], yerr=[[1], [2]], label="mean")
    left.bar([1, 2], [0.5, 0.25], label="share")
    left.set_xticks([1, 2], ["one", "two"])
    right.imshow([[1, 2], [3, 4]])
    rows = list(csv.reader(io.StringIO(as_csv(drawn))))[1:]
    assert ["left", "mean", "one", "5", "4", "7"] in rows
    assert ["left", "share", "two", "0.25", "", ""] in rows
    assert ["panel 2", "values", "3 4", "1", "", ""] in rows


def test_the_text_of_a_figure_is_text_in_the_ink_of_the_page(shown):
    style.show(figure(), PAGE, ALT, "A caption.", "fig-a")
    svg = downloads(shown[0])["svg"].decode()
    assert re.search(r"<text [^>]*>ours</text>", svg)
    assert "currentColor" in svg and style.INK not in svg


def test_two_figures_of_a_page_have_no_id_in_common(shown):
    for name in ("fig-a", "fig-b"):
        style.show(figure(), PAGE, ALT, "A caption.", name)
    first, second = (set(re.findall(r'\bid="([^"]+)"', _svg(bundle))) for bundle in shown)
    assert first and not first & second


def _svg(bundle):
    content = re.match(r":::::\{figure\} data:image/svg\+xml;base64,(\S+)", bundle["text/markdown"])[1]
    return base64.b64decode(content).decode()


def test_text_that_would_be_too_small_to_read_is_refused(shown):
    style.use()
    wide, axes = pyplot.subplots(figsize=(14, 4))
    axes.set_title("a title", fontsize=8)
    with pytest.raises(ValueError, match=r"'a title' would be .* make the figure narrower"):
        style.show(wide, PAGE, ALT, "A caption.", "fig-a")
    assert shown == []
