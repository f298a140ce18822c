"""Why a document matched: which word, in which form, where, and what it weighs, as Swedish sentences."""

from collections import Counter
from collections.abc import Sequence

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.documents import Document
from indexer.facets import FACETS, value_label
from indexer.fields import TITLE_COPIES
from indexer.planning import Plan, Planned, nodes
from indexer.planning.words import ANYWHERE, derived
from indexer.searching.highlights import highlight, marks_in, readable
from indexer.swedish.lists import listed
from indexer.swedish.words import INSIDE

_TEXT_FIELDS = ("body", "body_exact")
_PLACES = (("title", "i rubriken", ("title", "title_exact"), TITLE_COPIES), ("text", "i texten", _TEXT_FIELDS, 0))
"""Part of a document, what it is called, the fields of its words, and how many times these stand before the text as well."""
_INSIDE = ("decompounded",)
_FORMS = 5
"""Different forms of a word that are named."""
_DERIVATIONS = 3
"""Other words of its stem that are named, those that most documents have."""


def explain(document: Document, planned: Planned, words: IndexVocabulary) -> tuple[str, ...]:
    """One sentence for each typed word that the document has, itself or by a derivation, in the order typed."""
    sentences = (
        _sentence(document, typed, plan, words)
        or _sentence_of_derivations(document, typed, planned.derivations.get(typed, ()), words)
        for typed, plan in planned.words
    )
    return tuple(filter(None, sentences))


def had_instead(planned: Planned, named: bool) -> str:
    """What documents have that lack some of a question's words; other words of its stem, where it is one word.

    They are not named where a document is hidden for a name: it may be the only one that has them.
    """
    if len(planned.words) > 1 or not planned.derivations:
        return "en del av orden"
    others = next(iter(planned.derivations.values()))[:_DERIVATIONS]
    written = [other.capitalize() if other.endswith(INSIDE) else other for other in others]
    return f"närstående ord ({listed(written, 'och')})" if named else "närstående ord"


def _sentence(document: Document, typed: str, plan: Plan, words: IndexVocabulary) -> str:
    places = []
    meant: dict[str, None] = {}
    for part, place, fields, copies in _PLACES:
        whole = _forms(getattr(document, part), plan, fields, words)
        inside = _forms(getattr(document, part), plan, _INSIDE, words)
        meant |= dict.fromkeys(form for form in whole if form != form.lower() and form not in typed)
        if whole:
            weight = _heaviest(plan, fields) + copies * _heaviest(plan, _TEXT_FIELDS)
            places.append(f"{place} {_counted(whole)}, vikt {_number(weight)}")
        if inside:
            places.append(f"som del av ord {place} {_counted(inside)}, vikt {_number(_heaviest(plan, _INSIDE))}")
    also = f" (även {listed(list(meant), 'och')})" if meant else ""
    # Of a place: the regions that it stands for.
    facets = ((FACETS[node.facet], node.value) for node in nodes.values(plan))
    about = listed([value_label(facet, value) for facet, value in facets if value in facet.values_of(document)], "och")
    stands = f"”{typed}”{also} står {'; '.join(places)}." if places else ""
    return " ".join(filter(None, (stands, f"Texten handlar om {about}." if about else "")))


def _sentence_of_derivations(document: Document, typed: str, others: Sequence[str], words: IndexVocabulary) -> str:
    plan = nodes.AnyOf(tuple(derived(other, ANYWHERE) for other in others))
    anywhere = (*_TEXT_FIELDS, *_INSIDE)
    found = [(place, _forms(getattr(document, part), plan, anywhere, words)) for part, place, _, _ in _PLACES]
    places = [f"{place} {_counted(forms)}" for place, forms in found if forms]
    weight = _number(_heaviest(plan, anywhere))
    return f"”{typed}” saknas, men närstående ord står {'; '.join(places)}, vikt {weight}." if places else ""


def _forms(text: str, plan: Plan, fields: tuple[str, ...], words: IndexVocabulary) -> Counter[str]:
    """As they are written where capitals tell them apart, else in small letters."""
    marks = marks_in(plan, fields)
    shown = readable(text)
    found = (_word_around(shown, start, end) for start, end in highlight(text, marks, words))
    told = marks.forms | marks.terms | marks.parts
    return Counter(word if not told.isdisjoint((word, word.removesuffix("s"))) else word.lower() for word in found)


def _word_around(text: str, start: int, end: int) -> str:
    """The whole written word that a span stands in."""
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return " ".join(text[start:end].split())


def _counted(forms: Counter[str]) -> str:
    """How many times a word stands somewhere, and in which forms."""
    times = "en gång" if forms.total() == 1 else f"{forms.total()} gånger"
    named = ", ".join(form for form, _ in forms.most_common(_FORMS))
    return f"{times} ({named}{' …' if len(forms) > _FORMS else ''})"


def _heaviest(plan: Plan, fields: tuple[str, ...]) -> float:
    terms = (leaf for leaf in nodes.leaves(plan, bonus=True) if isinstance(leaf, nodes.Term))
    return max((term.weight for term in terms if term.field in fields), default=0.0)


def _number(weight: float) -> str:
    return f"{weight:.2g}".replace(".", ",")
