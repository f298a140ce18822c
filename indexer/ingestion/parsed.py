"""ParsedDocument: what a reader takes out of a source, before it is known what it is about, when and whose it is."""

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from indexer.documents import Medium
from indexer.metadata.dates import Dated

CUT_TITLE = 100
"""Characters of a title that is made of a text's first sentence."""


class Unreadable(Exception):
    """A source or a part of one that cannot become a Document; the message is a Swedish sentence: what to do."""


class Source(Struct, frozen=True):
    """A file to read."""

    path: Path
    origin: str
    """Its path below corpus/, with slashes."""
    given: Mapping[str, object] = {}
    """Keys of a document that a person stated; they win over what the source says."""


class ParsedDocument(Struct, frozen=True):
    """A text and what its source says of itself; None is unknown."""

    title: str
    """Empty where the source states none apart from the text: its first sentence then."""
    text: str
    url: str | None = None
    source: str | None = None
    published: Dated | None = None
    updated: str | None = None
    language: str | None = None
    lines: tuple[str, ...] = ()
    """The lines of the source near its top, in which labels and dates are looked for."""
    boilerplate: tuple[str, ...] = ()
    medium: Medium = Medium.TEXT
    excerpt: int | None = None
    """Most characters of the text that may be shown, where its source says so."""
    until: str = ""
    """As of a Document."""
    masthead: str = ""
    """Lines above the title that may name the place of the publisher; left out of the text."""


def first_sentence(text: str) -> str:
    """A careful title for a text without one: its first sentence, cut at a word.

    >>> first_sentence("Regionen satsar. Mer text följer.")
    'Regionen satsar'
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ–])", line, maxsplit=1)[0].rstrip(".")
    if len(sentence) <= CUT_TITLE:
        return sentence
    return sentence[: CUT_TITLE + 1].rsplit(" ", 1)[0][:CUT_TITLE].rstrip(" ,;:–") + " …"
