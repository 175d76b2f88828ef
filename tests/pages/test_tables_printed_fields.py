"""The fields that papers print beside those that follow from the layers."""

from rfbook.pages.tables import printed_fields
from tests.reading import row, rows


def test_each_network_has_what_every_paper_prints_and_ours(page):
    table = printed_fields(page, {"Size Matters": {"vgg11": 150}, "Dead Pixel": {"vgg13": 156}})
    assert len(rows(table)) == 2
    found = row(table, network="VGG11")
    assert found["Size Matters"] == "150"
    assert found["Dead Pixel"] == ""
    assert found["ours"] == str(page.outcomes[0].records["receptive_field"].values["field"][-1])


def test_a_paper_that_prints_none_of_these_networks_has_no_column(page):
    shown = printed_fields(page, {"Size Matters": {"vgg11": 150}, "Dead Pixel": {}})._repr_html_()
    assert "Size Matters" in shown
    assert "Dead Pixel" not in shown
