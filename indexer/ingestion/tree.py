"""Markup -> the one tree that everything of a page is read from: head, evidence and marks; and the main text of that."""

from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from importlib import import_module
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

from lxml import etree

from indexer.ingestion.parts import TOO_MUCH, Unreadable

NO_TEXT = "Sidan har ingen text; spara den sida som har innehållet."

ATTRIBUTES = 1_000
"""Of one element: a tree looks through all of them for each."""
LITTLE_TEXT = 200
"""Characters under which what is taken out of a page is compared with what else can be."""
HIDDEN = frozenset(("script", "style", "template", "rt", "rp"))
"""Elements whose texts no browser shows in a line."""
_FRAME = frozenset(("head", "nav", "header", "footer", "form", "noscript"))
# In the names of what trafilatura takes out of a page before anything else.
_TAKEN_OUT = (b"comment", b"comol", b"disqus_thread", b"infinite", b"mvp-post-add", b"elementor-share-buttons")

Element = Any
"""An element of lxml, which has no types."""


def tree_of(markup: str) -> tuple[Element, bool]:
    """The root of what trafilatura takes a text from, and whether it takes it for a page. Raises Unreadable.

    Where next to nothing is in the tree, the markup is mended first: a comment, a title or an attribute that is left open hides
    from the parser of trees all that follows.
    """
    # 100_000: characters of a page whose elements can only have so many attributes that looking through them takes half a second.
    if len(markup) > 100_000:
        told = SimpleNamespace(start=_count, close=bool)  # of each element in turn, without a tree
        etree.fromstring(markup.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", target=told))
    root, is_page = _loaded(markup)
    # 100_000_000: characters of a markup times those that begin a tag: html.parser, which mends most, may look for each end through all that follows.
    if not _has_text(root) and len(markup) * markup.count("<") <= 100_000_000:
        mended = _loaded(_mended(markup))
        root, is_page = mended if _has_text(mended[0]) else (root, is_page)
    if root is None:
        raise Unreadable(NO_TEXT)
    if root.getroottree().xpath(f"boolean(//*/@*[{ATTRIBUTES + 1}])"):
        raise Unreadable(TOO_MUCH)
    return root, is_page


def _loaded(markup: str) -> tuple[Element | None, bool]:
    parsing = import_module("trafilatura.utils")  # 20 MB that a process which only passes pages on does without
    # All elements of one class: to choose those of forms, which nobody asks for, takes a fifteenth of reading a page.
    parsing.HTML_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=parsing.HtmlElement))
    tree = parsing.load_html(markup)
    return (parsing.load_html(f"<html>{markup}"), False) if tree is None else (tree, True)


def _has_text(root: Element | None) -> bool:
    """Whether there is more than a little below the head, or may be deeper than a tree goes."""
    body = None if root is None else body_of(root.getroottree().getroot())
    if body is None or body.find("head") is not None:
        return False
    return any(length >= LITTLE_TEXT for length in accumulate(map(len, strings(body)))) or is_cut(root)


def body_of(page: Element) -> Element:
    """What holds the content of a page; lxml gives the body of a mere fragment another name."""
    return next(page.iterchildren("body", "div", "span"), page)


def is_cut(tree: Element) -> bool:
    """Whether a tree may lack what stands deepest, as where a page leaves hundreds of elements open."""
    # 250: elements in each other; the parser of a tree stops at 256.
    return bool(tree.getroottree().xpath(f"boolean({'/*' * 250})"))


def shown(markup: str, hidden: frozenset[str] = HIDDEN) -> str:
    """The texts of a markup however deep they stand, a line each, but for those of `hidden` elements."""
    soup = import_module("bs4").BeautifulSoup(markup, "lxml")  # 8 MB for few pages
    for part in soup(list(hidden)):
        part.decompose()
    return "\n".join(soup.stripped_strings)


def _mended(markup: str) -> str:
    soup = import_module("bs4").BeautifulSoup(markup, "html.parser")
    for title in soup.select("title:has(*)"):  # what follows an open title stands in it
        title.unwrap()
    return str(soup)


def _count(tag: str, attributes: dict[str, str]) -> None:
    """Raises Unreadable for an element of too many attributes."""
    if len(attributes) > ATTRIBUTES:
        raise Unreadable(TOO_MUCH)


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


def whole_text(tree: Element, extracted: str, markup: str) -> str:
    """The text of a page of which trafilatura gives little or none."""
    if is_cut(tree):
        return max(extracted, shown(markup, HIDDEN | _FRAME), key=len)
    page = tree.getroottree().getroot()
    part = next((part for name in ("main", "article") for part in page.iter(name)), body_of(page))
    for tag in list(part.iterdescendants(*_FRAME)):
        tag.drop_tree()
    whole = "\n".join(strings(part))
    # 3: times as long as the extracted text that the main part must be to be taken instead.
    return whole if len(whole) > 3 * len(extracted) or not extracted.strip() else extracted


def main_text(tree: Element, markup: bytes) -> str:
    """What trafilatura's `extract` gives of a page; by those of its steps alone that change something, of nearly all.

    `markup` is in lower case: where it has none of the names, looking for them takes a sixth of the time.
    """
    core = import_module("trafilatura.core")
    # Recall first: other modes drop the bulleted lists of regional pages (FINDINGS 6).
    options = core.Extractor(recall=True, comments=False)
    with suppress(TypeError, ValueError):
        if not any(name in markup for name in _TAKEN_OUT):
            cleaned = core.tree_cleaning(copy(tree), options)
            body, text = core.extract_content(core.convert_tags(cleaned, options), options)
            # 10: times; of a longer text it asks nobody else.
            if len(text) <= 10 * options.min_extracted_size:
                # None: a tree for jusText, which is asked of few pages and fails without one: then all is done anew.
                body, text = core.compare_extraction(None, _headless(tree), body, text, options)
            if len(text) >= options.min_extracted_size:
                return str(core.normalize_unicode(core.xmltotxt(body, False)).strip())
    return core.extract(tree, options=options) or ""


def _headless(tree: Element) -> Element:
    """A copy for readability, which looks at each element, also within those that it drops for their names: headers and footers at once."""
    whole = copy(tree)
    few = SimpleNamespace(findall=lambda path: list(whole.iter("header", "footer")))
    import_module("trafilatura.readability_lxml").Document(few).remove_unlikely_candidates()
    return whole
