"""Which forms of its words a question counts."""

from collections.abc import Iterator

from msgspec import Struct

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.planning.compiling import carrying
from indexer.queries import And, InTitle, Near, Or, Phrase, Query, Word
from indexer.swedish import analyse

NAMED = 8
"""Forms of a word that are said."""


class WordForms(Struct, frozen=True):
    """A word of a question, as it is found."""

    forms: tuple[str, ...]
    """Those that most documents have, first."""
    more: int
    """How many others there are."""


def word_forms(query: Query, vocabulary: IndexVocabulary) -> tuple[WordForms, ...]:
    """Of each word that must stand in a document, in order; of none that no document has or that is left out with INTE."""
    counted: dict[WordForms, None] = {}
    for word, exact in _words(query):
        for token in analyse(word, vocabulary.entry):
            terms = () if exact else (token.term, *token.variants)
            found = [vocabulary.forms_of(term, NAMED) for term in terms] or [((token.form,), 0)]
            forms = tuple(form for some, _ in found for form in some)
            if forms:
                counted[WordForms(forms[:NAMED], len(forms[NAMED:]) + sum(more for _, more in found))] = None
    return tuple(counted)


def _words(query: Query) -> Iterator[tuple[str, bool]]:
    """Each word, and whether it is asked for exactly as it is written; none that stands for others (ord*, ord~)."""
    match query:
        case Word(prefix=False, fuzzy=False):
            yield query.text, query.exact
        case Phrase():
            yield from ((word, query.exact) for word in query.words)
        case Near():
            yield from (word for side in (query.left, query.right) for word in _words(side))
        case And():
            yield from (word for part in carrying(query) for word in _words(part))
        case Or():
            yield from (word for part in query.parts for word in _words(part))
        case InTitle():
            yield from _words(query.part)
