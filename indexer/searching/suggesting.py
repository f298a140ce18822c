"""What a question may become while it is typed, what it may have been meant as, and what else is like a document.

It is completed by words of the index, with how many hits each would have, and by titles. Did you mean, with manners: only a
word that no document has is put right, no name, abbreviation or number is, and what can be read as Swedish is only asked about.
Floors were set on the words of data/language/misspellings.tsv with an even digest: docs/relevance.md. More like this: the words
that tell a document from the others, and documents that have most of them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log

from msgspec import Struct

from indexer.catalogue.vocabulary import IndexVocabulary, Near
from indexer.documents import Document
from indexer.engines import Window
from indexer.fields import document_of
from indexer.parsing import beside_each_other, cleaned, is_plain
from indexer.planning import COLLAPSED_DUPLICATES, nodes
from indexer.queries import And, InTitle, Parsed, Query, Search, Word
from indexer.searching.opening import OpenIndex, hidden_in
from indexer.searching.questions import Question, asked
from indexer.swedish import Words, is_word, terms_in, variants_of
from indexer.swedish.compounds import pieces_of
from indexer.swedish.lexemes import SMALL_WORDS, is_name, lexeme_of, word_list

CORRECTED = 3
"""Words of a question that are put right, some 10 ms each; who writes more of them writes of something else, or no Swedish."""
SURE = 0.15
"""Cost a letter up to which a word that is none is put right at once; above, it is asked about."""
SAME = 0.3
"""Cost of dots that were left out, or of a doubled letter: a name that differs by more may be another's."""
OF_A_WORD, OF_ANOTHER = 0.4, 1.0
"""Cost up to which a word of the lexicon, and what may be a compound or a name, is taken for another that many documents have."""
SHORTEST_HALF = 3
FEW = 2
"""Documents up to which one word may have been meant as two, and two as one."""
_CLOSED = word_list("closed_class")
_CHUNK = re.compile(r"[^\s()]+")
TERMS = 15
"""Of a document that others are looked for by; the weightiest, by how often it has them and how few others do."""


class Completion(Struct, frozen=True):
    """A whole question and how many documents it would find."""

    text: str
    count: int


class Completions(Struct, frozen=True):
    """What a typed beginning may become; `titles` are (title, id)."""

    completions: tuple[Completion, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()


class Suggestion(Struct, frozen=True):
    """A question that may have been meant; whether it finds anything is not known."""

    query: str
    sure: bool = True
    """Whether what it finds may be shown where nothing else is."""
    phrase: str = ""
    """What must be found as well: words that were typed as one stand together."""


def complete(typed: str, index: OpenIndex) -> Completions:
    """The completions of the last word in the hits of the words before it, and titles that have all of them."""
    before, _, last = typed.lstrip()[:100].rpartition(" ")
    if len(last) < 2 or not last.isalnum():
        return Completions()
    by_term: dict[str, Completion] = {}
    for form in index.vocabulary.forms_beginning(last.lower(), 16):  # each is counted together with the other words
        text = f"{before} {form}".strip()
        count = asked(index, Search(text)).total
        term = index.vocabulary.entry(form).term
        if count and (term not in by_term or by_term[term].count < count):
            by_term[term] = Completion(text, count)
    ranked = sorted(by_term.values(), key=lambda completion: (-completion.count, completion.text))
    return Completions(tuple(ranked[:8]), _titles(before, last, index))


def _titles(before: str, last: str, index: OpenIndex) -> tuple[tuple[str, str], ...]:
    """None of a document that is hidden for any name: who types a part of the name would be told the rest."""
    words = (*(InTitle(Word(word)) for word in before.split()), InTitle(Word(last, prefix=True)))
    question = Question(index, Search(), Parsed(And(words)))
    hidden = tuple(nodes.with_id(id) for id in sorted({one.id for one in index.hidden}))
    plan = nodes.AllOf((question.narrowed(question.planned.strict),), forbidden=hidden)
    documents = (document_of(match.stored) for match in index.engine.find(plan, Window(0, 3)))
    return tuple((document.title, document.id) for document in documents)


def suggestions(typed: str, query: Query, vocabulary: IndexVocabulary, found: int = 0) -> Iterator[Suggestion]:
    """Questions that may have been meant by one that found some documents, the likeliest first."""
    words = _words(query)
    lacking = [word for word in words if _may_be_misspelt(word, vocabulary)]
    better = {word: near for word in lacking if len(lacking) <= CORRECTED and (near := _better(word, vocabulary))}
    if better:
        sure = all(_is_sure(word, near) for word, near in better.items())
        yield Suggestion(_replaced(typed, {word: near.form for word, near in better.items()}), sure)
    if found > FEW:
        return
    for word in lacking[:CORRECTED]:
        if parts := _split(word, vocabulary):
            yield Suggestion(_replaced(typed, {word: parts}), phrase=f'"{parts}"')
    for left, right in pairwise(_CHUNK.finditer(typed)):
        together = typed[left.end() : right.start()] == " " and {left[0], right[0]} <= set(words)
        if together and vocabulary.documents_of_form((left[0] + right[0]).lower()) and not is_name(right[0].lower()):
            yield Suggestion(typed[: left.end()] + typed[right.start() :])


def _words(query: Query) -> Sequence[str]:
    """The plain words of a question of nothing else: who writes operators or quotation marks means what he writes."""
    parts = beside_each_other(query)
    return [part.text for part in filter(is_plain, parts)] if all(map(is_plain, parts)) else ()


def _may_be_misspelt(word: str, vocabulary: IndexVocabulary) -> bool:
    """Whether a word is one that no document has, of a Swedish one in no form, and no number, abbreviation or name."""
    form = word.lower()
    abbreviated = len(word) <= 8 and sum(map(str.isupper, word)) > 1  # VINNOVA, GRUNDVUX
    if abbreviated or not word.isalpha() or not is_word(form) or vocabulary.documents_of_form(form):
        return False
    others = variants_of(form)
    terms = (vocabulary.entry(form).term, *others) if lexeme_of(form) else others
    return not (is_name(form) or any(map(str.istitle, others)) or vocabulary.held(terms, 1))


def _better(word: str, vocabulary: IndexVocabulary) -> Near | None:
    """What a word that the index lacks was most likely meant to be."""
    form = word.lower()
    near = vocabulary.nearest(form)
    if near is None or near.cost <= SAME:
        return near
    is_likely = near.cost <= (OF_A_WORD if lexeme_of(form) else OF_ANOTHER) and near.documents >= 10
    return near if is_likely or (_is_common(near.form) and not _is_swedish(form)) else None


def _is_sure(word: str, near: Near) -> bool:
    """Whether a word can have been meant as no other; a short one may be an abbreviation in small letters."""
    likeness = SURE * max(len(word), len(near.form)) if _is_common(near.form) else SAME
    return near.cost <= likeness and len(word) > 4 and not _is_swedish(word.lower())


def _is_swedish(form: str) -> bool:
    """Whether a form is a word of the lexicon, or can be read as several."""
    return lexeme_of(form) is not None or bool(pieces_of(form))


def _is_common(form: str) -> bool:
    """Whether it is a Swedish word and no name."""
    return _is_swedish(form) and not is_name(form)


def _split(word: str, vocabulary: IndexVocabulary) -> str | None:
    """åsamärta = åsa märta: two words of which the rarer is in the most documents; of a compound the plan finds the parts."""
    form = word.lower()
    if _is_swedish(form):
        return None
    halves = ((form[:at], form[at:]) for at in range(SHORTEST_HALF, len(form) - SHORTEST_HALF + 1))
    real = (half for half in halves if all(map(lexeme_of, half)) and _CLOSED.isdisjoint(half))
    counted = [(min(map(vocabulary.documents_of_form, half)), " ".join(half)) for half in real]
    often, best = max(counted, default=(0, ""))
    return best if often else None


def _replaced(typed: str, better: Mapping[str, str]) -> str:
    """The question with some of its words replaced, wherever they stand as words of their own."""

    def replaced(chunk: re.Match[str]) -> str:
        word = cleaned(chunk[0])
        right = better.get(word, word)
        return chunk[0].replace(word, right.capitalize() if right != word and word[:1].isupper() else right, 1)

    return _CHUNK.sub(replaced, typed)


def similar_documents(document: Document, index: OpenIndex, limit: int) -> list[Document]:
    """The most similar documents, one a release and none of the document's own, nor any that a name in it must not find."""
    entry = index.vocabulary.entry
    text = terms_in(f"{document.title}\n{document.text}", entry)
    words = nodes.AnyOf(tuple(nodes.Term("body", term, weight) for term, weight in _weighty(text, index)))
    ids = {document.id, document.canonical or document.id, *hidden_in(document, index.hidden, entry)}
    plan = nodes.AllOf((words,), forbidden=(COLLAPSED_DUPLICATES, *map(nodes.with_id, sorted(ids))))
    chosen = [(document, _rows(document.text))]
    for other in (document_of(match.stored) for match in index.engine.find(plan, Window(0, 12))):
        rows = _rows(other.text)
        # Where the longer text has most rows of the shorter one too, it is told twice.
        is_told = any(len(rows & seen) >= 0.6 * min(len(rows), len(seen)) > 0 for _, seen in chosen)
        if len(chosen) <= limit and not is_told:
            chosen.append((other, rows))
    return [other for other, _ in chosen[1:]]


def _weighty(text: Words, index: OpenIndex) -> list[tuple[str, float]]:
    words = zip(text.forms, text.terms, strict=True)
    often = Counter(term for form, term in words if form not in SMALL_WORDS and not form.isdigit())
    common = [(term, count) for term, count in often.most_common(TERMS * 6) if len(term) > 2]
    held = dict(index.vocabulary.held([term for term, _ in common], len(common)))
    weighed = [(term, (1 + log(count)) / log(2 + held.get(term, 0))) for term, count in common]
    return sorted(weighed, key=lambda pair: (-pair[1], pair[0]))[:TERMS]


def _rows(text: str) -> set[tuple[str, ...]]:
    """The words of a text, five in a row."""
    words = text.lower().split()
    return set(zip(*(words[start:] for start in range(5)), strict=False))
