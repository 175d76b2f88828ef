"""How every figure looks, and how one is shown.

The colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; each comes
with a line of its own, so that grey print is enough. The ground is opaque white: a picture cannot
know whether the page around it is light or dark.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib
from IPython.display import display
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from rfbook.pages.unsaid import finite

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
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

BORDER = {"color": "black", "linewidth": 2.0, "linestyle": "-"}
"""The border layer: a black vertical line, as in Size Matters, Figure 4."""

RC = {
    "axes.axisbelow": True,
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
    "svg.fonttype": "path",
    "svg.hashsalt": "rfbook",
}
"""The settings of matplotlib that differ from its own. Salt and font make the files repeatable."""

PNG_DOTS_PER_INCH = 150


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


def show(figure: Figure, alt: str, caption: str, name: str) -> None:
    """Display a figure with a number, a caption, an alternative text and a PNG to download.

    alt: what the figure shows, as a finding, in 20 to 400 characters on one line: this is all that
        a reader who cannot see the figure gets.
    caption: MyST Markdown; may hold computed numbers, mathematics and citations.
    name: label for cross references, `fig-` and lower-case words joined by hyphens.
    Raises ValueError for an alt text, caption or name that does not fit. Closes the figure.
    """
    alt, caption = finite(alt), finite(caption)
    _check(alt, caption, name)
    svg = _encode(figure, "svg", metadata={"Date": None})
    png = _encode(figure, "png", dpi=PNG_DOTS_PER_INCH)
    pyplot.close(figure)
    # The book reads the first form (see nb_mime_priority_overrides), Jupyter the second.
    forms = {"text/markdown": _book_form(svg, png, alt, caption, name)}
    forms["text/html"] = _notebook_form(png, alt, caption)
    display(forms, raw=True)


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


def _encode(figure: Figure, form: str, **options: object) -> str:
    buffer = io.BytesIO()
    with matplotlib.rc_context(RC):
        figure.savefig(buffer, format=form, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def _book_form(svg: str, png: str, alt: str, caption: str, name: str) -> str:
    link = f'<a class="figure-png" download="{name}.png" href="data:image/png;base64,{png}">PNG</a>'
    lines = [f":::::{{figure}} data:image/svg+xml;base64,{svg}", f":name: {name}"]
    # JSON's quotes and escapes are YAML's too, so that a colon in the text does no harm.
    lines += [f":alt: {json.dumps(alt.strip(), ensure_ascii=False)}", "", caption.strip()]
    return "\n".join([*lines, "", link, ":::::"])


def _notebook_form(png: str, alt: str, caption: str) -> str:
    picture = f'<img alt="{html.escape(alt.strip())}" src="data:image/png;base64,{png}">'
    text = html.escape(caption.strip())
    return f"<figure>{picture}<figcaption>{text}</figcaption></figure>"
