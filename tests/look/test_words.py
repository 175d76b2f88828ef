"""How `look` says what it saw: which way the evidence points, what was looked past, one and many."""

from dataclasses import replace

import pytest
from torch import nn
from torchvision.ops import SqueezeExcitation

from rfbook.look.drawing import svg
from rfbook.look.findings import SHOWN, finding
from rfbook.look.graph.look import look_at
from rfbook.look.words import lines, values


def conv(kernel: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(3, 3, kernel, stride, padding=kernel // 2)


def said(model: nn.Module, side: int, past: tuple[str, ...] = ()) -> str:
    return "\n".join(lines(look_at(model.eval(), "net", side, positionwise=past)))


class Skip(nn.Module):
    """Five convolutions, the second behind a skip."""

    def __init__(self):
        super().__init__()
        self.first, self.inner, self.rest = conv(), conv(), nn.Sequential(conv(), conv(), conv())

    def forward(self, images):
        maps = self.first(images)
        return self.rest(maps + self.inner(maps))


# Which way the evidence points


@pytest.mark.parametrize(
    "claim, verdict, speaks",
    [
        ("SM-3.4-after", "reproduced", "speaks for it"),
        ("SM-3.4-after", "not reproduced", "speaks against it"),
        ("SM-3.5-past", "reproduced", "speaks against it"),
        ("SM-3.5-past", "not reproduced", "speaks for it"),
        ("SM-3.5-past", "open", "leaves it open"),
        ("SM-3.4-after", "partly", "leaves it open"),
        ("SM-3.4-after", "not tested", "leaves it open"),
    ],
)
def test_a_verdict_speaks_for_the_advice_or_against_it_by_what_its_claim_says(claim, verdict, speaks):
    """That layers behind the border do nothing is a reason to cut them, that they improve none."""
    assert replace(finding(claim), verdict=verdict).speaks == speaks


def test_beside_a_cut_stands_that_the_evidence_speaks_against_it_with_skips_and_without():
    plain = said(nn.Sequential(*(conv() for _ in range(5))), 4)
    skipping = said(Skip(), 4)
    assert 'speaks against it: "layers after the border layer do not contribute' in plain
    assert 'speaks against it: "with residual connections the probes improve past' in skipping


def test_json_has_the_same_direction():
    look = look_at(Skip().eval(), "net", 4)
    (cut, *_) = values(look)["choices"]
    assert [one["speaks"] for one in cut["findings"]] == ["speaks against it"]


@pytest.mark.parametrize("claim", SHOWN)
def test_a_quoted_sentence_names_what_it_speaks_of(claim):
    assert finding(claim).says.split()[0] not in ("it", "they", "this", "so")


# What was looked past


def test_what_was_looked_past_stands_in_the_text_in_json_and_in_the_picture():
    gates = [SqueezeExcitation(3, 1), nn.Sequential(conv(), SqueezeExcitation(3, 1))]
    look = look_at(nn.Sequential(conv(), *gates, conv()).eval(), "net", 8, 3, ["SqueezeExcitation"])
    told = "looked past: SqueezeExcitation (2 modules)"
    assert list(lines(look))[1] == told
    assert values(look)["looked_past"] == {"SqueezeExcitation": 2}
    assert f">{told}</text>" in svg("net", look.survey)
    assert f'no border layer; {told}"' in svg("net", look.survey)


def test_a_name_that_no_module_has_is_said_to_be_that_of_a_function():
    model = nn.Sequential(conv(), conv())
    assert "looked past: Gate (no module: a function of that name)" in said(model, 8, ("Gate",))


def test_where_nothing_is_looked_past_nothing_is_said_of_it():
    look = look_at(nn.Sequential(conv(), conv()).eval(), "net", 8)
    assert "looked past" not in "\n".join(lines(look)) + svg("net", look.survey)


# One and many


def test_one_convolution_and_one_kernel_are_singular():
    shown = said(nn.Sequential(conv(stride=2), conv(), conv()), 6)
    assert "1 of 3 convolutions does." in shown
    assert "  cut the convolution 2: " in shown
    assert "pad the uneven kernel to a multiple of its stride: " in shown
    assert "border layer 2, 1 convolution from it on" in shown


def test_several_convolutions_and_kernels_are_plural():
    shown = said(nn.Sequential(conv(stride=2), conv(stride=2), conv(), conv(), conv()), 8)
    assert "2 of 5 convolutions do." in shown
    assert "  cut the 2 convolutions from 3 on: " in shown
    assert "pad the 2 uneven kernels to a multiple of their stride: " in shown


# Sentences that are clear by themselves


def test_where_a_map_is_enlarged_the_ratio_of_pixels_is_unknown_in_one_sentence():
    model = nn.Sequential(conv(stride=2), nn.ConvTranspose2d(3, 3, 2, 2), conv())
    assert (
        "How much more the last map depends on the strongest pixel than on the weakest is unknown:\n"
        "  other operations enlarge the map or thin it out, or its paths are too many to count."
    ) in said(model, 16)


def test_pixels_that_are_never_read_are_infinitely_weaker():
    assert (
        "The last map depends on the strongest pixel infinitely more (some are never read) than on the "
        "weakest,\n  with padded kernels 1.00 times as much ("
    ) in said(nn.Sequential(conv(1, 2), conv()), 16)


def test_the_side_of_the_path_through_all_skips_names_the_border_layer():
    shown = said(Skip(), 4)
    assert (
        "In images of 9 pixels and more there is no border layer.\n"
        "Counted along the path through all skips, the border layer is gone from 7 pixels on."
    ) in shown
