"""A reader at the exercises of a page: what the page has in its memory there."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from rfbook.pages import sources
from rfbook.pages.executed import values_of
from rfbook.pages.exercises import exercises, parts

ROOT = Path(__file__).parents[2]
PAGES = [page for page in sources.pages(ROOT) if not page.startswith("book/")]
SHOWS = ("remove-input", "slips")
"""Tags of cells that leave nothing for an exercise."""


def of(page):
    """The exercises of a page of the book."""
    return exercises(sources.shared(page, ROOT).cells)


def memory(page):
    """The variables of a page above its solutions, at the tier that it is published at."""
    names = values_of(page, "published", ROOT)
    for part in parts(sources.shared(page, ROOT).cells):
        cell, tags = part.cell, part.cell.metadata.get("tags", [])
        if part.kind != "other" or cell.cell_type != "code" or "parameters" in tags:
            continue
        source = cell.source
        if set(tags) & set(SHOWS) or source.startswith("from rfbook.pages.narrative"):
            lines = source.splitlines()
            source = "\n".join(line for line in lines if re.match(r"from rfbook\.\w+.* import", line))
        with redirect_stdout(io.StringIO()):
            exec(compile(source, f"<{page}>", "exec"), names)
    return names
