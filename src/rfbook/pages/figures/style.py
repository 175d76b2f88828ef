"""How every figure looks, and how one is shown.

The colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; each comes
with a line of its own, so that grey print is enough. On the site a figure stands in the page as SVG:
its text is text, and its ink is that of the page, light or dark. The PNG has a white ground.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

import matplotlib
from IPython.display import display
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.text import Text
from PIL import Image

from rfbook.pages.figures.drawn import as_csv
from rfbook.pages.page import Page
from rfbook.pages.unsaid import finite

INK = "#010101"
"""What is black on paper. It is no exact black, which matplotlib leaves out of an SVG."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", INK, "#56B4E9", "#E69F00")
"""Blue, vermillion, green, purple, black, sky, orange: used in this order."""

LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
"""One line pattern a colour."""

GREY = "#666666"
"""The papers' values, and whatever is only context."""

OURS = {"marker": "o", "markersize": 6, "color": COLOURS[0]}
"""A value measured here: filled."""

ORIGINAL = {
    "marker": "o",
    "markersize": 8,
    "markerfacecolor": "none",
    "markeredgewidth": 1.5,
    "color": GREY,
    "linestyle": "none",
}
"""A value the paper prints: hollow and grey, larger than ours so that both are seen when equal."""

BORDER = {"color": INK, "linewidth": 2.0, "linestyle": "-"}
"""The border layer: a black vertical line, as in Size Matters, Figure 4."""

RC = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=COLOURS, linestyle=LINES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "figure.figsize": (6.4, 3.8),
    "font.family": "DejaVu Sans",
    "font.size": 12.0,
    "grid.color": "#DDDDDD",
    "image.cmap": "viridis",
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "rfbook",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
"""The settings of matplotlib that differ from its own. Salt and font make the files repeatable."""

PNG_DOTS_PER_INCH = 110

FROM_PAGE = {
    INK: "currentColor",
    GREY: "var(--rf-grey, #666666)",
    "#dddddd": "var(--rf-grid, #dddddd)",
    "#ffffff": "var(--rf-ground, #ffffff)",
}
"""A colour of the picture -> the page's own, so that a figure is native in light and in dark."""

PLACES = re.compile(r' (?:d|x|y|points)="[^"]*"')
MILLIONTHS = re.compile(r"(\.\d\d)\d+")
"""What matplotlib writes of every place; hundredths of a point are finer than any screen."""

COLUMN = 720
"""Width in pixels of the column in which a figure is shown, on a screen of 1280."""

LETTERS = 12.5
"""Of the badge, to an inch of the figure."""

LEAST = 9
"""Pixels that the smallest text of a figure has there."""


def use() -> None:
    """Draw in the book's style from here on, whatever style was in force before."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(RC)


def told_apart(
    series: Mapping[str, Any], looks: Sequence[str]
) -> Iterator[tuple[tuple[str, Any], str]]:
    """Every series with a look of its own. Raises ValueError if there are more than looks."""
    if len(series) > len(looks):
        raise ValueError(f"{len(series)} series, at most {len(looks)} can be told apart: split them")
    return zip(series.items(), looks, strict=False)


def show(figure: Figure, page: Page | None, alt: str, caption: str, name: str) -> None:
    """Display a figure with a number, a caption, an alternative text, and its files to download.

    page: with the outcomes that are shown: its tier, and what differs from the paper, stand in a line
        on the figure and in full below it. None for a drawing that shows no run.
    alt: what the figure shows, as a finding, in 20 to 400 characters on one line: this is all that
        a reader who cannot see the figure gets.
    caption: MyST Markdown; may hold computed numbers, mathematics and citations.
    name: label for cross references, `fig-` and lower-case words joined by hyphens.
    Raises ValueError for an alt text, caption or name that does not fit, and for text that would be too
    small to read. Closes the figure.
    """
    alt, caption = finite(alt), finite(caption)
    _check(alt, caption, name)
    _require_readable(figure)
    if page is not None:
        badge = fill(page.badge(), int(LETTERS * figure.get_figwidth()))
        figure.suptitle(badge, fontsize="small", color=GREY)
    numbers = as_csv(figure)
    svg = in_page(_encode(figure, "svg", metadata={"Date": None}, transparent=True).decode(), name)
    png = _of_few_colours(_encode(figure, "png", dpi=PNG_DOTS_PER_INCH))
    pyplot.close(figure)
    files = {"csv": ("text/csv", numbers.encode()), "svg": ("image/svg+xml", svg.encode()),
             "png": ("image/png", png)}  # fmt: skip
    # The book reads the first form (see nb_mime_priority_overrides), Jupyter the second.
    forms = {"text/markdown": _book_form(svg, files, alt, caption, name, page)}
    forms["text/html"] = _notebook_form(png, alt, caption)
    display(forms, raw=True)


def in_page(svg: str, name: str) -> str:
    """An SVG that may stand in a page beside others: ids of its own, the page's colours and width."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = _each_once(svg)
    svg = PLACES.sub(lambda match: MILLIONTHS.sub(r"\1", match[0]), svg)
    for colour, own in FROM_PAGE.items():
        svg = svg.replace(colour, own)
    return svg


def _each_once(svg: str) -> str:
    """Ids that stand once: matplotlib names equal pictures alike, and nothing refers to a picture."""
    seen: Counter[str] = Counter()

    def numbered(match: re.Match[str]) -> str:
        seen[match[1]] += 1
        return match[0] if seen[match[1]] == 1 else f'id="{match[1]}-{seen[match[1]]}"'

    return re.sub(r'\bid="([^"]*)"', numbered, svg)


def _require_readable(figure: Figure) -> None:
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    scale = COLUMN / (72 * figure.get_figwidth())
    smallest = min(texts, key=lambda text: text.get_fontsize(), default=None)
    if smallest is not None and smallest.get_fontsize() * scale < LEAST:
        raise ValueError(
            f"{smallest.get_text()!r} would be {smallest.get_fontsize() * scale:.1f} pixels high in a "
            f"column of {COLUMN}, and the least is {LEAST}: make the figure narrower than "
            f"{figure.get_figwidth():.1f} inches, or the text larger"
        )


def _check(alt: str, caption: str, name: str) -> None:
    if not 20 <= len(alt.strip()) <= 400 or "\n" in alt:
        raise ValueError(
            f"alt={alt!r}: {len(alt.strip())} characters; state what the figure shows, on one line "
            "of 20 to 400, for example 'Probe accuracy rises up to conv8 and stays flat after it'"
        )
    if not caption.strip():
        raise ValueError(f"caption={caption!r}: a figure needs a caption; say what the axes show")
    if not re.fullmatch(r"fig(-[a-z0-9]+)+", name):
        raise ValueError(
            f"name={name!r}: begin with 'fig-' and use lower-case words joined by hyphens, "
            "for example 'fig-border-layer'"
        )


def _encode(figure: Figure, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    with matplotlib.rc_context(RC):
        figure.savefig(buffer, format=form, **options)
    return buffer.getvalue()


def _of_few_colours(png: bytes) -> bytes:
    """The same picture with at most 256 colours: a third of the size."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def _book_form(
    svg: str, files: Mapping[str, tuple[str, bytes]], alt: str, caption: str, name: str,
    page: Page | None,
) -> str:  # fmt: skip
    links = ", ".join(
        f'<a download="{name}.{end}" href="{_data(kind, content)}">{end.upper()}</a>'
        for end, (kind, content) in files.items()
    )
    lines = [f":::::{{figure}} {_data('image/svg+xml', svg.encode())}", f":name: {name}"]
    # JSON's quotes and escapes are YAML's too, so that a colon in the text does no harm.
    lines += [f":alt: {json.dumps(alt.strip(), ensure_ascii=False)}", "", caption.strip(), ""]
    differs = "" if page is None else f"<p>{html.escape(page.scaled())}.</p>"
    about = f"{differs}<p>Numbers and pictures: {links}</p>"
    lines += [f'<details class="rf-files"><summary>Details and files</summary>{about}</details>']
    return "\n".join([*lines, ":::::"])


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _notebook_form(png: bytes, alt: str, caption: str) -> str:
    picture = f'<img alt="{html.escape(alt.strip())}" src="{_data("image/png", png)}">'
    text = html.escape(caption.strip())
    return f"<figure>{picture}<figcaption>{text}</figcaption></figure>"
