"""The rendered site: complete, strict, and without a word to the network."""

import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup

from rfbook.site import build
from rfbook.site.handed_out import CHECK

HTML = "build/published/_build/html"


def soup(root, page):
    return BeautifulSoup((root / HTML / f"{page}.html").read_text(), "html.parser")


@pytest.fixture(scope="module")
def toy(built):
    return soup(built, "notebooks/size_matters/toy")


def test_the_first_page_leads_to_the_index_of_the_book(built):
    first = built / HTML / "index.html"
    assert "book/index.html" in first.read_text()


def test_a_figure_has_a_number_a_computed_caption_an_alternative_text_and_a_png(built, toy):
    figure = toy.find("figure")
    assert figure.svg["role"] == "img"
    assert figure.svg["aria-label"] == "The curve: it rises with depth, from 1 to 9, n = 1"
    assert figure.img is None
    assert figure.find(class_="caption-number").text.strip() == "Fig. 2.1"
    assert "At tier thin and width 1," in figure.figcaption.text
    numbers, svg, png = figure.find("details").find_all("a")
    assert png["href"] == "../../_downloads/notebooks/size_matters/toy/fig-toy-line.png"
    folder = built / HTML / "notebooks/size_matters"
    assert (folder / png["href"]).read_bytes().startswith(b"\x89PNG")
    assert (folder / svg["href"]).read_text().startswith("<svg")
    assert (folder / numbers["href"]).read_text().startswith("panel,series,x,y,low,high\n")


def test_no_page_carries_a_picture_that_is_a_file_of_the_site(built):
    for page in (built / HTML).rglob("*.html"):
        assert "data:image/png" not in page.read_text(), page


def test_a_notebook_to_download_shows_its_results_in_jupyter_and_can_be_run(built):
    notebook = nbformat.read(built / HTML / "_sources/notebooks/size_matters/toy.ipynb", 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[0].source == CHECK
    assert any("style.show(" in cell.source for cell in code)
    shown = [output.data for cell in code for output in cell.outputs]
    assert all(data.keys() == {"text/html"} for data in shown)
    words = " ".join("".join(data["text/html"]) for data in shown)
    assert "At tier thin the curve of" in words and "<img alt=" in words
    assert "{cite:t}" not in " ".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def test_all_claims_can_be_loaded_from_the_site(built):
    assert (built / HTML / "registry.csv").read_text().startswith("id,paper,kind,page,tier,")
    assert (built / HTML / "records.csv").read_text().startswith("key,run,measure,tier,pages,")


def test_a_site_that_would_come_out_the_same_is_not_rendered_again(built, tmp_path, monkeypatch):
    root = shutil.copytree(built, tmp_path / "copy", symlinks=True)
    monkeypatch.setattr(build.subprocess, "run", lambda *words, **how: 1 / 0)
    assert build.render("published", root).is_file()
    (root / "_config.yml").open("a").close()
    assert build.render("published", root).is_file()
    (root / "_config.yml").write_text((root / "_config.yml").read_text() + "# more\n")
    with pytest.raises(ZeroDivisionError):
        build.render("published", root)


def test_what_a_page_says_is_filled_in_with_its_roles_its_mathematics_and_its_admonitions(toy):
    answer = toy.find(id="answer").get_text(" ", strip=True)
    assert "At tier thin the curve of Richter" in answer and "reaches 9, as" in answer
    assert toy.find(id="answer").find("a", class_="reference", href=re.compile("^#"))
    (fold,) = toy.select("div.admonition.dropdown")
    assert "It has 3 points." in fold.text
    assert "{{" not in toy.text and "render(" not in toy.text


def test_other_pages_refer_to_the_figure_by_its_number(built):
    assert soup(built, "book/index").find("a", href=re.compile("#fig-toy-line")).text == "Fig. 2.1"


def test_the_cells_that_come_first_are_not_shown_where_they_stand(toy):
    """`tables.opening` shows what is in them, folded, with the values that were used."""
    code = " ".join(cell.text for cell in toy.find_all(class_="highlight-ipython3"))
    assert "tier =" not in code


def test_no_page_names_anything_that_a_browser_would_fetch_from_elsewhere(built):
    pages = sorted((built / HTML).rglob("*.html"))
    assert len(pages) >= 3
    for page in pages:
        text = page.read_text()
        tags = BeautifulSoup(text, "html.parser").find_all(["script", "link", "img", "iframe"])
        addresses = [tag.get("src") or tag.get("href") or "" for tag in tags]
        assert [a for a in addresses if a.startswith(("http:", "https:", "//"))] == [], page
        assert "unpkg.com" not in text and "jsdelivr" not in text, page


def test_mathematics_is_drawn_by_a_file_of_the_site(built, toy):
    scripts = [tag["src"].split("?")[0] for tag in toy.find_all("script", src=True)]
    mathjax = next(source for source in scripts if "mathjax" in source)
    assert (built / HTML / "notebooks/size_matters" / mathjax).is_file()


def test_no_page_has_two_elements_of_one_id(built):
    for page in (built / HTML).rglob("*.html"):
        ids = [tag["id"] for tag in BeautifulSoup(page.read_text(), "html.parser").find_all(id=True)]
        assert sorted(ids) == sorted(set(ids)), page


def test_a_name_for_those_who_listen_is_never_another_than_that_for_those_who_see(built, toy):
    named = toy.find_all(["button", "summary", "a"], attrs={"aria-label": True})
    words = [(tag["aria-label"], tag.get_text(" ", strip=True)) for tag in named]
    assert [(name, text) for name, text in words if text and text not in name] == []
    assert [tag.get("title") for tag in toy.select(".theme-switch")] == [None] * 3


def test_references_are_a_list_of_items(toy):
    entries = toy.select("div.citation-list[role=list] > div.citation")
    assert entries and all(entry["role"] == "listitem" for entry in entries)


def test_a_page_says_in_its_head_what_it_is_about(built, toy):
    said = {tag.get("name", tag.get("property")): tag["content"] for tag in toy.select("meta[content]")}
    first = "At tier thin the curve of Richter et al. [2021] reaches 9, as does r_l."
    assert said["description"] == said["og:description"] == first
    assert said["og:title"] == "2. A toy"
    assert said["og:site_name"] == "Receptive fields, reproduced"
    icon = toy.find("link", rel="icon")
    assert "<svg" in (built / HTML / "notebooks/size_matters" / icon["href"].split("?")[0]).read_text()


def test_what_is_staged_is_links_and_executed_pages_that_embed_no_file(built):
    stage = built / "build/published/stage"
    files = [path for path in stage.rglob("*") if not path.is_dir()]
    names = {path.relative_to(stage).as_posix() for path in files}
    assert {"book/index.ipynb", "notebooks/size_matters/toy.ipynb", "book/references.bib"} <= names
    assert "book/index.md" not in names
    made = [path for path in files if not path.is_symlink()]
    pages = [path for path in made if path.suffix == ".ipynb"]
    assert {path.parent.name for path in made if path not in pages} == {"toy"}  # its figure's files
    texts = [path.read_text() for path in pages]
    assert any("{figure} /extra/_downloads/notebooks/size_matters/toy" in text for text in texts)
    assert not any("{figure} data:" in text or 'href=\\"data:' in text for text in texts)


def test_what_the_parser_of_markdown_does_not_read_is_on_the_page_all_the_same(built, toy):
    svg = toy.find("figure").find("details").find_all("a")[1]["href"]
    file = (built / HTML / "notebooks/size_matters" / svg).read_text()
    inside = str(toy.find("figure").svg)
    assert inside.count("<path") == file.count("<path") > 0
    assert not (built / HTML / "_images").exists()


def test_a_broken_reference_fails_the_build_and_is_named(tiny):
    (tiny / "book/index.md").write_text("# Index\n\nSee {numref}`fig-nowhere`.\n")
    shutil.rmtree(tiny / "notebooks/size_matters")
    (tiny / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    build.stage("smoke", tiny)
    with pytest.raises(build.PageError, match="fig-nowhere") as caught:
        build.render("smoke", tiny)
    assert "sphinx.log" in str(caught.value)


def test_edit_buttons_lead_to_the_source_and_not_to_what_was_made_from_it(built):
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("rfbook_site", built / "book/_ext/rfbook_site.py")
    extension = module_from_spec(spec)
    spec.loader.exec_module(extension)
    edit = {"label": "source-edit-button", "url": "https://host/edit/main/notebooks/a/b.ipynb"}
    other = {"label": "source-issues-button", "url": "https://host/issues/new?b.ipynb"}
    context = {"header_buttons": [{"label": "source-buttons", "buttons": [edit, other]}]}
    extension.link_sources(None, "notebooks/a/b", "page.html", context, None)
    assert edit["url"].endswith("/notebooks/a/b.md")
    assert other["url"].endswith("b.ipynb")
