"""Text of a record that was made elsewhere stands on the built page as it is, and as nothing else.

What no record may hold is refused before (`tests/records/test_exchange.py`); this is what may.
"""

import pytest
from bs4 import BeautifulSoup

from rfbook.experiments import places
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks
from rfbook.records.exchange import take_over
from rfbook.records.store import Store
from rfbook.site import build
from tests import skeleton
from tests.left import whole
from tests.samples import PROVENANCE, SESSION
from tests.site.conftest import write_book
from tests.skeleton import PAGE
from tests.torture import house

pytestmark = pytest.mark.torture

HOSTILE = [
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '" onmouseover="alert(1)',
    "' autofocus onfocus=alert(1) x='",
    "[a link](javascript:alert(1))",
    "![a picture](https://example.org/x.png)",
    "{{ ''.__class__.__mro__ }} {% for x in y %}",
    "{eval-rst} {code-cell} {doc}/etc/passwd",
    "$\\href{javascript:alert(1)}{x}$ \\(x\\)",
    "--- ::: === ### * - | a | b |",
    "https://example.org/ and www.example.org",
    "\u202ereversed\u202c and \u200binvisible",
    "&amp;nbsp; &#60;b&#62; %3Cb%3E",
]
"""Each is a processor's name that a record may hold: without `<`, `>`, a backtick or a line's end."""
SHOWN = """
```{code-cell} ipython3
:tags: [remove-input]
from rfbook.pages import tables

tables.verdicts(page)
```

```{code-cell} ipython3
:tags: [remove-input]
tables.footer(page)
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built page of a book whose records were brought from elsewhere, with hostile text in each."""
    root = write_book(tmp_path_factory.mktemp("book"))
    path = root / f"notebooks/{PAGE}.md"
    path.write_text(skeleton.TINY + SHOWN)
    (root / "claims").mkdir(exist_ok=True)
    (root / "claims/size_matters.yml").write_text(skeleton.CLAIMS)
    toc = root / "_toc.yml"
    toc.write_text(toc.read_text() + f"      - file: notebooks/{PAGE}\n")
    house.shutil.copytree(house.ROOT / "src", root / "src")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "__file__", str(root / "src/rfbook/experiments/places.py"))
        patch.chdir(root)
        for name, value in house.environment(root, RFBOOK_CACHE=root / "cache").items():
            patch.setenv(name, value)
        bring(root)
        build.build("published", root)
    return root / f"build/published/_build/html/notebooks/{PAGE}.html"


def bring(root):
    """Records of the page with hostile provenance, taken over as `python -m rfbook import` does."""
    brought, texts = Store((root / "brought",)), iter(HOSTILE * 2)
    for run, measures in asks(PAGE, {}):
        for measure in measures:
            made = SESSION | {"minutes": 0.25, "processor": next(texts, "a machine")}
            provenance = PROVENANCE | {"measuring": made}
            brought.add(whole(run, measure, provenance=provenance, **skeleton.values(run, measure)))
    take_over(brought.roots[0], store_of("thin").published)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_record_says_is_text_on_the_page_and_nothing_else(site, text):
    page = BeautifulSoup(site.read_text(encoding="utf-8"), "html.parser")
    cells = [cell for cell in page.find_all("td") if cell.get_text() == f"{text}, 2 threads"]
    assert cells, "the text is not on the page as the record has it"
    for cell in cells:
        assert cell.find_all(True) == [], f"the text became markup: {cell}"
        assert cell.attrs == {} or set(cell.attrs) <= {"class"}, f"the text became an attribute: {cell}"


def test_nothing_of_it_is_executed_or_fetched(site):
    html = site.read_text(encoding="utf-8")
    page = BeautifulSoup(html, "html.parser")
    every = [(tag, name, value) for tag in page.find_all(True) for name, value in tag.attrs.items()]
    assert [name for _, name, _ in every if name in ("onmouseover", "onfocus")] == []
    said = [str(value) for _, name, value in every if name in ("href", "src")]
    assert [value for value in said if "javascript:" in value or "example.org" in value] == []
    assert not any("alert(1)" in (script.string or "") for script in page.find_all("script"))
