"""The parameters a page may have: their types, valid values and meaning, each said once.

papermill only warns of a parameter it does not know and never checks a type, so the page itself
refuses, before anything is computed, whichever way it was started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError

from rfbook.experiments.spec import NETWORKS, RESNETS
from rfbook.experiments.tiers import TIERS
from rfbook.pages.injected import injected


class ParameterError(ValueError):
    """A parameter is unknown, has the wrong type or is out of range."""


def in_words(error: ValidationError) -> list[str]:
    """What is wrong with the description of a run, one sentence a mistake."""
    return [str(one["msg"]).removeprefix("Value error, ") for one in error.errors()]


@dataclass(frozen=True)
class Parameter:
    """meaning, valid: for the reader's table. check: returns the value to use, or raises ValueError."""

    meaning: str
    valid: str
    check: Callable[[object], object]


def _one_of(*words: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value not in words:
            near = get_close_matches(str(value), words, n=1)
            raise ValueError(f"did you mean {near[0]!r}?" if near else "")
        return value

    return check


def _number(kind: type, low: float, high: float, optional: bool) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value is None and optional:
            return None
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not (whole or (kind is float and isinstance(value, float))):
            raise ValueError(f"it is of type {type(value).__name__}")
        if not low <= value <= high:
            raise ValueError("it is out of range")
        return kind(value)

    return check


def _device(value: object) -> object:
    checked = _one_of("auto", "cpu", "cuda")(value)
    if checked == "cuda":
        import torch  # only here: a page whose records exist is built without it

        if not torch.cuda.is_available():
            raise ValueError("no CUDA device is visible here; use auto or cpu")
    return checked


def _networks(value: object) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise ValueError(f"it is of type {type(value).__name__}")
    names = tuple(value.replace(",", " ").split())
    known = _one_of(*NETWORKS)
    if not names or len(set(names)) < len(names):
        raise ValueError("name at least one network, each once")
    return tuple(str(known(name)) for name in names)


def _network_name(value: object) -> object:
    """Whether there is such a network is found out when it is looked at."""
    if not isinstance(value, str) or not all(value.rpartition(":")):
        raise ValueError("a network has a source and a name, with a colon between")
    return value


PARAMETERS: dict[str, Parameter] = {
    "tier": Parameter(
        "how far every run is scaled", ", ".join(TIERS), _one_of(*TIERS)
    ),
    "device": Parameter("where to compute", "auto, cpu, cuda", _device),
    "seeds": Parameter(
        "how many seeds: each is another initialisation, order and augmentation", "1 to 20",
        _number(int, 1, 20, False),
    ),
    "floor": Parameter(
        "how many seeds a network is trained from to see what the seed alone changes", "2 to 20",
        _number(int, 2, 20, False),
    ),
    "models": Parameter("networks, separated by spaces", ", ".join(NETWORKS), _networks),
    "network": Parameter(
        "a network to look at; code of your own runs with your rights",
        "torchvision:NAME, timm:NAME, package.module:callable or FILE.py:callable", _network_name,
    ),
    "side": Parameter(
        "input side in pixels, of every run of the page", "None (the tier's) or 8 to 1024",
        _number(int, 8, 1024, True),
    ),
    "width": Parameter(
        "factor on all channel counts", "None (the tier's) or above 0 to 4",
        _number(float, 1e-3, 4, True),
    ),
    "epochs": Parameter(
        "passes over the training images, not those of weights it starts from",
        "None (the tier's) or 0 to 1000",
        _number(int, 0, 1000, True),
    ),
    "images": Parameter(
        "training images", "None (the tier's) or 2 to as many as there are",
        _number(int, 2, 10**7, True),
    ),
    "test_images": Parameter(
        "test images that are measured on", "None (the tier's) or 2 to as many as there are",
        _number(int, 2, 10**7, True),
    ),
    "delta": Parameter(
        "share of the variance that counts as explained", "above 0 to 1", _number(float, 1e-6, 1, False)
    ),
}  # fmt: skip


def checked(declared: Iterable[str], namespace: Mapping[str, object]) -> dict[str, object]:
    """The values of the declared parameters, each valid, in a notebook's `globals()`.

    Raises ParameterError for anything else that was passed (`injected`): the page does not have it;
    and for the first parameter that is missing or not valid.
    """
    names = list(declared)
    _require_known(names, injected(names, namespace))
    missing = [name for name in names if name not in namespace]
    if missing:
        raise ParameterError(
            f"{missing[0]} is not set: run the cell of the page's parameters first. It has one line for "
            f"each of {', '.join(names)}."
        )
    return {name: _valid(name, namespace[name]) for name in names}


def require_valid(declared: Mapping[str, object], passed: Mapping[str, object]) -> None:
    """Whether a page with these parameters and defaults can be passed these values.

    Raises ParameterError for the first name that the page does not have, or the first value that is
    neither valid nor the page's own default: pages of `book/` have a tier `published`.
    """
    _require_known(list(declared), passed)
    for name, value in passed.items():
        if value != declared[name]:
            _valid(name, value)


def _require_known(names: list[str], passed: Iterable[str]) -> None:
    for name in passed:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            held = ", ".join(names) or "no parameters"
            raise ParameterError(f"unknown parameter {name!r}: {hint}This page has {held}.")


def resnets(models: Iterable[str]) -> tuple[str, ...]:
    """The same names, on a page that pads the strided kernels of its networks.

    Raises ParameterError, saying which networks the page takes, for one that is no ResNet.
    """
    names = tuple(models)
    foreign = [name for name in names if name not in RESNETS]
    if foreign:
        raise ParameterError(
            f"models={' '.join(names)!r}: this page compares ResNets with padded and unpadded kernels, "
            f"and {foreign[0]} is none. Use one or more of {', '.join(RESNETS)}."
        )
    return names


def _valid(name: str, value: object) -> object:
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise ParameterError(f"{name}: a page has this parameter, and `PARAMETERS` does not describe it")
    try:
        return parameter.check(value)
    except ValueError as error:
        said = str(error)
        raise ParameterError(
            f"{name}={value!r}: valid is {parameter.valid}. {said[:1].upper()}{said[1:]}".strip()
        ) from None
