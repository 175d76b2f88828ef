"""Notebooks to take away: they can be read without a kernel, and say what they need to be run."""

import sys

import nbformat
import pytest

from rfbook.site import execution
from rfbook.site.handed_out import CHECK, handed_out
from tests.site.conftest import HEAD

PAGE = "size_matters/told"
TOLD = f"""{HEAD}rfbook: {{tier: thin}}
---
# Told

See {{doc}}`other` for the {{term}}`probe`.

```{{code-cell}} ipython3
:tags: [parameters]
tier = "smoke"
```

It is run at {{{{ tier }}}}.
"""


def test_without_the_package_the_first_cell_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "rfbook", None)
    with pytest.raises(ModuleNotFoundError, match=r"(?s)does not have the package.*requirements\.lock"):
        exec(CHECK, {})


def test_with_the_package_the_first_cell_has_nothing_to_say(capsys):
    exec(CHECK, {})
    assert capsys.readouterr().out == ""


def test_a_page_that_was_not_executed_is_handed_out_as_it_is(told):
    notebook = handed_out(PAGE, told)
    nbformat.validate(notebook)
    assert notebook.cells[0].source == CHECK
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_what_only_the_site_can_show_is_in_words(told):
    (text,) = [cell.source for cell in handed_out(PAGE, told).cells if "See" in cell.source]
    assert text.endswith("See *other* for the probe.")


def test_a_page_that_was_executed_has_its_results(told):
    execution.execute(PAGE, "published", root=told)
    notebook = handed_out(PAGE, told)
    nbformat.validate(notebook)
    (shown,) = [output.data for cell in notebook.cells for output in cell.get("outputs", [])]
    assert shown == {"text/html": "<p>It is run at thin.</p>\n"}


def test_results_of_another_text_are_not_handed_out(told):
    execution.execute(PAGE, "published", root=told)
    path = told / f"notebooks/{PAGE}.md"
    path.write_text(TOLD.replace("It is", "It was"))
    assert not any(cell.get("outputs") for cell in handed_out(PAGE, told).cells)
