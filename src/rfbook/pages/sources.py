"""Page sources: where they are, what they are called, how one is read.

A page is a MyST notebook. It is named by its path below `notebooks/` without the suffix
(`size_matters/border-layer`); a page of `book/` that holds code keeps its folder (`book/index`).
A page whose front matter says `rfbook: {planned: true}` is written, and can be run by name, but has no
published records yet: it is no part of the book until it has them.
"""

from __future__ import annotations

import ast
import hashlib
from copy import deepcopy
from difflib import get_close_matches
from pathlib import Path

import yaml
from nbformat import NotebookNode, ValidationError

from rfbook.experiments.files import YAML, parsed_once
from rfbook.experiments.places import repository as repository
from rfbook.pages.template_cells import filled_in

PUBLISHED = "published"
"""The tier of a book in which each page runs at its own."""

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def pages(root: Path) -> list[str]:
    """Names of the book's pages that hold code below `root`, those of `book/` first, each sorted."""
    texts = [path for path in sorted(root.glob("book/**/*.md")) if "kernelspec" in matter(path)]
    notebooks = [path for path in sorted(root.glob("notebooks/**/*.md")) if not _is_planned(path)]
    return [_name(path, root) for path in texts + notebooks]


def planned(root: Path) -> list[str]:
    """Names of the pages that are written but not run yet."""
    return [_name(path, root) for path in sorted(root.glob("notebooks/**/*.md")) if _is_planned(path)]


def sums_up(page: str, root: Path) -> bool:
    """Whether a page is made from what others leave: those of `book/`, and the conclusions."""
    return page.startswith("book/") or "sentences" in matter(find(page, root)).get("rfbook", {})


def _is_planned(path: Path) -> bool:
    return bool(matter(path).get("rfbook", {}).get("planned"))


class PageSourceError(ValueError):
    """The source of a page is not written as all are; the message names the file."""


class UnknownPage(LookupError):
    """There is no page of that name; the message names those that there are."""


def document(page: str) -> str:
    """Name of the page's file in the book, without suffix: `notebooks/...` or `book/...`."""
    return page if page.startswith("book/") else f"notebooks/{page}"


def find(page: str, root: Path) -> Path:
    """Source file of the page. Raises UnknownPage that names the nearest page and all pages."""
    path = root / f"{document(page)}.md"
    if _is_page(page, path, root):
        return path
    valid = [*pages(root), *planned(root)]
    near = get_close_matches(page, valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownPage(f"there is no page {page!r}: {hint}The pages are {', '.join(valid) or 'none'}.")


def _is_page(page: str, path: Path, root: Path) -> bool:
    """Whether a page of the book or a planned one has this very name and file."""
    if _name(path, root) != page or ".." in path.parts or not path.is_file():
        return False
    return not page.startswith("book/") or "kernelspec" in matter(path)


@parsed_once
def matter(path: Path) -> dict:
    """Front matter of a Markdown file as a dictionary, empty if it has none.

    Raises PageSourceError for a file that is not text, or whose front matter is no YAML of fields.
    """
    try:
        text = path.read_text(encoding="utf-8")
        front = yaml.load(text[4:].split("\n---", 1)[0], YAML) if text.startswith("---\n") else {}
    except UnicodeDecodeError as error:
        raise PageSourceError(f"{path}: it is no text in UTF-8: {error}") from error
    except yaml.YAMLError as error:
        raise PageSourceError(f"{path}: its front matter is not YAML: {error}") from error
    if not isinstance(front or {}, dict):
        raise PageSourceError(f"{path}: its front matter has fields (`name: value`), not {front!r}")
    return front or {}


def read(page: str, root: Path) -> NotebookNode:
    """The page as a notebook of nbformat 4, with a Python kernel and the same cell ids every time.

    Raises UnknownPage for an unknown page, PageSourceError for one that is no MyST notebook.
    """
    notebook = deepcopy(shared(page, root))
    number_cells(notebook, page)
    return notebook


def shared(page: str, root: Path) -> NotebookNode:
    """The same, parsed once in a process, for who only looks: its cells have no ids of their own."""
    return _parsed(find(page, root))


@parsed_once
def _parsed(path: Path) -> NotebookNode:
    import jupytext
    from jupytext.myst import MystMetadataParsingError

    try:
        notebook = jupytext.read(path, fmt="md:myst")
    except (UnicodeDecodeError, ValidationError, MystMetadataParsingError, yaml.YAMLError) as error:
        raise PageSourceError(f"{path}: it is no MyST notebook: {error}") from error
    notebook.metadata["kernelspec"] = dict(KERNEL)
    notebook.cells = [made for cell in notebook.cells for made in filled_in(cell)]
    return notebook


def defaults(notebook: NotebookNode) -> dict[str, object]:
    """What the cell tagged `parameters` assigns, in order; empty if there is no such cell.

    Its values are plain literals, one a line. Raises ValueError for any other expression.
    """
    cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    lines = [line for cell in cells for line in ast.parse(cell.source).body]
    assignments = [line for line in lines if isinstance(line, ast.Assign)]
    return {line.targets[0].id: ast.literal_eval(line.value) for line in assignments}


def number_cells(notebook: NotebookNode, page: str) -> None:
    """Replace the random cell ids by hashes of the page's name and the cell's place."""
    for index, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{page}:{index}".encode()).hexdigest()[:8]


def _name(path: Path, root: Path) -> str:
    name = path.relative_to(root).with_suffix("").as_posix()
    return name.removeprefix("notebooks/")


def tier_of(page: str, tier: str, root: Path | None = None) -> str:
    """The tier at which a page runs: `tier`, or for `published` what its front matter names."""
    root = root or repository()
    if tier != PUBLISHED or page.startswith("book/"):
        return tier
    path = find(page, root)
    try:
        return matter(path)["rfbook"]["tier"]
    except (KeyError, TypeError):
        raise PageSourceError(
            f"{path}: its front matter does not name the tier it is published at: rfbook: tier: thin"
        ) from None


def folder_of(tier: str, root: Path) -> Path:
    """Folder below which everything made for a tier is written."""
    return root / "build" / tier
