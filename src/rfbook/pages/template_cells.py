"""From Markdown with expressions to cells: what `sources.read` puts in place of a Markdown cell.

A text with `{{ }}` or `{% %}` becomes a cell that fills and shows it. Headings stay Markdown cells, for
only those are part of a page's contents. A caption becomes a variable for the figure that it belongs to:

    :::{caption} fig-border-layer
    :alt: What the figure shows, as a finding.

    What is drawn, for who sees it.
    :::

is called `fig_border_layer`, and given to a figure as `**fig_border_layer`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

SHOWN = """\
from rfbook.pages.narrative import render

render({text}, globals())"""
CAPTION = """\
from rfbook.pages.narrative import captioned

{variable} = captioned("{name}", {text}, globals())"""

_APART = re.compile(
    r"^(?P<heading>\#{1,6}[ ][^\n]*)$ | ^:::\{caption\}[ ](?P<name>\S+)\n(?P<caption>.*?)\n:::[ \t]*$",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


_HOLD = (
    (re.compile(r"\{%-?\s*(?:if|for)\b"), re.compile(r"\{%-?\s*end(?:if|for)\b")),
    (re.compile(r"^(?::{3,}|`{3,})\{", re.MULTILINE), re.compile(r"^(?::{3,}|`{3,})\s*$", re.MULTILINE)),
)
"""What begins and what ends something that one cell has to hold."""


def is_template(markdown: str) -> bool:
    """Whether a Markdown text is filled from the notebook's variables."""
    return "{{" in markdown or "{%" in markdown


def filled_in(cell: NotebookNode) -> list[NotebookNode]:
    """The cells in place of one of the source; it alone, unless it is Markdown to be filled."""
    if cell.cell_type != "markdown" or not (is_template(cell.source) or ":::{caption}" in cell.source):
        return [cell]
    return [_kept(made, cell) for made in _parts(cell.source)]


def _parts(text: str) -> Iterator[NotebookNode]:
    start = 0
    for match in _APART.finditer(text):
        yield from _between(text[start : match.start()])
        if match["heading"]:
            yield new_markdown_cell(match["heading"])
        else:
            name, text = match["name"], _quoted(match["caption"])
            source = CAPTION.format(variable=name.replace("-", "_"), name=name, text=text)
            yield _code(source, "remove-cell")
        start = match.end()
    yield from _between(text[start:])


def _between(text: str) -> Iterator[NotebookNode]:
    for filled, blocks in groupby(_blocks(text), key=is_template):
        joined = "\n\n".join(blocks)
        shown = SHOWN.format(text=_quoted(joined))
        yield _code(shown, "remove-input") if filled else new_markdown_cell(joined)


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs; those that a condition, a loop or a fence holds together stay one block."""
    block: list[str] = []
    for paragraph in filter(None, re.split(r"\n{2,}", text.strip())):
        block.append(paragraph)
        joined = "\n\n".join(block)
        if all(len(begin.findall(joined)) <= len(end.findall(joined)) for begin, end in _HOLD):
            yield joined
            block = []
    if block:
        yield "\n\n".join(block)


def _code(source: str, tag: str) -> NotebookNode:
    cell = new_code_cell(source)
    cell.metadata = NotebookNode(tags=[tag], jupyter={"source_hidden": True})
    return cell


def _quoted(text: str) -> str:
    return f'r"""\n{text}\n"""' if '"""' not in text else repr(text)


def _kept(made: NotebookNode, cell: NotebookNode) -> NotebookNode:
    """With what the author said of the cell."""
    tags = [*cell.metadata.get("tags", []), *made.metadata.get("tags", [])]
    made.metadata = NotebookNode(cell.metadata | made.metadata | ({"tags": tags} if tags else {}))
    return made
