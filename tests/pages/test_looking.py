"""What a page shows of a network of the reader's own."""

import base64
from types import SimpleNamespace
from xml.etree import ElementTree

import IPython.display
import pytest

from rfbook.pages import looking
from rfbook.pages.parameters import ParameterError

NET = """
from torch import nn

def build():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, 2, padding=1), nn.Conv2d(4, 4, 3, padding=1),
        nn.AdaptiveAvgPool2d(1),
    )
"""


def page(network, side=None):
    return SimpleNamespace(values={"network": network, "side": side}, defaults={"side": 32})


@pytest.fixture
def net(tmp_path):
    (tmp_path / "net.py").write_text(NET)
    return f"{tmp_path / 'net.py'}:build"


@pytest.fixture
def small(net):
    """At 8 pixels the third convolution reads from one that sees 5, so there is no border layer."""
    return looking.looked(page(net, 8))


def test_without_a_side_it_is_looked_at_at_the_pages_own(net):
    assert looking.looked(page(net)).survey.side == 32


def test_a_network_that_cannot_be_looked_at_is_an_error_of_the_parameter():
    with pytest.raises(ParameterError, match=r"network=.torchvision:resnet5.: .*did you mean resnet50"):
        looking.looked(page("torchvision:resnet5"))


def test_every_layer_is_a_row_with_its_state(small):
    table = looking.layers(small)
    assert [row[:3] for row in table.rows[:3]] == [
        ["0", "before", "3"],
        ["1", "before", "5"],
        ["2", "before", "9"],
    ]


def test_an_uneven_kernel_is_a_row_and_padding_it_a_choice(small):
    (row,) = looking.strided(small).rows
    assert row[:6] == ["1", "3", "2", "4", "1", "4"]
    (choice,) = looking.advice(small).rows
    assert choice[0].startswith("pad the uneven kernel to a multiple of its stride")
    assert "DP-4-cause" in choice[-1]
    assert choice[-1].startswith("speaks for it: ")


def test_the_picture_is_a_figure_of_the_book_that_says_what_it_shows(small, monkeypatch):
    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: shown.append(data))
    looking.picture(small, "A caption.", "fig-own")
    first, name, alt, *_ = shown[0]["text/markdown"].splitlines()
    assert name == ":name: fig-own" and alt.endswith('at 8 pixels: no border layer"')
    ElementTree.fromstring(base64.b64decode(first.partition("base64,")[2]))
    assert "<figcaption>A caption." in shown[0]["text/html"]
