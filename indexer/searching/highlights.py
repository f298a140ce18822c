"""Texts + plan -> spans: where the words of a question stand in the texts of its hits.

A text is not analysed. The index knows which forms a word has and which longer words it is a part of, and only these are looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import compress, starmap
from typing import NamedTuple

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.fields import FIELDS
from indexer.planning.nodes import PhraseAt, Plan, Term, leaves
from indexer.results import Span
from indexer.swedish import Entries, Entry, EntryOf
from indexer.swedish.casing import cased, is_special
from indexer.swedish.tokens import ENDINGS, Normalised, forms, is_word, joined_spans, spans_of, words_apart, written

HIGHLIGHTED_BYTES = 200_000
"""Of a text, UTF-8, that is searched for highlights (DESIGN.md)."""

Key = tuple[bool, str]
"""Whether it is a form, and the form or term."""


class Marks(NamedTuple):
    """What of a plan is to be marked in a text of some fields."""

    words: frozenset[Key]
    parts: frozenset[str]
    """Terms that may stand in a longer word."""
    phrases: tuple[tuple[tuple[int, Key], ...], ...]
    """Words at their distances from the first."""

    @property
    def keys(self) -> set[Key]:
        """The words, also those of phrases."""
        return {*self.words, *(key for row in self.phrases for _, key in row)}


class Occurrence(NamedTuple):
    """A word of a text that may be one of the question; the span is of the normalised text, a colon ending included."""

    form: str
    start: int
    end: int
    place: int = -1
    """Among the words of the text, where that was looked for."""
    cased: str | None = None
    """Its term, where capitals tell it apart."""


def marks_in(plan: Plan, fields: Collection[str]) -> Marks:
    """What of a plan is to be marked in a text of some fields, for example ("title", "title_exact", "decompounded")."""
    found = [(leaf, FIELDS[leaf.field]) for leaf in leaves(plan) if leaf.field in fields]
    terms = [(leaf.text, field) for leaf, field in found if isinstance(leaf, Term)]
    rows = ((row, field.exact) for leaf, field in found if isinstance(leaf, PhraseAt) for row in leaf.rows)
    return Marks(
        frozenset((field.exact, text) for text, field in terms if not field.decompounded),
        frozenset(text for text, field in terms if field.decompounded),
        tuple(dict.fromkeys(tuple((offset, (exact, text)) for offset, text in row) for row, exact in rows)),
    )


def highlight(text: str, marks: Marks, words: IndexVocabulary) -> tuple[Span, ...]:
    """The spans of the text that words and phrases stand in: rising, not overlapping, offsets in code points."""
    return Marker([marks], words).standing_in([readable(text)])[0].spans(marks)


def readable(text: str) -> str:
    """The beginning of a text that is looked at for highlights."""
    if len(text) <= HIGHLIGHTED_BYTES // 4:
        return text
    return text.encode("utf-8", "surrogatepass")[:HIGHLIGHTED_BYTES].decode("utf-8", "ignore")


class Marker:
    """Finds words and phrases in texts; the forms that they may have there are looked up once."""

    def __init__(self, marks: Sequence[Marks], words: IndexVocabulary) -> None:
        self._entry = words.entry
        self._parts = frozenset[str]().union(*(some.parts for some in marks))
        self._phrases = {frozenset(text for _, (_, text) in row) for some in marks for row in some.phrases}
        keys = {key for some in marks for key in some.keys}
        exact, terms = ({text for is_form, text in keys if is_form is wanted} for wanted in (True, False))
        small = {term.lower() for term in terms if term != term.lower()}
        genitives = {form.removesuffix("s") + "s" for form in small}  # a name's count as the name
        self._forms = exact | small | genitives | words.forms_with(terms, self._parts)
        self._any_long = not all(map(is_word, self._forms))
        self._begun = {part[:end] for part in self._parts for end in range(1, len(part))}
        """What a hyphen word that is looked for as one may begin with."""
        self._looked_for = self._forms | self._begun

    def standing_in(self, texts: Sequence[str]) -> list[Standing]:
        """Where they stand in each text."""
        apart = [None if self._any_long else words_apart(text) for text in texts]
        held = [self._looked_for.intersection(words.split()) if words else set[str]() for words in apart]
        if isinstance(self._entry, Entries):  # all at once
            self._entry.of_all([*set[str]().union(*held) & self._forms])
        return list(map(self._standing, texts, apart, held))

    def _standing(self, text: str, apart: str | None, held: set[str]) -> Standing:
        found = None if apart is None else self._quickly(text, apart, held & self._forms)
        if found is not None:
            begins = held if ":" not in text else held.union(ENDINGS)  # after a colon one begins a hyphen word too
            return Standing(found, self._entry, () if self._begun.isdisjoint(begins) else self._joined(text))
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
                if (written := text[start:end]) != form and is_special(written):
                    return None
                if text[end : end + 1] == ":":
                    _, end = next(spans_of(text, start))
                found.append(Occurrence(form, start, end))
                start = padded.find(f" {form} ", start + len(form) + 1)
        if not self._phrases:
            return found
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
        self._words: dict[Key, list[Occurrence]] = {}
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

    def has(self, marks: Marks) -> bool:
        """Whether any word or phrase stands in the text."""
        return bool(self._found(marks))

    def spans(self, marks: Marks) -> tuple[Span, ...]:
        """Those of words and phrases: rising, not overlapping, offsets in code points of the text as given."""
        spans = self._found(marks)
        merged: list[Span] = []
        for start, end in sorted(spans if self._original is None else starmap(self._original, spans)):
            if merged and start < merged[-1][1]:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((start, end))
        return tuple(merged)

    def _found(self, marks: Marks) -> set[Span]:
        spans = {one[1:3] for key in self._words.keys() & marks.words for one in self._words[key]}
        spans.update(span for part in self._parts.keys() & marks.parts for span in self._parts[part])
        for row in marks.phrases if self._words else ():
            spans.update(self._runs([(offset, self._words.get(key, ())) for offset, key in row]))
        return spans

    def _runs(self, row: Sequence[tuple[int, Sequence[Occurrence]]]) -> Iterator[Span]:
        """Of words at their distances from the first: one span where they stand in a row, else one each."""
        at = {one.place: one for _, found in row for one in found}
        for start in set.intersection(*({one.place - offset for one in found} for offset, found in row)):
            words = [at[start + offset] for offset, _ in row]
            if row[-1][0] == len(row) - 1:
                yield words[0].start, words[-1].end
            else:
                yield from ((word.start, word.end) for word in words)
