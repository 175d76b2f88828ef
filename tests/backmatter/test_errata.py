"""Errata: numbered, each of one of three classes, each shown by a cell or said not to be."""

import pytest

from rfbook.backmatter import errata
from rfbook.pages import sources
from tests.reading import rows

PAGE = """---
kernelspec: {{name: python3, display_name: Python 3, language: python}}
---
# Errata

(errata-e1)=
### E1 A title

{first}

Text.

(errata-e2)=
### E2 Another

**Ambiguous.** A paper, 3.

```{{code-cell}} ipython3
1 + 1
```
"""


def written(root, first):
    (root / "book/errata.md").write_text(PAGE.format(first=first))
    return errata.errata()


def test_every_erratum_has_a_class_a_place_and_the_next_number():
    held = errata.errata()
    assert [one.number for one in held] == [f"E{place + 1}" for place in range(len(held))]
    assert {one.kind for one in held} <= set(errata.KINDS)
    assert all(one.where for one in held)


def test_an_erratum_without_a_cell_says_that_it_is_not_run():
    text = sources.find("book/errata", sources.repository()).read_text()
    parts = text.split("\n### ")[1:]
    assert len(parts) == len(errata.errata())
    for part, one in zip(parts, errata.errata(), strict=True):
        said = "Not run here" in " ".join(part.split())
        assert said != one.runs, one.number


def test_what_is_proved_has_a_cell():
    assert all(one.runs for one in errata.errata() if one.kind == "Proved")


def test_an_erratum_is_read_as_it_is_written(repository):
    first, second = written(repository, "**Proved.** A paper, 2\n(equation 1).")
    assert first == errata.Erratum("E1", "A title", "Proved", "A paper, 2 (equation 1)", False)
    assert (second.kind, second.runs) == ("Ambiguous", True)


@pytest.mark.parametrize("first", ["**Wrong.** A paper, 2.", "Proved. A paper.", "Text."])
def test_another_class_is_refused(repository, first):
    with pytest.raises(errata.ErrataError, match=r"E1: begin with \*\*Proved"):
        written(repository, first)


def test_the_table_counts_the_classes_and_links_to_each(repository):
    written(repository, "**Proved.** A paper, 2.")
    table = errata.summary()
    assert table.caption == "Errata: 1 proved, 0 conflict between sources, 1 ambiguous"
    assert [(one["erratum"], one["shown"]) for one in rows(table)] == [
        ("E1 A title", "not run here"), ("E2 Another", "by the cell"),
    ]  # fmt: skip
    assert 'href="#errata-e2"' in table._repr_html_()
