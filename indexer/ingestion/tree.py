"""Markup -> the one tree that everything of a page is read from: head, evidence, marks and main text."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from lxml import etree

from indexer.ingestion.parsed import Unreadable
from indexer.ingestion.parts import TOO_MUCH

NO_TEXT = "Sidan har ingen text; spara den sida som har innehållet."

ATTRIBUTES = 1_000
"""Of one element: a tree looks through all of them for each."""
SMALL = 100_000
"""Characters of a page whose elements can only have so many attributes that looking through them takes half a second."""
_UNSHOWN = frozenset(("script", "style", "template", "rt", "rp"))

Element = Any
"""An element of lxml, which has no types."""


def tree_of(markup: str) -> tuple[Element, bool]:
    """The root of what trafilatura takes a text from, and whether it takes it for a page. Raises Unreadable."""
    _look_through(markup)
    load: Any = import_module("trafilatura").load_html  # 20 MB that a process which only passes pages on does without
    tree = load(markup)
    root = load(f"<html>{markup}") if tree is None else tree
    if root is None:
        raise Unreadable(NO_TEXT)
    if root.getroottree().xpath(f"boolean(//@*[{ATTRIBUTES + 1}])"):
        raise Unreadable(TOO_MUCH)
    return root, tree is not None


def shown(markup: str) -> str:
    """The texts of a piece of markup, a line each. Raises Unreadable."""
    _look_through(markup)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return "\n".join(strings(etree.fromstring(f"<html>{markup}".encode("utf-8", "replace"), parser)))


def _look_through(markup: str) -> None:
    """Raises Unreadable for an element of too many attributes, before a tree is made of it."""
    if len(markup) > SMALL:
        parser = etree.HTMLParser(encoding="utf-8", target=_Attributes())
        etree.fromstring(markup.encode("utf-8", "replace"), parser)


class _Attributes:
    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(attributes) > ATTRIBUTES:
            raise Unreadable(TOO_MUCH)

    def close(self) -> None:
        """There is nothing to give."""


def strings(element: Element) -> Iterator[str]:
    """The texts below an element that a browser shows, in turn and without blanks around them."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, part in walk:
        if event == "end":
            text = part.tail if part is not element else None
        elif part.tag in _UNSHOWN:
            walk.skip_subtree()
            continue
        else:
            text = part.text
        if text and (stripped := text.strip()):
            yield stripped
