"""Addresses lead from any page to the record, the claim or the page that they name."""

import pytest

from rfbook.pages.addresses import claim_address, page_address, record_address


@pytest.mark.parametrize("page, up", [("size_matters/border-layer", "../../"), ("book/claims", "../")])
def test_an_address_begins_where_the_page_stands(page, up):
    assert record_address("0123abcd", page) == f"{up}records/0123abcd.json"
    assert claim_address("SM-3.4-border", page) == f"{up}book/claims.html#SM-3.4-border"
    assert page_address("dead_pixel/feature", page) == f"{up}notebooks/dead_pixel/feature.html"
    assert page_address("book/scope", page) == f"{up}book/scope.html"
