"""The exercises of a page: their levels and words, their hints, and the cells of their solutions.

In the page's source it is the directive `exercise` with its label. Below it comes, for a check or a
change, what lies between `solution-start` and `solution-end`: the code there sets `answer`, and the cell
tagged `slips` says what one gets by which mistake. A challenge has the directive `hint` instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from rfbook.pages import sources

ANSWER = "answer"
"""The name that a solution gives to what a reader is asked for."""

SLIPS = "slips"
"""The tag of the cell that sets `slips`: why an answer is wrong -> that answer."""

CHECK = "check"
"""The tag of the cell that compares an answer, in notebooks for students and for instructors."""

LEVELS = ("check", "change", "challenge")

BLOCK = re.compile(
    r"^(?P<fence>`{3,})\{(?P<kind>exercise|hint|solution-start|solution-end)\}[ ]*(?P<of>\S*)\n"
    r"(?P<options>(?::[a-z]+:[^\n]*\n)*)(?P<text>.*?)^(?P=fence)[ \t]*$\n?",
    re.MULTILINE | re.DOTALL,
)
"""A directive of an exercise: kind, what it belongs to, its options, its text."""

_HEAD = re.compile(r"\*\*(?P<level>\w+) \((?P<time>[^)]+)\)\.\*\*\s*")


@dataclass
class Exercise:
    """One exercise. level: of `LEVELS`. solution: the sources of its cells, in order."""

    label: str
    level: str
    time: str
    text: str
    hint: str = ""
    solution: list[str] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """What the answer is: the remark behind `answer = …` in the solution."""
        lines = [line for source in self.solution for line in source.splitlines()]
        questions = [line.partition("#")[2].strip() for line in lines if line.startswith(f"{ANSWER} = ")]
        return next(filter(None, questions), "")


def exercises(cells: Iterable[NotebookNode]) -> list[Exercise]:
    """The exercises of a page, in order, from the cells of its notebook.

    Raises ValueError for one without level and time, and for a solution or hint without an exercise.
    """
    by_label: dict[str, Exercise] = {}
    for part in parts(cells):
        if part.kind == "exercise":
            by_label[part.label] = _exercise(part)
        elif part.kind == "hint":
            by_label[part.label].hint = " ".join(part.text.split())
        elif part.kind == "solution" and part.cell.cell_type == "code":
            by_label[part.label].solution.append(part.cell.source)
    return list(by_label.values())


@dataclass
class Part:
    """A piece of a page. kind: "exercise", "hint", "solution" or "other". label: of its exercise."""

    kind: str
    label: str
    text: str
    cell: NotebookNode


def parts(cells: Iterable[NotebookNode]) -> Iterator[Part]:
    """The page piece by piece: Markdown is cut at the directives of exercises, code comes whole."""
    label, inside = "", False
    for cell in cells:
        if cell.cell_type != "markdown":
            yield Part("solution" if inside else "other", label if inside else "", "", cell)
            continue
        start = 0
        for block in BLOCK.finditer(cell.source):
            yield from _prose(cell.source[start : block.start()], label, inside, cell)
            start = block.end()
            if block["kind"] == "exercise":
                label = block["options"].partition(":label:")[2].split()[0]
            elif block["kind"] == "solution-start":
                label = block["of"]
            inside = {"solution-start": True, "solution-end": False}.get(block["kind"], inside)
            if block["kind"] in ("exercise", "hint"):
                yield Part(block["kind"], label, block["text"].strip(), cell)
        yield from _prose(cell.source[start:], label, inside, cell)


def _prose(text: str, label: str, inside: bool, cell: NotebookNode) -> Iterator[Part]:
    if text.strip():
        yield Part("solution" if inside else "other", label if inside else "", text.strip(), cell)


def _exercise(part: Part) -> Exercise:
    head = _HEAD.match(part.text)
    if head is None or head["level"].lower() not in LEVELS:
        raise ValueError(
            f"{part.label}: an exercise begins like '**Check (2 min).** ', not {part.text[:40]!r}"
        )
    return Exercise(part.label, head["level"].lower(), head["time"], part.text[head.end() :])


def check_cell(label: str) -> NotebookNode:
    """The cell that compares `answer` with what the page's own solution finds."""
    source = f'from rfbook.pages import check\n\ncheck("{label}", globals())'
    return new_code_cell(source, metadata={"tags": [CHECK]})


def of_page(page: str, root: Path) -> dict[str, Exercise]:
    """The exercises of a page of the checkout by their labels."""
    return {exercise.label: exercise for exercise in exercises(sources.shared(page, root).cells)}
