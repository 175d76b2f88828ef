"""A network of the reader's own on a page: what `python -m rfbook look` finds, as picture and tables."""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Any

from rfbook.pages.page import Page
from rfbook.pages.parameters import ParameterError
from rfbook.pages.tables.standard import Table

if TYPE_CHECKING:  # a page whose records exist does not wait for torch
    from rfbook.look.graph.look import Look


def looked(page: Page) -> Look:
    """What is found of the page's parameter `network` at its `side`, which is the page's own if None.

    Raises ParameterError, before anything is shown, for a network that cannot be looked at.
    """
    from rfbook.look.graph.look import look_at
    from rfbook.look.networks import LookError, network

    name, side = str(page.values["network"]), int(str(page.values["side"] or page.defaults["side"]))
    try:
        return look_at(network(name, values=False), name, side)
    except LookError as error:
        raise ParameterError(f"network={name!r}: {error}") from error


def picture(look: Look, caption: str, name: str) -> None:
    """Shows the graph of the network as a figure of the book, and as a picture in a notebook.

    name: the figure's label, `fig-...`.
    """
    from IPython.display import display

    from rfbook.look.drawing import svg, title

    alt = title(look.network, look.survey)
    source = "data:image/svg+xml;base64," + b64encode(svg(look.network, look.survey).encode()).decode()
    lines = [
        f":::::{{figure}} {source}",
        f":name: {name}",
        f":alt: {json.dumps(alt)}",
        "",
        caption,
        ":::::",
    ]
    image = f'<img alt="{escape(alt)}" src="{source}">'
    html = f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"
    display({"text/markdown": "\n".join(lines), "text/html": html}, raw=True)


def layers(look: Look) -> Table:
    """One row a layer: its state, field, jump and what it costs."""
    from rfbook.look.words import pair

    rows = [
        [
            row.layer.name, row.state, pair(row.layer.field), pair(row.layer.jump),
            f"{100 * row.share:.3g} %", f"{row.cost.parameters:,}", f"{row.cost.multiply_adds:,}",
        ]
        for row in look.survey.rows
    ]  # fmt: skip
    columns = ["layer", "state", "field, px", "jump, px", "of the image", "parameters", "multiply-adds"]
    return Table(f"Layers of {look.network} at {look.survey.side} pixels", columns, rows)


def strided(look: Look) -> Table:
    """One row a kernel that reads some pixels more often than others."""
    from rfbook.look.words import pair

    rows = [
        [
            window.name, pair(window.kernel), pair(window.stride), str(window.most), str(window.fewest),
            pair(window.padded), f"{window.parameters:,}",
        ]
        for window in look.padding.uneven
    ]  # fmt: skip
    columns = ["layer", "kernel", "stride", "most windows", "fewest", "padded", "parameters more"]
    return Table(
        "Kernels that read some pixels more often than others", columns, rows or [["none", *[""] * 6]]
    )


def advice(look: Look) -> Table:
    """One row a choice: its price, and what the book found about it, with the verdict."""
    from rfbook.look.findings import finding

    every = look.survey.total()

    def share(part: int, whole: int) -> str:
        return f"{100 * part / whole:.0f} %" if whole else ""

    rows: list[list[Any]] = [
        [
            choice.what, choice.border or "none", str(choice.late),
            share(choice.total.parameters, every.parameters),
            share(choice.total.multiply_adds, every.multiply_adds),
            "; ".join(str(finding(claim)) for claim in choice.findings),
        ]
        for choice in look.choices
    ]  # fmt: skip
    columns = ["choice", "border layer", "late", "parameters", "multiply-adds", "what was found"]
    return Table("Choices and their prices", columns, rows or [["none is needed", *[""] * 5]])
