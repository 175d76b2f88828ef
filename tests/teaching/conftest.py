"""A small book with one page as all pages are, executed once, and what a teacher gets of it."""

import nbformat
import pytest
from nbformat.v4 import new_output

from rfbook.backmatter.summary import leave
from rfbook.pages import executed, narrative, sources
from rfbook.pages.figures import style
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks
from rfbook.records.store import Store
from rfbook.teaching import command
from tests import skeleton

PARTS = """
```{code-cell} ipython3
:tags: [remove-cell]
gain = 3
```

::::{admonition} Predict
:class: predict
What does $r_l$ do, after {{ gain }} layers?

:::{dropdown} It rises.
Yes, by {{ gain }}.
:::

:::{dropdown} It falls by $x^2$.
No.
:::
::::

:::{admonition} Answer
:class: answer
**It rises by {{ gain }}.** So says the {term}`probe`.
:::

:::{caption} fig-toy-line
:alt: The curve: it rises with depth, from 1 to {{ gain }}

What is drawn & how.
:::

```{code-cell} ipython3
:tags: [remove-input]
from matplotlib import pyplot
from rfbook.pages.figures import style
style.use()
figure, axes = pyplot.subplots()
axes.plot([1, 2, gain], **style.OURS)
style.show(figure, None, **fig_toy_line)
```

## Exercises

After this page you can count layers. It builds on nothing.

```{exercise}
:label: ex-tiny-check
**Check (2 min).** How many layers, with $k$ of them?
```

````{solution-start} ex-tiny-check
:class: dropdown
````

They are all counted.

```{code-cell} ipython3
answer = gain + 39  # a number
```

```{code-cell} ipython3
:tags: [slips]
slips = {"One is missing.": answer - 1}
```

````{solution-end}
````

```{exercise}
:label: ex-tiny-change
**Change (10 min).** Double them.
```

````{solution-start} ex-tiny-change
:class: dropdown
````

```{code-cell} ipython3
answer = 2 * gain  # a number
```

```{code-cell} ipython3
:tags: [slips]
slips = {"That is once.": gain}
```

````{solution-end}
````

```{exercise}
:label: ex-tiny-challenge
**Challenge (1 h).** Train them.
```

```{hint}
:class: dropdown
Begin with one.
```
"""
TOC = f"""format: jb-book
root: book/index
parts:
  - caption: One Part
    chapters:
      - file: notebooks/{skeleton.PAGE}
"""
LESSONS = f"""
pages:
  {skeleton.PAGE}: {{predict: what the field does, discuss: [Why so?, What else?], hand_in: a sentence}}
lessons: [{{part: One Part, short: [{skeleton.PAGE}], long: [{skeleton.PAGE}]}}]
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with the page as if it had been executed. Do not write into it."""
    root = skeleton.write(tmp_path_factory.mktemp("taught"))
    (root / "_toc.yml").write_text(TOC)
    (root / "book/lessons.yml").write_text(LESSONS)
    page = root / f"notebooks/{skeleton.PAGE}.md"
    page.write_text(page.read_text() + PARTS)
    with pytest.MonkeyPatch.context() as monkeypatch:
        skeleton.seem_installed(monkeypatch, root)
        skeleton.fill(Store(store_of("thin").roots[:1]), asks(skeleton.PAGE, {}))
        execute(root, monkeypatch)
        yield root


def execute(root, monkeypatch):
    """Executes the page here and not in a kernel, which would look for it in another checkout."""
    shown, names = [], executed.values_of(skeleton.PAGE, "published", root)
    key = executed.made_from(skeleton.PAGE, names, root)
    for module in (narrative, style):
        monkeypatch.setattr(module, "display", lambda forms, raw: shown.append(forms))
    notebook = sources.read(skeleton.PAGE, root)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
            cell.outputs = [new_output("display_data", data=forms) for forms in shown]
            shown.clear()
    path = executed.executed(skeleton.PAGE, "published", root)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    leave(str(root / "left.json"), str(root), names["page"])
    executed.keep(executed.summary_of(skeleton.PAGE, "published", root), key, root / "left.json")


@pytest.fixture(scope="module")
def taught(checkout):
    """The folder that `rfbook teach` wrote there."""
    list(command.write(checkout, checkout / "build/teach"))
    return checkout / "build/teach"
