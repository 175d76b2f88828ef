"""Sentences in which a number has no value say so, instead of showing what the computer makes of it."""

from __future__ import annotations

import re

NO_VALUE = "no finite value"
"""What stands in a table in place of such a number."""

UNSAID = "What belongs here cannot be said: a number of the sentence has no finite value for these runs."

_NOT_FINITE = re.compile(r"(?<![\w.])(?:nan|inf)(?!\w)")
_SENTENCES = re.compile(r"(?<=[^\d\s][.:;]) (?=[A-Z])")
"""Between a stop and a capital letter, and so not inside a number."""


def is_finite(text: str) -> bool:
    """Whether no number in a text was printed as `nan` or `inf`."""
    return not _NOT_FINITE.search(text)


def finite(text: str) -> str:
    """The text, with one that says why in place of each sentence that shows a `nan` or an `inf`."""
    if is_finite(text):
        return text
    sentences = [sentence if is_finite(sentence) else UNSAID for sentence in _SENTENCES.split(text)]
    return " ".join(dict.fromkeys(sentences))
