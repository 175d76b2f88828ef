"""How to cite the two papers and this book, from `references.bib` and `CITATION.cff`."""

from __future__ import annotations

import re

import yaml
from IPython.display import Markdown

from rfbook.pages import sources

PAPERS = ("richter2021size", "kim2021dead")


def entry(key: str) -> str:
    """The BibTeX entry of that key in `book/references.bib`. Raises LookupError if there is none."""
    text = (sources.repository() / "book/references.bib").read_text(encoding="utf-8")
    match = re.search(rf"^@\w+\{{{re.escape(key)},$.*?^\}}$", text, re.MULTILINE | re.DOTALL)
    if match is None:
        raise LookupError(f"book/references.bib has no entry {key!r}")
    return match[0]


def described() -> dict:
    """`CITATION.cff` as a dictionary."""
    return yaml.safe_load((sources.repository() / "CITATION.cff").read_text(encoding="utf-8"))


def book() -> str:
    """This book as a BibTeX entry, from `CITATION.cff`."""
    cff = described()
    authors = " and ".join(f"{{{author['name']}}}" for author in cff["authors"])
    fields = {
        "author": authors,
        "title": f"{{{cff['title']}}}",
        "version": cff["version"],
        "year": str(cff["date-released"])[:4],
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join(["@software{rfbook,", *lines, "}"])


def shown(*entries: str) -> Markdown:
    """BibTeX as a block of code that can be copied."""
    return Markdown("\n".join(["```bibtex", "\n\n".join(entries), "```"]))
