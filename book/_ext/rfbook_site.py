"""Sphinx extension of the book: a site that needs no network, with links to the page sources."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

from sphinx.application import Sphinx

MATHJAX = "static/mathjax/es5/tex-svg-full.js"
AFTER_THEME = 950


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", copy_mathjax)
    app.connect("html-page-context", drop_thebe, priority=AFTER_THEME)
    app.connect("html-page-context", link_sources, priority=AFTER_THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    """Put the one file of MathJax that `mathjax_path` names where the pages look for it."""
    if exception is None and app.builder.format == "html":
        target = Path(app.outdir) / "_static" / app.config.mathjax_path
        target.parent.mkdir(parents=True, exist_ok=True)
        with resources.as_file(resources.files("mathjax") / MATHJAX) as source:
            shutil.copyfile(source, target)


def drop_thebe(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Leave out Thebe's scripts: they name a CDN, twice, and no page has a button for them."""
    scripts = context.get("script_files", [])
    context["script_files"] = [script for script in scripts if not _is_thebe(script)]


def link_sources(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Point edit buttons at the Markdown source: the notebook that Sphinx read is not kept."""
    for button in _flat(context.get("header_buttons", [])):
        if button.get("label") in ("source-edit-button", "source-file-button"):
            button["url"] = button["url"].replace(".ipynb", ".md")


def _is_thebe(script: object) -> bool:
    attributes = getattr(script, "attributes", {})
    return "thebe" in f"{getattr(script, 'filename', script)} {attributes.get('body')}".lower()


def _flat(buttons: list[dict]) -> list[dict]:
    return [inner for button in buttons for inner in [button, *button.get("buttons", [])]]
