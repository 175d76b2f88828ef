"""The parameters a page may have: their types, valid values and meaning, each said once.

papermill only warns of a parameter it does not know and never checks a type, so the page itself
refuses, before anything is computed, whichever way it was started.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from rfbook.experiments.spec import NETWORKS, RESNETS, Data, Model, Recipe
from rfbook.experiments.tiers import TIERS
from rfbook.pages.injected import injected

SOURCES = "torchvision:NAME, timm:NAME, package.module:callable or FILE.py:callable"
"""How a network of one's own is named; whether there is such a one is found out when it is looked at."""


class ParameterError(ValueError):
    """A parameter is unknown, has the wrong type or is out of range."""


def in_words(error: ValidationError) -> list[str]:
    """What is wrong with the description of a run, one sentence a mistake."""
    return [_reason(mistake["msg"]) for mistake in error.errors()]


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")


@dataclass(frozen=True)
class Parameter:
    """meaning: for the reader's table. type: what pydantic takes, with its limits."""

    meaning: str
    type: Any

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.type)

    @property
    def valid(self) -> str:
        """The values that it takes, in words, as its type has them."""
        return _values(self._adapter.json_schema())

    def check(self, value: object) -> object:
        """The value to use. Raises ValueError, which says what is wrong with it."""
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            raise ValueError(_mistake(error, self.valid.split(", "))) from None


def _values(schema: Mapping[str, Any]) -> str:
    """What a JSON schema lets pass."""
    if "anyOf" in schema:
        given, _ = schema["anyOf"]
        return f"None (the tier's) or {_values(given)}"
    if "items" in schema:
        return _values(schema["items"])
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "pattern" in schema:
        return str(schema["description"])
    if "maximum" not in schema:
        return f"at least {schema['minimum']:g}"
    low = f"{schema['minimum']:g}" if "minimum" in schema else f"above {schema['exclusiveMinimum']:g}"
    return f"{low} to {schema['maximum']:g}"


def _mistake(error: ValidationError, words: list[str]) -> str:
    """The first mistake that pydantic names, in our words. words: those that are valid."""
    mistake = error.errors()[0]
    kind, value = mistake["type"], mistake["input"]
    if kind == "value_error":
        return _reason(mistake["msg"])
    if kind == "literal_error":
        near = get_close_matches(str(value), words, n=1)
        return f"did you mean {near[0]!r}?" if near else ""
    if kind == "string_pattern_mismatch":
        return "a network has a source and a name, with a colon between"
    if kind.endswith("_type"):
        return f"it is of type {type(value).__name__}"
    return "it is out of range"


def _whole(low: int, high: int | None = None) -> Any:
    return Annotated[int, Field(ge=low, le=high, strict=True)]


def _as_in(part: type[BaseModel], name: str) -> Any:
    """The type of a field of a run's description, with its limits."""
    field = part.model_fields[name]
    return Annotated[field.annotation, *field.metadata]


def _visible(device: str) -> str:
    if device == "cuda":
        import torch  # only here: a page whose records exist is built without it

        if not torch.cuda.is_available():
            raise ValueError("no CUDA device is visible here; use auto or cpu")
    return device


def _separate(models: object) -> tuple[str, ...]:
    if not isinstance(models, str):
        raise ValueError(f"it is of type {type(models).__name__}")
    names = tuple(models.replace(",", " ").split())
    if not names or len(set(names)) < len(names):
        raise ValueError("name at least one network, each once")
    return names


PARAMETERS: dict[str, Parameter] = {
    "tier": Parameter("how far every run is scaled", Literal[TIERS]),
    "device": Parameter(
        "where to compute", Annotated[Literal["auto", "cpu", "cuda"], AfterValidator(_visible)]
    ),
    "seeds": Parameter(
        "how many seeds: each is another initialisation, order and augmentation", _whole(1, 20)
    ),
    "floor": Parameter(
        "how many seeds show what the seed alone changes, or a setting against it", _whole(2, 20)
    ),
    "models": Parameter(
        "networks, separated by spaces",
        Annotated[tuple[Literal[NETWORKS], ...], BeforeValidator(_separate)],
    ),
    "network": Parameter(
        "a network to look at; code of your own runs with your rights",
        Annotated[str, Field(pattern=r"^.+:.+$", description=SOURCES)],
    ),
    "side": Parameter("input side in pixels, of every run of the page", _as_in(Data, "side") | None),
    "width": Parameter("factor on all channel counts", _as_in(Model, "width") | None),
    "epochs": Parameter(
        "passes over the training images, not those of weights it starts from",
        _as_in(Recipe, "epochs") | None,
    ),
    "images": Parameter("training images, fewer than the data set has", _whole(2) | None),
    "test_images": Parameter(
        "test images that are measured on, fewer than the data set has", _whole(2) | None
    ),
    "delta": Parameter(
        "share of the variance that counts as explained",
        Annotated[float, Field(gt=0, le=1, strict=True)],
    ),
}


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
            known = ", ".join(names) or "no parameters"
            raise ParameterError(f"unknown parameter {name!r}: {hint}This page has {known}.")


def resnets(models: Iterable[str], also: Iterable[str] = ()) -> tuple[str, ...]:
    """The same names, on a page that pads the strided kernels of its networks.

    also: further networks that the page takes. Raises ParameterError, saying which, for another.
    """
    names, known = tuple(models), (*RESNETS, *also)
    foreign = [name for name in names if name not in known]
    if foreign:
        raise ParameterError(
            f"models={' '.join(names)!r}: this page compares networks with padded and unpadded kernels, "
            f"and takes no {foreign[0]}. Use one or more of {', '.join(known)}."
        )
    return names


def _valid(name: str, value: object) -> object:
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise ParameterError(f"{name}: a page has this parameter, and `PARAMETERS` does not describe it")
    try:
        return parameter.check(value)
    except ValueError as error:
        reason = str(error)
        raise ParameterError(
            f"{name}={value!r}: valid is {parameter.valid}. {reason[:1].upper()}{reason[1:]}".strip()
        ) from None
