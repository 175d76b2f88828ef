"""Figures: one look, repeatable files, and a text for those who cannot see them."""

import itertools

import matplotlib
import pytest
from matplotlib import colors, pyplot

from rfbook.pages.figures import style

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
        style.show(figure(), ALT, "A caption.", "fig-a")
    assert shown[0] == shown[1]


def test_a_figure_is_closed_once_it_is_shown(shown):
    style.show(figure(), ALT, "A caption.", "fig-a")
    assert pyplot.get_fignums() == []


def test_the_book_gets_a_figure_directive_and_jupyter_a_picture(shown):
    style.show(figure(), 'It "rises": n = 3, that is all', "Where $r_l$ < 3.", "fig-a-b")
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
        style.show(figure(), alt, "A caption.", "fig-a")
    assert shown == []


@pytest.mark.parametrize("name", ["border", "fig-Border", "fig_border", "fig-", "fig-a "])
def test_a_label_that_cannot_be_referred_to_is_refused(name, shown):
    with pytest.raises(ValueError, match="begin with 'fig-'"):
        style.show(figure(), ALT, "A caption.", name)


def test_a_figure_without_a_caption_is_refused(shown):
    with pytest.raises(ValueError, match="needs a caption"):
        style.show(figure(), ALT, " ", "fig-a")
