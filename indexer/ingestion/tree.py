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
DEEPEST = 250
"""Elements in each other; the parser of a tree stops at 256."""
HIDDEN = frozenset(("script", "style", "template", "rt", "rp"))
"""Elements whose texts no browser shows in a line."""

Element = Any
"""An element of lxml, which has no types."""


def tree_of(markup: str) -> tuple[Element, bool]:
    """The root of what trafilatura takes a text from, and whether it takes it for a page. Raises Unreadable."""
    if len(markup) > SMALL:
        shown(markup)
    load: Any = import_module("trafilatura").load_html  # 20 MB that a process which only passes pages on does without
    tree = load(markup)
    root = load(f"<html>{markup}") if tree is None else tree
    if root is None:
        raise Unreadable(NO_TEXT)
    if root.getroottree().xpath(f"boolean(//@*[{ATTRIBUTES + 1}])"):
        raise Unreadable(TOO_MUCH)
    return root, tree is not None


def is_cut(tree: Element) -> bool:
    """Whether a tree may lack what stands deepest, as where a page leaves hundreds of elements open."""
    return bool(tree.getroottree().xpath(f"boolean({'/*' * DEEPEST})"))


def shown(markup: str, hidden: frozenset[str] = HIDDEN) -> str:
    """The texts of a markup however deep they stand, a line each, but for those of `hidden` elements. Raises Unreadable."""
    texts = _Texts(hidden)
    etree.fromstring(markup.encode("utf-8", "replace") or b" ", etree.HTMLParser(encoding="utf-8", target=texts))
    return "\n".join(filter(None, ("".join(pieces).strip() for pieces in texts.found)))


class _Texts:
    """Told of each element and text in turn, without a tree. Raises Unreadable for an element of too many attributes."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self.found: list[list[str]] = [[]]
        self._hidden, self._depth = hidden, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(attributes) > ATTRIBUTES:
            raise Unreadable(TOO_MUCH)
        self._depth += tag in self._hidden
        self.found.append([])

    def end(self, tag: str) -> None:
        self._depth -= tag in self._hidden
        self.found.append([])

    def data(self, text: str) -> None:
        if not self._depth:
            self.found[-1].append(text)

    def close(self) -> None:
        """There is nothing to give."""


def strings(element: Element) -> Iterator[str]:
    """The texts below an element that a browser shows, in turn and without blanks around them."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, part in walk:
        if event == "end":
            text = part.tail if part is not element else None
        elif part.tag in HIDDEN:
            walk.skip_subtree()
            continue
        else:
            text = part.text
        if text and (stripped := text.strip()):
            yield stripped
