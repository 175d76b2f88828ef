"""All pages of the site as one HTML document, with a table of contents: what a browser prints."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

STYLES = ("pygments.css", "rfbook.css", "print.css")
MATHJAX = "_static/mathjax/tex-svg-full.js"

ARTICLE = re.compile(r'<article class="bd-article[^>]*>(.*?)</article>', re.DOTALL)
HEADING = re.compile(r"<h1>(.*?)<a class=\"headerlink\"", re.DOTALL)
ADDRESS = re.compile(r'\b(href|src)="([^"]*)"')
IDENTITY = re.compile(r'\bid="([^"]*)"')
INSIDE = re.compile(r"url\(#([^)]*)\)")


@dataclass(frozen=True)
class Chapter:
    """A page of the site. document: its name without suffix, such as "book/index"."""

    document: str
    title: str
    body: str

    @property
    def anchor(self) -> str:
        """Its id in the one document; those of its own elements begin with it."""
        return self.document.replace("/", "-")


def chapters(html: Path, documents: Sequence[str]) -> list[Chapter]:
    """The pages of the site in `html`, in this order. Raises LookupError for one without an article."""
    every = []
    for document in documents:
        text = (html / f"{document}.html").read_text(encoding="utf-8")
        article = ARTICLE.search(text)
        heading = HEADING.search(article[1]) if article else None
        if heading is None:
            raise LookupError(f"{html / document}.html has no article with a heading: build it again")
        title = re.sub(r"<[^>]+>", "", heading[1]).strip()
        every.append(Chapter(document, title, _within(article[1], document, documents)))
    return every


def joined(title: str, parts: Sequence[Chapter], pages: Mapping[str, int]) -> str:
    """The one document. pages: the number of the page on which a chapter begins, by its anchor."""
    styles = "".join(f'<link rel="stylesheet" href="_static/{name}">' for name in STYLES)
    entries = "".join(
        f'<li><a href="#{part.anchor}">{part.title}</a><span>{pages.get(part.anchor, "")}</span></li>'
        for part in parts
    )
    bodies = "".join(f'<section class="chapter" id="{p.anchor}">{p.body}</section>' for p in parts)
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{styles}"
        f'<script defer src="{MATHJAX}"></script></head><body class="bd-content">'
        f'<h1 class="book-title">{escape(title)}</h1>'
        f'<nav aria-label="Contents"><h2>Contents</h2><ol>{entries}</ol></nav>{bodies}</body></html>'
    )


def _within(body: str, document: str, documents: Sequence[str]) -> str:
    """The body of a page with ids of its own, and with addresses that hold in the one document."""
    anchors = {f"{name}.html": name.replace("/", "-") for name in documents}
    own, folder = document.replace("/", "-"), posixpath.dirname(document)

    def address(match: re.Match[str]) -> str:
        kind, target = match[1], match[2]
        path, _, fragment = target.partition("#")
        if re.match(r"[a-z]+:", target):
            return match[0]
        if not path:
            return f'{kind}="#{own}--{fragment}"'
        place = posixpath.normpath(posixpath.join(folder, path))
        if place in anchors:
            return f'{kind}="#{anchors[place]}{"--" if fragment else ""}{fragment}"'
        return f'{kind}="{place}"'

    body = IDENTITY.sub(rf'id="{own}--\1"', body)
    body = INSIDE.sub(rf"url(#{own}--\1)", body)
    return ADDRESS.sub(address, body).replace("<details", "<details open")
