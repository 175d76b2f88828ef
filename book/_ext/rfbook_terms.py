"""Sphinx extension of the book: on every page the first use of a glossary term leads to its definition.

A term is found where a `term` role names it, and where its words stand in a paragraph. The definitions
stand in the glossary alone; a page carries those of its own terms, for `terms.js`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain, groupby

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
NO_PROSE = {GLOSSARY, "book/references"}
CLASS = "rf-term"
EVERYDAY = {
    "arm", "claim", "jump", "key", "measure", "record", "run", "side", "skip", "stem", "tail", "tap",
    "tier", "unit",
}  # fmt: skip
"""Terms that are words of every day too: a definition only where a role asks for it."""

CLOSED = (nodes.reference, nodes.literal, nodes.math, nodes.title, nodes.caption, addnodes.pending_xref)
"""What a link cannot stand in, or what is no sentence."""

FOLDED = {"dropdown", "sd-summary-title", "sd-summary-content", "solution"}
"""Classes of what is not seen until it is opened: the first use that is seen counts."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", link_first_uses)
    app.connect("html-page-context", embed_definitions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def link_first_uses(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the first use of each term on a page the class `rf-term`, and a link where it has none."""
    terms = {} if docname in NO_PROSE or app.builder.format != "html" else _terms(app)
    left = {term: anchor for anchor, (term, _) in terms.items()}
    _join_lines(doctree)
    for node in list(doctree.findall(lambda one: isinstance(one, (nodes.reference, nodes.Text)))):
        if isinstance(node, nodes.reference):
            anchor = _anchor(node)
            if anchor in terms and left.pop(terms[anchor][0], None) and not _folded(node):
                node["classes"].append(CLASS)
        elif _open(node):
            address = app.builder.get_relative_uri(docname, GLOSSARY)
            node.parent.replace(node, list(_linked(node, left, address)))


def embed_definitions(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Put the definitions of the terms that a page marks behind its text."""
    if doctree is None or app.builder.format != "html":
        return
    used = [_anchor(node) for node in doctree.findall(nodes.reference) if CLASS in node["classes"]]
    if used:
        terms = _terms(app)
        held = json.dumps({anchor: terms[anchor][1] for anchor in used}).replace("<", "\\u003c")
        context["body"] += f'<script type="application/json" id="rf-terms">{held}</script>'


def _terms(app: Sphinx) -> dict[str, tuple[str, str]]:
    """Term and definition by the id of the term, read once from the glossary."""
    env = app.env
    if not hasattr(env, "rfbook_terms"):
        found = {}
        if GLOSSARY in env.all_docs:
            tree = env.get_and_resolve_doctree(GLOSSARY, app.builder)
            for item in tree.findall(nodes.definition_list_item):
                meaning = " ".join(item[-1].astext().split())
                found |= {one["ids"][0]: (one.astext(), meaning) for one in item.findall(nodes.term)}
        env.rfbook_terms = found
    return env.rfbook_terms


def _join_lines(doctree: nodes.document) -> None:
    """MyST makes a text of every line of a paragraph, and one of every break."""
    for paragraph in doctree.findall(nodes.paragraph):
        for node in [paragraph, *paragraph.findall(nodes.TextElement)]:
            runs = groupby(node.children, key=lambda child: isinstance(child, nodes.Text))
            joined = ([nodes.Text("".join(run))] if texts else list(run) for texts, run in runs)
            node.children = list(chain.from_iterable(joined))
            for child in node.children:
                child.parent = node


def _anchor(node: nodes.reference) -> str:
    return node.get("refuri", "").partition("#")[2]


def _folded(node: nodes.Node) -> bool:
    while node := node.parent:
        if FOLDED & {*node.get("classes", [])}:
            return True
    return False


def _open(node: nodes.Text) -> bool:
    """Whether the text is part of a sentence that is seen, outside of links and code."""
    at, paragraph = node.parent, False
    while at is not None:
        if isinstance(at, CLOSED):
            return False
        paragraph = paragraph or isinstance(at, nodes.paragraph)
        at = at.parent
    return paragraph and not _folded(node)


def _linked(node: nodes.Text, left: dict[str, str], address: str) -> Iterator[nodes.Node]:
    """The text, cut at the first use of each term in `left`, which is then taken from there."""
    text, at = str(node), 0
    words = sorted(left.keys() - EVERYDAY, key=len, reverse=True)  # "position probe" before "probe"
    if words:
        pattern = "|".join(_pattern(word) for word in words)
        for match in re.finditer(rf"(?<![\w-])({pattern})s?(?![\w-])", text):
            anchor = left.pop(" ".join(match[1].lower().split()), None)
            if anchor:
                link = {"refuri": f"{address}#{anchor}", "internal": True, "classes": [CLASS]}
                yield nodes.Text(text[at : match.start()])
                yield nodes.reference("", match[0], **link)
                at = match.end()
    yield nodes.Text(text[at:])


def _pattern(term: str) -> str:
    """Its words, as at the start of a sentence too: a dead pixel is not "Dead Pixel"."""
    first, *others = (re.escape(word) for word in term.split())
    return r"\s+".join([f"[{term[0].upper()}{term[0]}]{first[1:]}", *others])
