"""What the book found about the advice, with its verdicts: a copy of the registry that travels along.

The file beside this one is written from the book's claims and records by `backmatter.findings`; a test
holds it to them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("findings.json")
AFTER_BORDER = ("SM-3.4-after", "SM-3.4-from")
AFTER_BORDER_WITH_SKIPS = ("SM-3.5-past",)
SMALL_STEM = ("SM-3.5-cifar-no-tail",)
LARGER_INPUT = ("SM-3.2-best-small",)
EVEN_KERNELS = ("DP-4-cause", "DP-4-gone", "DP-4-trained-board-lite0", "DP-4-trained-gone-lite0")
SHOWN = (*AFTER_BORDER, *AFTER_BORDER_WITH_SKIPS, *SMALL_STEM, *LARGER_INPUT, *EVEN_KERNELS)
"""The claims that stand beside the advice."""
AGAINST = AFTER_BORDER_WITH_SKIPS
"""Those that, where they hold, speak against it; the others then speak for it."""


@dataclass(frozen=True)
class Finding:
    """A claim of one of the papers and what the book's records say of it.

    verdict, why: the word, and for which networks it holds or fails. page: of the book, with the runs.
    """

    claim: str
    says: str
    verdict: str
    why: str
    page: str

    @property
    def speaks(self) -> str:
        """In words, what the verdict means for the advice: for it, against it, or neither."""
        if self.verdict not in ("reproduced", "not reproduced"):
            return "leaves it open"
        holds = self.verdict == "reproduced"
        return "speaks against it" if holds == (self.claim in AGAINST) else "speaks for it"

    def __str__(self) -> str:
        where = f"{self.claim} on the page {self.page}"
        return f'{self.speaks}: "{self.says}" ({self.verdict}; {self.why}; {where})'


def finding(claim: str) -> Finding:
    """The finding on a claim of `SHOWN`."""
    return _all()[claim]


@cache
def _all() -> dict[str, Finding]:
    return {row["claim"]: Finding(**row) for row in json.loads(FILE.read_text(encoding="utf-8"))}
