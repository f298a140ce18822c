"""Why a document matched: which word, in which form, where, and what it weighs, as Swedish sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from indexer.documents import Document
from indexer.facets import FACETS, value_label
from indexer.fields import TITLE_COPIES
from indexer.planning import Plan
from indexer.planning.nodes import Term, leaves, values
from indexer.searching.highlights import highlight, leaves_in, readable
from indexer.swedish import EntryOf
from indexer.swedish.sentences import listed

_PLACES = (("title", ("title", "title_exact"), "i rubriken"), ("body", ("body", "body_exact"), "i texten"))
_TEXT_FIELDS = _PLACES[1][1]
_INSIDE = ("decompounded",)
_FORMS = 5
"""Different forms of a word that are named."""


def explain(document: Document, words: Iterable[tuple[str, Plan]], entry: EntryOf) -> tuple[str, ...]:
    """One sentence for each typed word that the document has, in the order typed."""
    return tuple(sentence for typed, plan in words if (sentence := _sentence(document, typed, plan, entry)))


def _sentence(document: Document, typed: str, plan: Plan, entry: EntryOf) -> str:
    places = []
    for name, fields, place in _PLACES:
        text = document.title if name == "title" else document.text
        whole = _forms(text, plan, fields, entry)
        inside = _forms(text, plan, _INSIDE, entry)
        if whole:
            places.append(f"{place} {_times(whole)} ({_named(whole)}), vikt {_number(_weight(plan, name, fields))}")
        if inside:
            places.append(
                f"som del av ord {place} {_times(inside)} ({_named(inside)}), vikt {_number(_heaviest(plan, _INSIDE))}"
            )
    about = listed([value_label(FACETS[facet], value) for facet, value in _about(document, plan)], "och")
    sentences = [
        f"”{typed}” står {'; '.join(places)}." if places else "",
        f"Texten handlar om {about}." if about else "",
    ]
    return " ".join(filter(None, sentences))


def _about(document: Document, plan: Plan) -> list[tuple[str, str]]:
    """The regions that a place in the question stands for and the document is about."""
    return [(node.facet, node.value) for node in values(plan) if node.value in FACETS[node.facet].values_of(document)]


def _forms(text: str, plan: Plan, fields: tuple[str, ...], entry: EntryOf) -> Counter[str]:
    spans = highlight(text, leaves_in(plan, fields), entry)
    shown = readable(text)
    return Counter(_word_around(shown, start, end).lower() for start, end in spans)


def _word_around(text: str, start: int, end: int) -> str:
    """The whole written word that a span stands in."""
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return " ".join(text[start:end].split())


def _times(forms: Counter[str]) -> str:
    number = forms.total()
    return "en gång" if number == 1 else f"{number} gånger"


def _named(forms: Counter[str]) -> str:
    named = [form for form, _ in forms.most_common(_FORMS)]
    return ", ".join(named) + (" …" if len(forms) > _FORMS else "")


def _weight(plan: Plan, name: str, fields: tuple[str, ...]) -> float:
    """Of a word there; the title counts in its own field and stands before the text as well."""
    before = TITLE_COPIES * _heaviest(plan, _TEXT_FIELDS) if name == "title" else 0.0
    return _heaviest(plan, fields) + before


def _heaviest(plan: Plan, fields: tuple[str, ...]) -> float:
    words = (leaf for leaf in leaves(plan, bonus=True) if isinstance(leaf, Term) and leaf.field in fields)
    return max((word.weight for word in words), default=0.0)


def _number(weight: float) -> str:
    return f"{weight:.2g}".replace(".", ",")
