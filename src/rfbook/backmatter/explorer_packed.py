"""The explorer's data as its page holds them: short, and with the photograph that they lie on."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from PIL import Image

from rfbook.backmatter.explorer_measured import LEVELS

KINDS = {"conv": "", "pool": "p"}
"""What a window's text begins with."""

STEPS = len(LEVELS) ** 2 - 1
PICTURE, QUALITY = 128, 60


def packed(data: dict[str, Any]) -> dict[str, Any]:
    """What `explorer.explorer_data` returns, with shares as letters and each path written once.

    The scripts compute fields and jumps from the windows, so these are left out.
    """
    paths: dict[tuple[str, str], int] = {}
    networks = []
    for network in data["networks"]:
        path = (" ".join(network["layers"]), in_short(network["windows"]))
        networks.append(
            {
                "name": network["name"],
                "path": paths.setdefault(path, len(paths)),
                "records": [_lettered(record) for record in network["records"]],
                "fields": network["fields"],
            }
        )
    shared = {"paths": list(paths), "levels": LEVELS, "photo": photograph()}
    return {"networks": networks, "colours": data["colours"], **shared}


def in_short(windows: Iterable[Sequence[Any]]) -> str:
    """The windows as text, such as 7.2.3.1-p3.2.1.1-3.1.1.1*4, from the first to the last."""
    texts = (KINDS[kind] + ".".join(map(str, numbers)) for kind, *numbers in windows)
    runs = ((text, len(list(same))) for text, same in groupby(texts))
    return "-".join(f"{text}*{count}" if count > 1 else text for text, count in runs)


def in_letters(shares: Sequence[float] | None) -> str:
    """Shares from 0 to 1 as two letters each, in steps of 1 / `STEPS`; none as an empty text."""
    numbers = [round(STEPS * min(share, 1)) for share in shares or ()]
    return "".join(LEVELS[number // len(LEVELS)] + LEVELS[number % len(LEVELS)] for number in numbers)


def _lettered(record: dict[str, Any]) -> dict[str, Any]:
    curves = {name: in_letters(record[name]) for name in record["half"]}
    halves = {name: in_letters(values) for name, values in record["half"].items()}
    return record | curves | {"half": halves}


def photograph() -> str:
    """The middle of a photograph that scikit-learn ships, as a JPEG in base64."""
    from sklearn.datasets import load_sample_image

    whole = Image.fromarray(load_sample_image("china.jpg"))
    left, top = (whole.width - whole.height) // 2, 0
    square = whole.crop((left, top, left + whole.height, top + whole.height))
    file = io.BytesIO()
    square.resize((PICTURE, PICTURE)).save(file, "JPEG", quality=QUALITY)
    return base64.b64encode(file.getvalue()).decode()
