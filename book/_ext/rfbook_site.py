"""Sphinx extension of the book: a site that needs no network, links to the sources, and is not large."""

from __future__ import annotations

import base64
import html
import re
import shutil
from importlib import resources
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx

from rfbook.site.handed_out import readable

MATHJAX = "static/mathjax/es5/tex-svg-full.js"
AFTER_THEME = 950
EMBEDDED = re.compile(r'download="([\w.-]+)" href="data:[\w/+-]+;base64,([A-Za-z0-9+/=]+)"')
DOWNLOADS = "_downloads"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
    app.connect("builder-inited", write_pictures)
    app.connect("html-page-context", write_downloads)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", hand_out_notebooks)
    app.connect("build-finished", leave_out_maps)
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


def write_pictures(app: Sphinx) -> None:
    """Let Sphinx write the pictures that pages embed to files: in a page they are a third larger."""
    app.builder.supported_data_uri_images = False


def visit_image(self, node: nodes.image) -> None:
    """Put a figure's SVG into the page itself: its text can be selected, its ink is the page's."""
    path = Path(self.builder.srcdir) / node["uri"]
    if path.suffix == ".svg" and isinstance(node.parent, nodes.figure):
        label = html.escape(node.get("alt", ""))
        named = f'<svg role="img" aria-label="{label}"'
        picture = path.read_text(encoding="utf-8").replace("<svg", named, 1)
        box = '<div class="rf-picture" tabindex="0" role="group" aria-label="figure">'
        self.body.append(f"{box}{picture}</div>")
        self.builder.images.pop(node["uri"], None)  # no page asks for its file
    else:
        type(self).visit_image(self, node)


def depart_image(self, node: nodes.image) -> None:
    """Nothing is left open."""


def write_downloads(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Write what a page embeds for download, such as the PNG of a figure, to a file of that name.

    What another page embeds too, as the report does, is written once.
    """
    written: dict[str, Path] = vars(app).setdefault("rfbook_written", {})

    def linked(match: re.Match[str]) -> str:
        path = written.setdefault(match[0], Path(app.outdir) / DOWNLOADS / pagename / match[1])
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(match[2]))
        address = context["pathto"](path.relative_to(app.outdir).as_posix(), 1)
        return f'download="{match[1]}" href="{address}"'

    if "body" in context:
        context["body"] = EMBEDDED.sub(linked, context["body"])


def hand_out_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Let the notebooks to download be read in Jupyter, and say what they need to be run."""
    for path in Path(app.outdir).glob("_sources/**/*.ipynb"):
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
        readable(notebook)
        nbformat.write(notebook, path)


def leave_out_maps(app: Sphinx, exception: Exception | None) -> None:
    """Take away what only a debugger of the theme's own scripts and styles would ask for."""
    for path in Path(app.outdir).glob("_static/**/*.map"):
        path.unlink()


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
