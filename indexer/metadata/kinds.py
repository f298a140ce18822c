"""What sort of document a text is, where its top lines, its title, its address or its source say so, and what said it."""

import re
from collections.abc import Iterator, Sequence

from indexer.metadata.tables import rows


def kind_table(place: str) -> dict[str, str]:
    """Kind -> the expression that tells it in a place of data/kinds.tsv, in the order in which they are tried."""
    return {kind: expression for kind, looked_for, expression in rows("metadata/data/kinds.tsv") if looked_for == place}


KINDS = kind_table("label")
"""Value -> label."""
_WORDS = kind_table("word")


# A label that names a title ("Rapport: Nationellt reformprogram") is a link to another document.
def _label_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\d•|:]\s*)(?:{words})\s*(?:$|[•|,]|:\s*(?:$|\d))", re.IGNORECASE)


_LABEL = {kind: _label_of(words) for kind, words in _WORDS.items()}
_ANY_LABEL = _label_of("|".join(_WORDS.values()))
"""Few lines have one: they are told by one search."""
_SEGMENT = {kind: re.compile(rf"/(?:{words})(?=/|$)", re.IGNORECASE) for kind, words in _WORDS.items()}
_HEAD = {kind: re.compile(words) for kind, words in kind_table("head").items()}
_TITLE = {kind: re.compile(words) for kind, words in kind_table("title").items()}
_RELEASE = "pressmeddelande"
"""Stays what its address says whatever its title announces: Uppdrag till Tillväxtverket."""
Said = tuple[str, str]
"""A kind, and in Swedish what says so."""
_SOURCE = {kind: re.compile(words) for kind, words in kind_table("source").items()}


def read_kind(lines: Sequence[str], url: str | None = None, title: str = "", source: str | None = None) -> Said | None:
    """The kind and what says so; None when nothing does.

    The order is that of how seldom each is wrong: the words that a paper begins with, a label near the top, the
    title, the address, the source.

    >>> read_kind(["Pressmeddelande • 11 februari 2019"])
    ('pressmeddelande', 'raden ”Pressmeddelande • 11 februari 2019”')
    """
    return next(_readings(lines, url, title, source), None)


def _readings(lines: Sequence[str], url: str | None, title: str, source: str | None) -> Iterator[Said]:
    # 2, 200: lines from the top in which the words stand that a paper begins with, and characters of such a line.
    for line in lines[:2]:
        head = line.strip()[:200]
        yield from ((kind, f"raden ”{head}”") for kind, pattern in _HEAD.items() if pattern.match(head))
    # 12, 80: the same of a label.
    for line in map(str.strip, lines[:12]):
        if len(line) <= 80 and _ANY_LABEL.search(line):
            yield from ((kind, f"raden ”{line}”") for kind, pattern in _LABEL.items() if pattern.search(line))
    if url and _SEGMENT[_RELEASE].search(url):
        yield _RELEASE, f"adressen {url}"
    yield from ((kind, f"rubriken ”{title}”") for kind, pattern in _TITLE.items() if pattern.match(title))
    for said, address in (("adressen", url), ("källan", source)):
        yield from ((kind, f"{said} {address}") for kind, pattern in _SEGMENT.items() if pattern.search(address or ""))
    yield from ((kind, f"källan {source}") for kind, pattern in _SOURCE.items() if pattern.fullmatch(source or ""))
