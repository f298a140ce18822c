"""From values to the words and marks of a page: the filters that the templates use, and the way from mark to mark."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from indexer import DATE_PARTS, FACETS, RIGHTS, Span, address, date_text, known_parts, region_label

_LINKABLE = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


def date_value(published: str | None, precision: str | None) -> str:
    """The known part of an ISO date, as <time datetime> takes it: of an estimate its year.

    >>> date_value("2019-03-01", "month"), date_value("2019-02-11", "estimated")
    ('2019-03', '2019')
    """
    return "-".join(known_parts(published, precision if precision in DATE_PARTS else "year"))


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun.

    >>> counted(1, "träff", "träffar"), counted(12, "träff", "träffar")
    ('1 träff', '12 träffar')
    """
    return f"{grouped(number)} {one if number == 1 else many}"


def grouped(number: int) -> str:
    """A number with a no-break space between thousands, as Swedish writes it."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def percent(share: float) -> str:
    """A share in percent, as Swedish writes it.

    >>> percent(0.034).replace("\N{NO-BREAK SPACE}", " ")
    '3,4 %'
    """
    number = f"{share * 100:.2g}" if share < 0.1 else f"{share * 100:.0f}"
    return f"{number.replace('.', ',')}\N{NO-BREAK SPACE}%"


def web_address(url: str | None) -> str | None:
    """The address where it is one that may become a link: http or https, and nothing before that.

    >>> web_address("javascript:alert(1)"), web_address("https://region.example/nyhet")
    (None, 'https://region.example/nyhet')
    """
    return url if url and _LINKABLE.fullmatch(url) else None


def place_at(typed: str, marks: int) -> int:
    """The number of the mark that an address names, else of the first; 0 where nothing is marked.

    >>> place_at("2", 3)
    2
    """
    return min(max(int(typed), 1), marks) if typed.isdecimal() and len(typed) < 7 else min(1, marks)


def marked(text: str, spans: Sequence[Span] = ()) -> Markup:
    """The text with its spans (code points) in <mark>, everything escaped.

    >>> marked("a < b", [(4, 5)])
    Markup('a &lt; <mark>b</mark>')
    """
    return _joined(text, [(start, end, Markup("<mark>")) for start, end in spans])


def marked_paragraphs(text: str, spans: Sequence[Span]) -> list[list[Markup]]:
    """The paragraphs of a text, each as its lines; the n:th span is <mark id="stalle-n">.

    >>> marked_paragraphs("En rad\\n\\nNytt stycke", [(8, 12)])
    [[Markup('En rad')], [Markup('<mark id="stalle-1">Nytt</mark> stycke')]]
    """
    runs = groupby(_lines(text, spans), key=lambda line: bool(line.strip()))
    return [list(lines) for filled, lines in runs if filled]


def _lines(text: str, spans: Sequence[Span]) -> Iterator[Markup]:
    """A mark that goes on over the end of a line ends with it."""
    numbered = iter(enumerate(spans, 1))
    number, (start, end) = next(numbered, (0, (len(text) + 1, 0)))
    position = 0
    for line in text.splitlines(keepends=True):
        inside = []
        while start < position + len(line):
            tag = Markup('<mark id="stalle-{}">').format(number)
            last = min(end - position, len(line.rstrip()))
            inside += [(start - position, last, tag)] if start - position < last else []
            number, (start, end) = next(numbered, (0, (len(text) + 1, 0)))
        yield _joined(line.rstrip(), inside)
        position += len(line)


def _joined(text: str, marks: Sequence[tuple[int, int, Markup]]) -> Markup:
    pieces: list[str] = []
    position = 0
    for start, end, tag in marks:
        pieces += [text[position:start], tag, text[start:end], Markup("</mark>")]
        position = end
    return Markup("").join([*pieces, text[position:]])


_OURS = (date_text, date_value, counted, grouped, percent, web_address, marked, address)
FILTERS: dict[str, Callable[..., object]] = {function.__name__: function for function in _OURS}
"""Name -> what the templates call by it."""
FILTERS |= {"kind_label": FACETS["kind"].label_of, "region_label": region_label}
FILTERS["rights_label"] = lambda rights: RIGHTS.get(rights, rights)
