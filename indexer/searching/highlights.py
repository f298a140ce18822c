"""Texts + plan -> spans: where the words of a question stand in the texts of its hits.

A text is not analysed. The index knows which forms a word has and which longer words it is a part of, and only these are looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, compress, starmap
from typing import NamedTuple

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.fields import FIELDS
from indexer.planning.nodes import PhraseAt, Plan, Term, leaves
from indexer.results import Span
from indexer.swedish import Entries, Entry, EntryOf
from indexer.swedish.casing import cased, is_special
from indexer.swedish.tokens import Normalised, forms, is_word, joined_spans, spans_of, words_apart, written

HIGHLIGHTED_BYTES = 200_000
"""Of a text, UTF-8, that is searched for highlights (DESIGN.md)."""

Leaf = Term | PhraseAt


class Occurrence(NamedTuple):
    """A word of a text that may be one of the question; the span is of the normalised text, a colon ending included."""

    form: str
    start: int
    end: int
    place: int = -1
    """Among the words of the text, where that was looked for."""
    cased: str | None = None
    """Its term, where capitals tell it apart."""


def leaves_in(plan: Plan, fields: Collection[str]) -> tuple[Leaf, ...]:
    """What of a plan is to be marked in a text of some fields, for example ("title", "title_exact", "decompounded")."""
    return tuple(dict.fromkeys(leaf for leaf in leaves(plan) if leaf.field in fields))


def highlight(text: str, marked: Collection[Leaf], words: IndexVocabulary) -> tuple[Span, ...]:
    """The spans of the text that words and phrases stand in: rising, not overlapping, offsets in code points."""
    return Marker(marked, words).standing_in([readable(text)])[0].spans(marked)


def readable(text: str) -> str:
    """The beginning of a text that is looked at for highlights."""
    if len(text) <= HIGHLIGHTED_BYTES // 4:
        return text
    return text.encode("utf-8", "surrogatepass")[:HIGHLIGHTED_BYTES].decode("utf-8", "ignore")


class Marker:
    """Finds words and phrases in texts; the forms that they may have there are looked up once."""

    def __init__(self, marked: Iterable[Leaf], words: IndexVocabulary) -> None:
        self._entry = words.entry
        self._parts: set[str] = set()
        self._phrases: list[set[str]] = []
        exact: set[str] = set()
        terms: set[str] = set()
        for leaf in set(marked):
            texts = {leaf.text} if isinstance(leaf, Term) else {text for _, text in leaf.terms}
            field = FIELDS[leaf.field]
            (exact if field.exact else self._parts if field.decompounded else terms).update(texts)
            if isinstance(leaf, PhraseAt):
                self._phrases.append(texts)
        small = {term.lower() for term in terms if term != term.lower()}
        genitives = {form.removesuffix("s") + "s" for form in small}  # a name's count as the name
        self._forms = exact | small | genitives | words.forms_with(terms, self._parts)
        self._any_long = not all(map(is_word, self._forms))

    def standing_in(self, texts: Sequence[str]) -> list[Standing]:
        """Where they stand in each text."""
        apart = [None if self._any_long else words_apart(text) for text in texts]
        held = [self._forms.intersection(words.split()) if words else set[str]() for words in apart]
        if isinstance(self._entry, Entries):  # all at once
            self._entry.of_all([*set[str]().union(*held)])
        return list(map(self._standing, texts, apart, held))

    def _standing(self, text: str, apart: str | None, held: set[str]) -> Standing:
        found = None if apart is None else self._quickly(text, apart, held)
        if found is not None:
            return Standing(found, self._entry, self._joined(text))
        normalised = Normalised(text)
        found = self._thoroughly(normalised.text)
        return Standing(found, self._entry, self._joined(normalised.text), normalised.original)

    def _quickly(self, text: str, apart: str, held: set[str]) -> list[Occurrence] | None:
        """The words of a text whose forms stand apart; None where capitals may tell one."""
        found, padded = [], f" {apart} "
        for form in held:
            start = padded.find(f" {form} ")
            while start >= 0:
                end = start + len(form)
                if is_special(text[start:end]):
                    return None
                if text[end : end + 1] == ":":
                    _, end = next(spans_of(text, start))
                found.append(Occurrence(form, start, end))
                start = padded.find(f" {form} ", start + len(form) + 1)
        keys = held.union(self._entry(form).term for form in held)
        return list(_in_order(found, apart)) if any(map(keys.issuperset, self._phrases)) else found

    def _thoroughly(self, text: str) -> list[Occurrence]:
        """The words of a normalised text, told as the index tells them."""
        tokens = written(text)
        small, spans = forms(tokens), list(spans_of(text))
        terms = cased(text, tokens, small)
        places = compress(range(len(small)), map(self._forms.__contains__, small))
        return [Occurrence(small[place], *spans[place], place, terms.get(place)) for place in places]

    def _joined(self, text: str) -> Iterator[tuple[str, Span]]:
        """The hyphen words that are looked for as one, each with its span."""
        for span, before, last in joined_spans(text) if self._parts else ():
            if any(part.startswith(before) for part in self._parts):  # few do, and `last` need not be known
                yield before + self._entry(last).term, span


def _in_order(found: Iterable[Occurrence], apart: str) -> Iterator[Occurrence]:
    """Words with their places among those of a text."""
    at = place = 0
    for one in sorted(found, key=lambda one: one.start):
        place += len(apart[at : one.start].split())
        at = one.start
        yield one._replace(place=place)


class Standing:
    """Where the words of a question stand in one text."""

    def __init__(
        self,
        found: Iterable[Occurrence],
        entry: EntryOf,
        joined: Iterable[tuple[str, Span]],
        original: Callable[[int, int], Span] | None = None,
    ) -> None:
        self._original = original
        """Span of the normalised text -> of the text as given, where that is another."""
        self._words: dict[tuple[bool, str], list[Occurrence]] = {}
        """Whether it is a form, and the form or term -> where it stands."""
        self._parts: dict[str, list[Span]] = {}
        for term, span in joined:
            self._parts.setdefault(term, []).append(span)
        for one in found:
            known = Entry(one.cased) if one.cased else entry(one.form)
            self._words.setdefault((True, one.form), []).append(one)
            self._words.setdefault((False, known.term), []).append(one)
            for part in known.parts:
                if (start := one.start + part.start) < one.end:
                    end = min(one.start + part.end - part.linking, one.end)
                    self._parts.setdefault(part.term, []).append((start, end))

    def has(self, leaves: Iterable[Leaf]) -> bool:
        """Whether any word or phrase stands in the text."""
        return any(True for leaf in leaves for _ in self._spans(leaf))

    def spans(self, leaves: Iterable[Leaf]) -> tuple[Span, ...]:
        """Those of words and phrases: rising, not overlapping, offsets in code points of the text as given."""
        spans = {span for leaf in leaves for span in self._spans(leaf)}
        merged: list[Span] = []
        for start, end in sorted(spans if self._original is None else starmap(self._original, spans)):
            if merged and start < merged[-1][1]:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((start, end))
        return tuple(merged)

    def _spans(self, leaf: Leaf) -> Iterable[Span]:
        field = FIELDS[leaf.field]
        if isinstance(leaf, PhraseAt):
            rows = ([(offset, self._words.get((field.exact, text), ())) for offset, text in row] for row in leaf.rows)
            return chain.from_iterable(map(self._runs, rows))
        if field.decompounded:
            return self._parts.get(leaf.text, ())
        return ((one.start, one.end) for one in self._words.get((field.exact, leaf.text), ()))

    def _runs(self, row: Sequence[tuple[int, Sequence[Occurrence]]]) -> Iterator[Span]:
        """Of words at their distances from the first: one span where they stand in a row, else one each."""
        at = {one.place: one for _, found in row for one in found}
        for start in set.intersection(*({one.place - offset for one in found} for offset, found in row)):
            words = [at[start + offset] for offset, _ in row]
            if row[-1][0] == len(row) - 1:
                yield words[0].start, words[-1].end
            else:
                yield from ((word.start, word.end) for word in words)
