"""From the Markdown of a page to HTML that needs nothing beside itself: formulas are pictures in it."""

from __future__ import annotations

import base64
import io
import re
from functools import cache
from html import escape

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt

from rfbook.pages.narrative import plain

POINTS = 12
"""The size of the letters in a drawn formula; it is shown at that of the text around it."""

_FORMULA = re.compile(r"\$([^$\n]+)\$")


def formatted(markdown: str) -> str:
    """Paragraphs and lists as HTML, roles and directives as their words, formulas drawn."""
    drawn: list[str] = []

    def kept(match: re.Match[str]) -> str:
        drawn.append(formula(match[1]))
        return f"FORMULA{len(drawn) - 1}."

    text = MarkdownIt("commonmark").enable("table").render(plain(_FORMULA.sub(kept, markdown)))
    return re.sub(r"FORMULA(\d+)\.", lambda match: drawn[int(match[1])], text)


def inline(markdown: str) -> str:
    """One paragraph without its tags, to stand in a line."""
    return formatted(markdown).strip().removeprefix("<p>").removesuffix("</p>")


@cache
def formula(source: str) -> str:
    """A formula in TeX as a picture, with its source as the alternative text."""
    from matplotlib import mathtext, rc_context

    picture = io.BytesIO()
    with rc_context({"svg.hashsalt": source, "font.size": POINTS, "mathtext.fontset": "dejavusans"}):
        depth = mathtext.math_to_image(f"${source}$", picture, dpi=72, format="svg")
    svg = re.sub(rb"<metadata>.*?</metadata>", b"", picture.getvalue(), flags=re.DOTALL)
    height = float(re.search(rb'height="([\d.]+)pt"', svg)[1])
    style = f"height:{height / POINTS:.2f}em;vertical-align:{-depth / POINTS:.2f}em"
    address = base64.b64encode(svg).decode()
    return (
        f'<img class="math" style="{style}" alt="{escape(source)}" '
        f'src="data:image/svg+xml;base64,{address}">'
    )


def document(template: str, **names: object) -> str:
    """A template of this folder, filled in."""
    filled = Environment(
        loader=PackageLoader("rfbook.teaching", "."), undefined=StrictUndefined, autoescape=False,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    filled.filters |= {"formatted": formatted, "inline": inline}
    return filled.get_template(f"{template}.html.jinja").render(names)
