"""Documents that a person's name must not find: a question with the whole name is answered as if they were not there."""

from collections.abc import Iterable, Iterator, Set
from itertools import permutations

from msgspec import Struct

from indexer.documents import Document
from indexer.fields import FIELDS
from indexer.planning import Planned, nodes
from indexer.swedish import EntryOf, analyse, terms_in
from indexer.swedish.spelling import plain

_MOST_JOINED = 4
"""Words of a name that may be written as one; a hyphen word has no more."""


class Hidden(Struct, frozen=True):
    """A document and a name; all terms are without accents."""

    id: str
    words: tuple[frozenset[frozenset[str]], ...]
    """For each word of the name: terms or forms that together ask for it, in each way it may be written."""
    whole: frozenset[str]
    """Terms of the name written as one word, in any order."""

    def named_by(self, terms: Set[str]) -> bool:
        """Whether terms hold the whole name."""
        return not self.whole.isdisjoint(terms) or all(any(way <= terms for way in ways) for ways in self.words)


def hidden_of(pairs: Iterable[tuple[str, str]], entry: EntryOf) -> tuple[Hidden, ...]:
    """Ids and names -> what they are known by; a name without words hides nothing."""
    named = ((id, [word for word in name.split() if analyse(word, entry)]) for id, name in pairs)
    return tuple(
        Hidden(id, tuple(frozenset(_ways(word, entry)) for word in words), frozenset(_joined(words, entry)))
        for id, words in named
        if words
    )


def words_of(hidden: Iterable[Hidden]) -> frozenset[str]:
    """Every term of the names, without accents."""
    return frozenset().union(*(way for one in hidden for ways in (*one.words, {one.whole}) for way in ways))


def named(terms: Set[str], hidden: Iterable[Hidden]) -> frozenset[str]:
    """The ids of the documents that terms without accents must not find."""
    return frozenset(one.id for one in hidden if one.named_by(terms))


def hidden_in(document: Document, hidden: Iterable[Hidden], entry: EntryOf) -> frozenset[str]:
    """The ids of the documents that must not be found by a name that a document holds; that may be itself."""
    if not hidden:
        return frozenset()
    words = terms_in(f"{document.title}\n{document.text}", entry)
    return named(frozenset(map(plain, (*words.forms, *words.terms, *" ".join(words.parts).split()))), hidden)


def question_terms(planned: Planned, entry: EntryOf) -> frozenset[str]:
    """Every term and form that a question could find a document by, or leave one out by, without accents."""
    plan = nodes.AnyOf((planned.strict, planned.partial or nodes.NOTHING))
    terms = (term for leaf in nodes.leaves(plan, bonus=True, forbidden=True) for term in _terms(leaf, entry))
    return frozenset(map(plain, terms))


def _terms(leaf: nodes.Term | nodes.PhraseAt, entry: EntryOf) -> Iterator[str]:
    texts = [leaf.text] if isinstance(leaf, nodes.Term) else [text for _, text in leaf.terms]
    yield from (text.lower() for text in texts)  # a name that capitals tell apart is a name in any case
    if FIELDS[leaf.field].exact:
        yield from (entry(text).term for text in texts)


def _ways(word: str, entry: EntryOf) -> Iterator[frozenset[str]]:
    """A word of a name, also as a genitive; a hyphen word also as one, a compound also by its parts."""
    for written in (word, f"{word}s"):
        tokens = analyse(written, entry)
        entries = [entry(token.form) for token in tokens]
        yield frozenset(plain(whole.term) for whole in entries)
        yield frozenset(plain(token.form) for token in tokens)  # André is a name, andre a number
        yield frozenset(plain(part.term) for whole in entries for part in (whole.parts or (whole,)))
        if tokens[0].joined:
            yield frozenset([plain(tokens[0].joined)])


def _joined(words: list[str], entry: EntryOf) -> Iterator[str]:
    for order in permutations(words) if 1 < len(words) <= _MOST_JOINED else ():
        for separator in ("-", ""):
            token = analyse(separator.join(order), entry)[0]
            yield plain(token.joined or token.term)
