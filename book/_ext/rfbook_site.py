"""Sphinx extension of the book: a site that needs no network, links to the sources, and is not large."""

from __future__ import annotations

import html
import os
import shutil
from importlib import resources
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from rfbook.site.handed_out import readable

MATHJAX = "static/mathjax/es5/tex-svg-full.js"
AFTER_THEME = 950
UNDECLARED = {"sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"}
"""Extensions that do not say whether several processes may read and write: one numbers the pages when
all of them are read, the other is for LaTeX."""


class Picture(nodes.General, nodes.Element):
    """A figure's SVG."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(Picture, html=(visit_picture, depart_picture))
    app.connect("builder-inited", write_pictures)
    app.connect("env-before-read-docs", share_cores)
    app.connect("doctree-resolved", put_figures_in)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", hand_out_notebooks)
    app.connect("build-finished", leave_out)
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


def share_cores(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Read and write pages in a process for each core: Jupyter Book hands on no number of jobs."""
    app.parallel = os.cpu_count() or 1
    for name in UNDECLARED & app.extensions.keys():
        extension = app.extensions[name]
        extension.parallel_read_safe = extension.parallel_write_safe = True


def write_pictures(app: Sphinx) -> None:
    """Let Sphinx write the pictures that pages embed to files: in a page they are a third larger."""
    app.builder.supported_data_uri_images = False


def put_figures_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put a figure's SVG into the page itself: its text can be selected, its ink is the page's."""
    for node in list(doctree.findall(nodes.image)):
        path = Path(app.srcdir) / node["uri"]
        if path.suffix == ".svg" and isinstance(node.parent, nodes.figure):
            label = html.escape(node.get("alt", ""))
            named = f'<svg role="img" aria-label="{label}"'
            picture = path.read_text(encoding="utf-8").replace("<svg", named, 1)
            box = '<div class="rf-picture" tabindex="0" role="group" aria-label="figure">'
            node.replace_self(Picture("", markup=f"{box}{picture}</div>"))


def visit_picture(self, node: Picture) -> None:
    """Write it; unlike what a raw node holds, its letters are not searched for."""
    self.body.append(node["markup"])


def depart_picture(self, node: Picture) -> None:
    """Nothing is left open."""


def hand_out_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Let the notebooks to download be read in Jupyter, and say what they need to be run."""
    for path in Path(app.outdir).glob("_sources/**/*.ipynb"):
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
        readable(notebook)
        nbformat.write(notebook, path)


def leave_out(app: Sphinx, exception: Exception | None) -> None:
    """Take away what no page asks for: maps of the theme's code, and its words in other languages."""
    for path in Path(app.outdir).glob("_static/**/*.map"):
        path.unlink()
    shutil.rmtree(Path(app.outdir) / "_static/locales", ignore_errors=True)


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
