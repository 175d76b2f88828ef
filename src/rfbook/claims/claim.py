"""Claims of the papers, and of both together: what is said, where, and the comparison that decides."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, FiniteFloat, ValidationError

from rfbook.claims.quantities.quantity import Quantity
from rfbook.claims.quantities.registry import quantity_named
from rfbook.experiments.files import YAML, parsed_once
from rfbook.experiments.places import repository


class ClaimError(Exception):
    """A claims file is not well formed, or there is none."""


def claims_folder() -> Path:
    """Where the claims are: `claims` in the checkout."""
    return repository() / "claims"


class Claim(BaseModel):
    """One falsifiable statement. printed: the paper's own number for each network, where it has one.

    quantity: a name in `quantities`, None for a claim that cannot be tested here. arms: which arms
    it compares, as a page names them: within each network, or of two named networks.
    holds_if: below or above the margin; near: at most the margin away from what is printed; within:
    closer to 0 than the margin, on either side.
    only: networks it speaks of, if not of all. untested: why; untested_at: why not at a tier.
    regime: how far the networks must be trained for it to be judged, a name in `regime.REGIMES`.
    fixed: when what decides it was last changed, the time of that commit; `says` and `regime` decide
    nothing. identity: true or false by construction, though its number is read off records.
    ours: a question that no sentence of the paper asks, such as a control.
    looked: some of its seeds were added because the first ones had left it open: it is no fresh test.
    paper: "size-matters", "dead-pixel", or "together" for an extension that is in neither.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    paper: str
    where: str
    says: str
    page: str
    quantity: str | None = None
    arms: tuple[str, ...] = ()
    holds_if: Literal["below", "above", "near", "within"] | None = None
    margin: FiniteFloat | None = None
    printed: dict[str, float] = {}
    only: tuple[str, ...] = ()
    regime: Literal["trained", "fine-tuned"] | None = None
    fixed: AwareDatetime | None = None
    identity: bool = False
    ours: bool = False
    looked: bool = False
    untested: str = ""
    untested_at: dict[str, str] = {}

    @property
    def own(self) -> bool:
        """Whether it is a question of this book: no sentence of either paper asks it."""
        return self.ours or self.paper == "together"

    @property
    def measured(self) -> Quantity:
        """What decides. Raises LookupError if there is no such quantity of these arms."""
        return quantity_named(str(self.quantity), len(self.arms))


def read_claims(directory: Path | None = None) -> list[Claim]:
    """Every claim of both papers and of what was added to them, by default those of the checkout.

    Raises ClaimError, naming the row, for an ill-formed one, and for a folder without files.
    """
    directory = directory or claims_folder()
    paths = sorted(directory.glob("*.yml"))
    if not paths:
        raise ClaimError(
            f"{directory}: no file of claims (*.yml) is in such a folder. Name the folder `claims` "
            "of a checkout; if it is gone there, `git checkout -- claims` brings it back."
        )
    claims = [claim for path in paths for claim in _claims(path)]
    counts = Counter(claim.id for claim in claims)
    double = {name for name, count in counts.items() if count > 1}
    if double:
        raise ClaimError(f"claim ids must be unique; twice: {', '.join(sorted(double))}")
    return claims


@parsed_once
def _claims(path: Path) -> list[Claim]:
    return [_claim(row, path) for row in _rows(path)]


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), _Once) or []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ClaimError(f"{path}: {error}") from error
    a_list = isinstance(rows, list)
    wrong = [row for row in rows if not isinstance(row, dict)] if a_list else [rows]
    if wrong:
        raise ClaimError(f"{path}: a row is a mapping that begins with `- id:`, not {wrong[0]!r}")
    return [row | {"paper": path.stem.replace("_", "-")} for row in rows]


class _Once(YAML):
    """YAML whose mappings name a field once: of two margins the last would win without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(name) for name, _ in node.value]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            problem = f"a field is there twice: {', '.join(map(str, sorted(twice)))}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


def _claim(row: dict[str, Any], path: Path) -> Claim:
    try:
        claim = Claim.model_validate(row)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ClaimError(f"{path}: claim {row.get('id', '?')}: {'; '.join(faults)}") from error
    wrong = _wrong(claim)
    if wrong:
        raise ClaimError(f"{path}: claim {claim.id}: {wrong}")
    return claim


def _wrong(claim: Claim) -> str:
    """What is missing or contradictory in a row, empty if nothing is."""
    if claim.quantity is None:
        return "" if claim.untested else "name a quantity, or say under `untested` why there is none"
    try:
        _ = claim.measured
    except LookupError as error:
        return str(error.args[0])
    if claim.holds_if is None or claim.margin is None:
        return "`holds_if` must be below, above, near or within, and `margin` a number"
    if claim.holds_if == "near" and not claim.printed:
        return "`near` needs the paper's numbers under `printed`"
    low, high = claim.measured.possible
    decided = {
        "above": not low <= claim.margin < high,
        "below": not low < claim.margin <= high,
        "within": not 0 < claim.margin <= max(-low, high),
    }
    if decided.get(claim.holds_if):
        possible = f"{claim.quantity} is from {low:g} to {high:g}"
        return f"{possible}: of `margin` {claim.margin:g} one answer is sure"
    return ""
