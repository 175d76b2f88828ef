"""Sphinx extension of the book: what search engines, and who shows a link to a page, are told of it."""

from __future__ import annotations

import re
from html import escape, unescape

from docutils import nodes
from sphinx.application import Sphinx

SHORTEST, LONGEST = 40, 200


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def describe(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Add a description and OpenGraph's tags to the head of a page."""
    site = app.config.html_title
    said = {
        "description": _opening(doctree) if doctree else site,
        "og:title": unescape(re.sub(r"<[^>]+>", "", context.get("title") or site)),
        "og:site_name": site,
        "og:type": "article",
    }
    said["og:description"] = said["description"]
    tags = [_tag(name, words) for name, words in said.items()]
    context["metatags"] = "\n".join([context.get("metatags", ""), *tags])


def _tag(name: str, words: str) -> str:
    kind = "property" if name.startswith("og:") else "name"
    return f'<meta {kind}="{name}" content="{escape(words)}">'


def _opening(doctree: nodes.document) -> str:
    """The first paragraph that is a sentence, cut between two words."""
    for paragraph in doctree.findall(nodes.paragraph):
        words = " ".join(paragraph.astext().split())
        if len(words) >= SHORTEST and words.endswith((".", "?")):
            return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"
    return ""
