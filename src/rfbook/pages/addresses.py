"""Where things stand on the site, seen from one of its pages: records, claims, other pages.

The addresses are relative, so that the site works from the disk. A page is named as in `sources`.
"""

from __future__ import annotations

from rfbook.pages import sources

EXTRA = "extra"
"""The folder of `build/<tier>/` whose content stands at the root of the site as it is."""

RECORDS = "records"
"""The folder of the site that holds the JSON of every record that a page shows."""

CLAIMS = "book/claims"
"""The page that lists every claim, each with its id as an anchor."""


def record_address(key: str, page: str) -> str:
    """From a page to the JSON of the record with this key."""
    return f"{root_address(page)}{RECORDS}/{key}.json"


def claim_address(claim: str, page: str) -> str:
    """From a page to the line of the claim with this id."""
    return f"{page_address(CLAIMS, page)}#{claim}"


def page_address(target: str, page: str) -> str:
    """From a page to another one."""
    return f"{root_address(page)}{sources.document(target)}.html"


def root_address(page: str) -> str:
    """From a page to the root of the site: nothing, or a path that ends in a slash."""
    return "../" * sources.document(page).count("/")
