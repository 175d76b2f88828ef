"""A parameter is unknown, mistyped or out of range before anything is computed, not after."""

import math
from dataclasses import replace
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from rfbook.experiments.architecture import LITES
from rfbook.experiments.spec import NETWORKS, Data, Model, Recipe
from rfbook.experiments.tiers import TIERS
from rfbook.pages.parameters import PARAMETERS, Parameter, ParameterError, _as_in, checked, resnets
from tests.samples import repeatable

VALID = {
    "tier": "thin", "device": "auto", "seeds": 1, "floor": 2, "models": "vgg11 vgg16", "side": 32,
    "width": None, "epochs": None, "images": None, "test_images": None, "delta": 0.99,
    "network": "torchvision:resnet50",
}  # fmt: skip
SMALLEST = math.nextafter(0, 1)
RANGES = {
    "seeds": (1, 20), "floor": (2, 20), "side": (8, 1024), "epochs": (0, 1000),
    "images": (2, math.inf), "test_images": (2, math.inf),
    "width": (SMALLEST, 4), "delta": (SMALLEST, 1),
}  # fmt: skip
WHOLE = ["seeds", "floor", "side", "epochs", "images", "test_images"]
OPTIONAL = ["side", "width", "epochs", "images", "test_images"]

numeric = pytest.mark.parametrize("name", RANGES)
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=3), st.integers()),
)  # fmt: skip


def valid(**values):
    """The checked values of a page that has exactly these parameters."""
    return checked(values, values)


def refusal(name, value):
    with pytest.raises(ParameterError) as refused:
        valid(**{name: value})
    return str(refused.value)


def test_every_parameter_is_tried_here():
    assert VALID.keys() == PARAMETERS.keys()


def test_valid_values_pass():
    values = valid(**VALID)
    assert values == VALID | {"models": ("vgg11", "vgg16")}


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_explained(name):
    assert PARAMETERS[name].meaning and PARAMETERS[name].valid


@pytest.mark.parametrize("name", PARAMETERS)
@repeatable
@given(value=ANYTHING)
def test_any_value_is_either_taken_or_refused_by_the_name_of_the_parameter(name, value):
    try:
        values = valid(**{name: value})
    except ParameterError as error:
        assert str(error).startswith(f"{name}={value!r}: valid is {PARAMETERS[name].valid}")
    else:
        assert values.keys() == {name}
        assert values[name] == value or isinstance(values[name], tuple)


def test_a_device_that_is_not_there_is_refused_before_anything_is_started(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert refusal("device", "cuda").endswith("No CUDA device is visible here; use auto or cpu")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert valid(device="cuda") == {"device": "cuda"}


def test_a_parameter_that_only_the_page_knows_is_named():
    with pytest.raises(ParameterError, match="depth: a page has this parameter, and `PARAMETERS`"):
        checked(["depth"], {"depth": 3})


@numeric
def test_the_ends_of_a_range_are_valid_and_what_lies_beyond_is_not(name):
    low, high = RANGES[name]
    ends = [low, high] if high < math.inf else [low, 10**30]
    assert [valid(**{name: end})[name] for end in ends] == ends
    beyond = [low - 1, high + 1] if name in WHOLE else [0.0, -low, math.nextafter(high, math.inf)]
    for value in beyond:
        if value != math.inf:
            assert refusal(name, value).endswith("It is out of range")


@pytest.mark.parametrize(
    "limits, text",
    [
        ({"ge": 1, "le": 20}, "1 to 20"), ({"ge": 1, "le": 30}, "1 to 30"), ({"ge": 2}, "at least 2"),
        ({"gt": 0, "le": 4}, "above 0 to 4"), ({"ge": 0.5, "le": 4}, "0.5 to 4"),
    ],
)  # fmt: skip
def test_the_valid_values_in_words_are_those_of_the_limit(limits, text):
    bounded = Annotated[float, Field(**limits, strict=True)]
    assert Parameter("", bounded).valid == text
    assert Parameter("", bounded | None).valid == f"None (the tier's) or {text}"


def test_another_limit_is_another_text_and_another_check():
    seeds = PARAMETERS["seeds"]
    more = replace(seeds, type=Annotated[int, Field(ge=1, le=21, strict=True)])
    assert (seeds.valid, more.valid) == ("1 to 20", "1 to 21")
    assert more.check(21) == 21
    with pytest.raises(ValueError, match="it is out of range"):
        seeds.check(21)


def test_words_are_those_of_the_type():
    assert Parameter("", Literal["near", "far"]).valid == "near, far"


class Larger(Data):
    """Images up to another side."""

    side: Annotated[int, Field(ge=8, le=4096, strict=True)]


def test_a_parameter_that_sets_a_field_of_the_run_has_the_limits_of_the_field():
    assert Parameter("", _as_in(Data, "side")).valid == "8 to 1024"
    assert Parameter("", _as_in(Larger, "side")).valid == "8 to 4096"
    for name, part in (("side", Data), ("width", Model), ("epochs", Recipe)):
        assert PARAMETERS[name].type == _as_in(part, name) | None


@numeric
@pytest.mark.parametrize("value", [True, False])
def test_a_truth_value_is_no_number(name, value):
    assert "It is of type bool" in refusal(name, value)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [2.0, 2.5, "2", [2], (2,)])
def test_a_whole_number_is_neither_a_float_nor_a_text(name, value):
    assert f"It is of type {type(value).__name__}" in refusal(name, value)


@pytest.mark.parametrize("name", ["width", "delta"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_must_be_finite(name, value):
    assert "out of range" in refusal(name, value)


def test_a_whole_number_passes_for_a_share():
    (width,) = valid(width=1).values()
    assert (width, type(width)) == (1.0, float)


@pytest.mark.parametrize("name", PARAMETERS)
def test_none_is_the_tiers_own_value_where_the_table_says_so_and_nowhere_else(name):
    if name in OPTIONAL:
        assert valid(**{name: None}) == {name: None}
        assert "None (the tier's)" in PARAMETERS[name].valid
    else:
        assert "None" in refusal(name, None)


@pytest.mark.parametrize("tier", TIERS)
def test_every_tier_is_valid(tier):
    assert valid(tier=tier) == {"tier": tier}


@pytest.mark.parametrize(
    "name, value, nearest",
    [
        ("tier", "thim", "thin"), ("tier", "papers", "paper"), ("device", "cpus", "cpu"),
        ("models", "vgg16_bn", "vgg16"), ("models", "vgg11 resnet118", "resnet18"),
    ],
)  # fmt: skip
def test_a_word_that_is_not_valid_is_answered_with_all_that_are_and_the_nearest(
    name, value, nearest
):
    reason = refusal(name, value)
    assert f"valid is {PARAMETERS[name].valid}." in reason
    assert f"Did you mean {nearest!r}?" in reason


def test_a_page_cannot_run_at_the_tier_that_only_names_other_tiers():
    """`published` means the tier in each page's front matter; a page itself runs at one tier."""
    assert "valid is smoke, thin, paper" in refusal("tier", "published")


def test_networks_are_separated_by_spaces_or_commas():
    for text in ("vgg11 resnet18", "vgg11,resnet18", " vgg11,  resnet18 "):
        assert valid(models=text) == {"models": ("vgg11", "resnet18")}
    assert valid(models=" ".join(NETWORKS)) == {"models": NETWORKS}


@pytest.mark.parametrize("text", ["", " ", ",", "vgg11 vgg11"])
def test_at_least_one_network_is_named_and_none_twice(text):
    assert "Name at least one network, each once" in refusal("models", text)


@pytest.mark.parametrize(
    "passed, nearest", [("wdith", "width"), ("epoch", "epochs"), ("sides", "side")]
)
def test_an_unknown_parameter_is_answered_with_the_nearest_and_all(passed, nearest):
    with pytest.raises(ParameterError) as refused:
        checked(VALID, VALID | {passed: 1})
    reason = f"unknown parameter {passed!r}: did you mean {nearest!r}?"
    assert str(refused.value) == f"{reason} This page has {', '.join(VALID)}."


def test_a_parameter_that_resembles_none_is_refused_too():
    with pytest.raises(ParameterError, match=r"^unknown parameter 'qqq': This page has tier, "):
        checked(VALID, VALID | {"qqq": "x"})


@repeatable
@given(
    name=st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True).filter(
        lambda name: name not in {*VALID, "exit", "quit", "get_ipython", "open"}
    ),
    value=ANYTHING,
)
def test_any_plain_variable_that_the_page_does_not_have_is_refused(name, value):
    with pytest.raises(ParameterError, match=f"unknown parameter '{name}'"):
        checked(VALID, VALID | {name: value})


def test_what_a_notebook_always_holds_is_no_parameter():
    shell = {"In": [""], "Out": {}, "exit": "x", "quit": "x", "_": 1, "_i1": "text"}
    assert checked(VALID, VALID | shell | {"math": math, "Page": object})["side"] == 32


def test_values_come_in_the_order_in_which_the_page_declares_them():
    assert list(checked(["side", "tier"], {"tier": "thin", "side": 8})) == ["side", "tier"]


def test_a_page_that_pads_kernels_takes_resnets():
    assert resnets(["resnet18", "wide_resnet50_2"]) == ("resnet18", "wide_resnet50_2")
    assert resnets(["efficientnet_lite0"], also=LITES) == ("efficientnet_lite0",)


@pytest.mark.parametrize("name", ["vgg16", "efficientnet_lite0", "efficientnet_b0"])
def test_a_page_that_pads_kernels_says_which_networks_it_takes(name):
    with pytest.raises(ParameterError, match=f"and takes no {name}. Use one or more of resnet18, "):
        resnets(["resnet18", name])
