"""Tables as a reader's browser has them."""

from bs4 import BeautifulSoup


def rows(table):
    """One dictionary a row: column -> text."""
    html = BeautifulSoup(table._repr_html_(), "html.parser")
    names = [cell.text for cell in html.thead.find_all("th")]
    bodies = html.tbody.find_all("tr")
    return [
        dict(zip(names, (cell.text for cell in one.find_all(["th", "td"])), strict=True))
        for one in bodies
    ]


def row(table, **fields):
    """The one row whose fields are these."""
    found = [one for one in rows(table) if fields.items() <= one.items()]
    assert len(found) == 1, (fields, rows(table))
    return found[0]


def shown_in(figures):
    """A `style.show` that keeps every figure, with the line of its page and its words, in a list."""

    def show(figure, page, *words):
        if page is not None:
            figure.suptitle(page.badge())
        figures.append((figure, *words))

    return show
