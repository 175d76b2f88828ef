"""Prose with numbers in it: Markdown whose `{{ … }}` and `{% … %}` the notebook's own variables fill.

`sources.read` turns a Markdown cell that holds either into a cell that calls `render`, so the narrative
is written again wherever the page is executed (`template_cells`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from numbers import Real

from IPython.display import display
from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, UndefinedError

from rfbook.claims.amounts import Amount, number

__all__ = ["NarrativeError", "captioned", "filled", "plain", "render"]


class NarrativeError(ValueError):
    """A sentence cannot be filled in: a name is not there, or a value cannot stand in a sentence."""


def render(markdown: str, names: Mapping[str, object]) -> None:
    """Shows the text, filled in: as MyST Markdown on the site, as HTML in Jupyter.

    names: the notebook's `globals()`. Raises NarrativeError.
    """
    text = filled(markdown, names)
    display({"text/markdown": text, "text/html": _html(text)}, raw=True)


def captioned(name: str, markdown: str, names: Mapping[str, object]) -> dict[str, str]:
    """The alternative text, caption and name of a figure, as every function of `figures` takes them.

    Raises NarrativeError, as `filled` does, and for a text without its `:alt:`.
    """
    parts = re.fullmatch(r"\s*:alt: +(.+?)\n[ \t]*\n(.+)", filled(markdown, names), re.DOTALL)
    if not parts:
        raise NarrativeError(
            f"{name}: a caption begins with `:alt: what the figure shows, as a finding`, then comes an "
            "empty line, then the caption"
        )
    alt, caption = (" ".join(part.split()) for part in parts.groups())
    return {"alt": alt, "caption": caption, "name": name}


def filled(markdown: str, names: Mapping[str, object]) -> str:
    """The text with every expression replaced by what it shows.

    Raises NarrativeError, naming the page and the sentence, for an unknown name, a quantity that no
    network has, a number that is not finite, None, True and False.
    """
    try:
        return _JINJA.from_string(_ALONE.sub(r"\1", markdown)).render(names).strip() + "\n"
    except TemplateSyntaxError as error:
        raise NarrativeError(f"{_where(markdown, names)} line {error.lineno}: {error}") from None
    except (UndefinedError, LookupError, _Unsayable) as error:
        raise NarrativeError(f"{_where(markdown, names)} {error}") from None


def _where(markdown: str, names: Mapping[str, object]) -> str:
    page = getattr(names.get("page"), "name", "the page")
    text = " ".join(markdown.split())
    return f"{page}, “{text if len(text) < 120 else f'{text[:120]} …'}”:"


class _Unsayable(ValueError):
    """A value that cannot stand in a sentence."""


def _shown(value: object) -> object:
    """What an expression leaves in the text: `number` decides how a bare number is written."""
    if value is None or isinstance(value, bool):
        raise _Unsayable(f"{value!r} in a sentence: say in words what it means")
    if not isinstance(value, Real):
        return value
    if not isfinite(value):
        raise _Unsayable(f"{value} in a sentence: the quantity has no value here; say so instead")
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
