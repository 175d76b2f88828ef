"""Predictions by a list of layers, beside what records say."""

from rfbook.experiments.spec import Model
from rfbook.pages.tables import layer_lists
from tests.reading import row


def test_the_border_layer_of_each_side_stands_beside_the_weight_of_odd_pixels():
    """By hand: at 32 pixels VGG16 has its border at conv8, at 224 none of its fields is too large."""
    table = layer_lists.predictions([Model(name="vgg16")], (32, 224))
    found = row(table, network="VGG16")
    assert (found["border at 32"], found["border at 224"]) == ("conv8", "none")
    assert (found["convolutions"], found["odd over even at 224"]) == ("13", "1.00")


def test_the_list_and_the_graph_name_the_same_border_layer(page):
    table = layer_lists.borders(page, page.outcomes)
    for network in ("VGG11", "VGG13"):
        found = row(table, network=network)
        assert found["border by the list"] == found["by the graph"]
        assert found["n"] == "2"
