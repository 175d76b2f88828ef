"""A tiny book with the real configuration: a page with a figure, one without, an index."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from rfbook.site import build
from tests import skeleton

REPOSITORY = Path(__file__).parents[2]
HEAD = "---\nkernelspec: {name: python3, display_name: Python 3, language: python}\n"


def start_of(title: str) -> str:
    """How a page of tier thin begins."""
    return f"""{HEAD}rfbook: {{tier: thin}}
---
# {title}

```{{code-cell}} ipython3
:tags: [parameters]
tier = "smoke"
```
"""


TOC = """\
format: jb-book
root: book/index
defaults: {numbered: 1}
parts:
  - caption: Part
    chapters:
      - file: notebooks/size_matters/plain
      - file: notebooks/size_matters/toy
      - file: notebooks/size_matters/lesson
      - file: book/glossary
"""

INDEX = f"""{HEAD}---
# A tiny book

The line is in {{numref}}`fig-toy-line`.

```{{code-cell}} ipython3
print("computed on the index")
```
"""

PLAIN = f"""{HEAD}rfbook: {{tier: thin}}
---
# Plain

```{{code-cell}} ipython3
:tags: [parameters]
tier = "smoke"
width = 1.0  # share of the channels
```

```{{code-cell}} ipython3
import sys
print("noi" + "se", file=sys.stderr)
print("this is", tier)
```
"""

PAGE = f"""{HEAD}rfbook: {{tier: thin}}
---
# A toy

What {{cite:t}}`richter2021size` call $r_l$.

```{{code-cell}} ipython3
:tags: [parameters]
tier = "smoke"
width = 1.0  # share of the channels
```

```{{code-cell}} ipython3
:tags: [remove-cell]
heights = [1, 4, 9]
```

## Answer

At tier {{{{ tier }}}} the curve of {{cite:t}}`richter2021size` reaches {{{{ heights[2] }}}}, as does
$r_l$.

:::{{admonition}} What the records say
:class: dropdown

{{% if heights %}}
It has {{{{ heights | length }}}} points.
{{% endif %}}
:::

:::{{caption}} fig-toy-line
:alt: The curve: it rises with depth, from {{{{ heights[0] }}}} to {{{{ heights[2] }}}}, n = 1

At tier {{{{ tier }}}} and width {{{{ width }}}}, $r_l$ rises.
:::

```{{code-cell}} ipython3
:tags: [hide-input]
from matplotlib import pyplot
from rfbook.pages.figures import style
style.use()
figure, axes = pyplot.subplots()
axes.plot([1, 2, 3], heights, **style.OURS)
style.show(figure, None, **fig_toy_line)
```

```{{code-cell}} ipython3
:tags: [remove-input]
from rfbook.pages.tables.standard import Table
Table("A wide table", ["a column"] * 30, [["a number"] * 30])
```

## Exercises

```{{exercise}}
:label: first
Draw it.
```

```{{exercise}}
:label: second
Draw it again.
```

```{{solution}} second
As before.
```

## References

```{{bibliography}}
```
"""

LESSON = f"""{start_of("A lesson")}
```{{code-cell}} ipython3
:tags: [remove-cell]
height = 9
```

Before the question.

::::{{admonition}} Predict
:class: predict
How high does the *line* rise?

:::{{dropdown}} To eight.
{{{{ "Yes" if height == 8 else "No" }}}}. It rises to {{{{ height }}}}. A probe is in no fold.
:::

:::{{dropdown}} To nine.
{{{{ "Yes" if height == 9 else "No" }}}}. It rises to {{{{ height }}}}.
:::

:::{{dropdown}} Nobody knows.
These runs cannot say.
:::
::::

:::{{admonition}} Answer
:class: answer
**To {{{{ height }}}}.**
:::

The figure stands here.

## Verdicts

The verdict stands here.

## Why

Receptive Field is a name and SM-receptive-field too; SM-probe is an id. Receptive
fields grow. A receptive field is not an effective field, and a field has no jump. See {{term}}`jump`
and once more {{term}}`jump`, in `probe`, and a position probe.
"""

GLOSSARY = """# Glossary

```{glossary}
receptive field
  All pixels that one unit sees, as many as <64>.

effective field
  Another field than the {term}`receptive field`.

jump
  A distance.

probe
  A classifier.

position probe
  A classifier at one place.
```
"""


def write_book(root: Path) -> Path:
    """Write the tiny book below `root`, with the configuration of the real one."""
    shutil.copy(REPOSITORY / "_config.yml", root)
    for folder in ("_ext", "_static"):
        shutil.copytree(REPOSITORY / "book" / folder, root / "book" / folder)
    shutil.copy(REPOSITORY / "book/references.bib", root / "book")
    (root / "notebooks/size_matters").mkdir(parents=True)
    (root / "claims").mkdir(exist_ok=True)
    (root / "claims/size_matters.yml").write_text(skeleton.CLAIMS)
    (root / "_toc.yml").write_text(TOC)
    (root / "book/index.md").write_text(INDEX)
    (root / "notebooks/size_matters/plain.md").write_text(PLAIN)
    (root / "notebooks/size_matters/toy.md").write_text(PAGE)
    (root / "notebooks/size_matters/lesson.md").write_text(LESSON)
    (root / "book/glossary.md").write_text(GLOSSARY)
    return root


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Root of a tiny book that nobody has built."""
    return write_book(tmp_path)


@pytest.fixture(scope="session")
def built(shared: Path) -> Path:
    """Root of a tiny book that is built at its published tier. Do not write into it."""
    root = shared / "book"
    with FileLock(f"{root}.lock"), pytest.MonkeyPatch.context() as monkeypatch:
        if not (root / "build/published/rendered").exists():
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            skeleton.seem_installed(monkeypatch, write_book(root))
            build.build("published", root)
    return root


@pytest.fixture
def told(tmp_path, request):
    """A checkout with the one page that a module of tests writes: `TOLD`, under the name `PAGE`."""
    path = tmp_path / f"notebooks/{request.module.PAGE}.md"
    path.parent.mkdir(parents=True)
    path.write_text(request.module.TOLD)
    return tmp_path
