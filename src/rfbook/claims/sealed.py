"""What decides each claim as it was when its test was fixed, so that a later change shows.

python -c "from rfbook.claims.sealed import write; write()"
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from pathlib import Path

from rfbook.claims.claim import Claim, ClaimError, claims_folder, read_claims

FILE = "fixed.csv"
"""In the folder of the claims: one row a claim that says when its test was fixed."""

COLUMNS = ("id", "fixed", "quantity", "arms", "only", "holds_if", "margin", "printed")
DECIDES = COLUMNS[2:]

WRITE = """Write it again: python -c "from rfbook.claims.sealed import write; write()\""""

RESTORE = "Restore it: git checkout -- claims"

Row = Mapping[str, str]


def row(claim: Claim) -> Row:
    """What decides a claim that says since when, as text."""
    printed = (f"{network} {value:g}" for network, value in claim.printed.items())
    values = (
        claim.id, claim.fixed.astimezone(UTC).isoformat(), claim.quantity, "; ".join(claim.arms),
        "; ".join(claim.only), claim.holds_if, f"{claim.margin:g}", "; ".join(printed),
    )  # fmt: skip
    return {name: str(value) for name, value in zip(COLUMNS, values, strict=True)}


def wrong(claims: Iterable[Claim], folder: Path) -> Iterator[str]:
    """Claims whose test is another one than the file has, with the remedy. folder: of the claims."""
    now = _rows(claims)
    try:
        before = _read(folder) if now else {}
    except ClaimError as error:
        yield str(error)
        return
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield f"{folder / FILE}: {name} has no test in the claims any more. {WRITE}"
        elif name not in before:
            yield f"{folder / FILE}: {name} is not in it. {WRITE}"
        elif changed := _changed(before[name], now[name]):
            yield f"{folder}: {changed}"
        elif before[name] != now[name]:
            yield f"{folder / FILE}: {name} was fixed at another time. {WRITE}"


def write(folder: Path | None = None) -> None:
    """Writes the file. Raises ClaimError for a test that changed while `fixed` did not, or went back."""
    folder = folder or claims_folder()
    before = _read(folder) if (folder / FILE).exists() else {}
    now = _rows(read_claims(folder))
    changes = [_changed(before[name], now[name]) for name in now if name in before]
    if any(changes):
        raise ClaimError("; ".join(filter(None, changes)))
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(now.values())
    (folder / FILE).write_text(text.getvalue(), encoding="utf-8")


def _changed(before: Row, now: Row) -> str:
    """What is another test although `fixed` is no later, or a date that went back; else empty."""
    differ = [name for name in DECIDES if now[name] != before[name]]
    parts = [f"{name} is {now[name]!r} and was {before[name]!r}" for name in differ]
    if now["fixed"] < before["fixed"]:
        parts.append(f"fixed is {now['fixed']!r}, which is earlier")
    elif not parts or now["fixed"] > before["fixed"]:
        return ""
    return (
        f"claim {now['id']}: {', '.join(parts)}; its test was fixed at {before['fixed']}. Put the time "
        "of this change under `fixed`, and a line in book/changelog.md"
    )


def _rows(claims: Iterable[Claim]) -> dict[str, Row]:
    return {claim.id: row(claim) for claim in claims if claim.fixed}


def _read(folder: Path) -> dict[str, Row]:
    """Raises ClaimError where the file is gone or cut."""
    path = folder / FILE
    try:
        lines = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ClaimError(f"{path}: it cannot be read ({error}). {RESTORE}") from None
    if not lines or any(set(line) != set(COLUMNS) or None in line.values() for line in lines):
        raise ClaimError(f"{path}: it is not the whole table. {RESTORE}")
    return {line["id"]: line for line in lines}
