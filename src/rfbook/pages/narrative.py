"""Prose with numbers in it: Markdown whose `{{ … }}` and `{% … %}` the notebook's own variables fill.

`sources.read` turns a Markdown cell that holds either into a cell that calls `render`, so the narrative
is written again wherever the page is executed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from numbers import Real

from IPython.display import display
from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, UndefinedError

from rfbook.claims.amounts import Amount, number

__all__ = ["NarrativeError", "filled", "is_template", "plain", "render"]


class NarrativeError(ValueError):
    """A sentence cannot be filled in: a name is not there, or a value cannot stand in a sentence."""


def is_template(markdown: str) -> bool:
    """Whether a Markdown text is filled from the notebook's variables."""
    return "{{" in markdown or "{%" in markdown


def render(markdown: str, names: Mapping[str, object]) -> None:
    """Shows the text, filled in: as MyST Markdown on the site, as HTML in Jupyter.

    names: the notebook's `globals()`. Raises NarrativeError.
    """
    text = filled(markdown, names)
    display({"text/markdown": text, "text/html": _html(text)}, raw=True)


def filled(markdown: str, names: Mapping[str, object]) -> str:
    """The text with every expression replaced by what it shows.

    Raises NarrativeError for an unknown name, a number that is not finite, None, True and False.
    """
    try:
        return _JINJA.from_string(_ALONE.sub(r"\1", markdown)).render(names).strip() + "\n"
    except UndefinedError as error:
        raise NarrativeError(f"{error}, in the sentence: {_first_words(markdown)}") from None
    except TemplateSyntaxError as error:
        raise NarrativeError(f"line {error.lineno}: {error}, in: {_first_words(markdown)}") from None


def _first_words(markdown: str) -> str:
    text = " ".join(markdown.split())
    return text if len(text) < 120 else f"{text[:120]} …"


def _shown(value: object) -> object:
    """What an expression leaves in the text: `number` decides how a bare number is written."""
    if value is None or isinstance(value, bool):
        raise NarrativeError(f"{value!r} in a sentence: say in words what it means")
    if not isinstance(value, Real):
        return value
    if not isfinite(value):
        raise NarrativeError(f"{value} in a sentence: the quantity has no value here; say so instead")
    return str(value) if isinstance(value, Amount) else number(float(value))


_JINJA = Environment(undefined=StrictUndefined, finalize=_shown, autoescape=False)
_ALONE = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*%\})[ \t]*\n", re.MULTILINE)
"""A line that holds a block tag alone: it leaves no empty line, which would end a paragraph."""

_ROLES = (
    (r"\{[a-z:]+\}`([^`<]+?)\s*<[^`>]*>`", r"\1"),  # a role with a text of its own
    (r"\{doc\}`([^`]*/)?([^`/]+)`", r"*\2*"),
    (r"\{cite:[a-z]+\}`([^`]+)`", r"[\1]"),
    (r"\{(numref|ref|eq)\}`[^`]+`", "the one shown"),
    (r"\{[a-z:]+\}`([^`]+)`", r"\1"),
    (r"^:[a-z]+:.*\n", ""),
    (r"^:{3,}(?:\{[a-z-]+\})?[ \t]*(.*)$", r"\1"),
)
"""What Jupyter, which does not know MyST's roles, shows of them."""


def plain(markdown: str) -> str:
    """The text without what only MyST reads: of a role its words, of a directive its content."""
    for pattern, words in _ROLES:
        markdown = re.sub(pattern, words, markdown, flags=re.MULTILINE)
    return markdown


def _html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").render(plain(markdown))
