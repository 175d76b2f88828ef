"""Sphinx extension of the book: what theme and extensions write that assistive software stumbles on."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

MENDED = (
    # sphinx-exercise gives every exercise, and every solution, of a page the same id.
    (r'<section id="(?:exercise|solution)-content">', "<section>"),
    # The role is deprecated, and the list that it stands in asks for items.
    (r'role="doc-biblioentry"', 'role="listitem"'),
    # A name that is not what can be read on the element: the text is name enough.
    (r'(<summary) aria-label="Toggle hidden content"', r"\1"),
    (r'(<button class="[^"]*search-button-field[^>]*) aria-label="Search"', r"\1"),
    (r'(<i class="theme-switch [^>]*?)\s+title="[^"]*"', r"\1"),
    # The colours of a page without scripts are those of no theme.
    (r'(<html[^>]*) data-theme="auto"', r"\1"),
    # What the sidebar begins with is in no landmark.
    (r'(<div id="pst-primary-sidebar")', r'\1 role="region" aria-label="Sidebar"'),
)
"""Patterns in the pages as they are written, and what stands there instead."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mend(app: Sphinx, exception: Exception | None) -> None:
    """Put `MENDED` right in every page of the site."""
    if exception is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            text = before = path.read_text(encoding="utf-8")
            for pattern, better in MENDED:
                text = re.sub(pattern, better, text)
            if text != before:
                path.write_text(text, encoding="utf-8")
