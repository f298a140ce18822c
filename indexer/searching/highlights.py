"""Texts + plan -> spans: where the words of a question stand in the texts of its hits.

A text is not analysed. The index knows which forms a word has and which longer words it is a part of, and only these are looked for.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from itertools import compress, starmap
from typing import NamedTuple

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.fields import FIELDS, Kind
from indexer.planning.nodes import Plan, Term, leaves
from indexer.results import Span
from indexer.swedish import Entries, Entry
from indexer.swedish.casing import cased, is_special
from indexer.swedish.tokens import Normalised, cut, is_word, joined_spans, spans_of, words_apart

HIGHLIGHTED_BYTES = 200_000
"""Of a text, UTF-8, that is searched for highlights (DESIGN.md)."""
_Original = Callable[[int, int], Span]
"""Span of the normalised text -> of the text as given."""


class Occurrence(NamedTuple):
    """A word of a text that may be one of the question; the span is of the normalised text, a colon ending included."""

    form: str
    start: int
    end: int
    known: Entry
    """Where capitals tell it apart, its term alone."""
    place: int = -1
    """Among the words of the text, where that was looked for."""


class Marks(NamedTuple):
    """What of a plan is to be marked in a text of some fields."""

    forms: Set[str]
    terms: Set[str]
    parts: Set[str]
    """Terms that may stand in a longer word."""
    phrases: tuple[tuple[bool, Sequence[tuple[int, str]]], ...]
    """Whether they are of forms, and words at their distances from the first."""


def marks_in(plan: Plan, fields: Collection[str]) -> Marks:
    """What of a plan is to be marked in a text of some fields, for example ("title", "title_exact", "decompounded")."""
    forms, terms, parts = set[str](), set[str](), set[str]()
    phrases: dict[tuple[bool, Sequence[tuple[int, str]]], None] = {}
    for leaf in (leaf for leaf in leaves(plan) if leaf.field in fields):
        field = FIELDS[leaf.field]
        if isinstance(leaf, Term):
            (forms if field.exact else parts if field.kind is Kind.PARTS else terms).add(leaf.text)
        else:
            phrases |= dict.fromkeys((field.exact, row) for row in leaf.rows)
    return Marks(forms, terms, parts, tuple(phrases))


def readable(text: str) -> str:
    """The beginning of a text that is looked at for highlights."""
    if len(text) <= HIGHLIGHTED_BYTES // 4:
        return text
    return text.encode("utf-8", "surrogatepass")[:HIGHLIGHTED_BYTES].decode("utf-8", "ignore")


class Standing(NamedTuple):
    """Where the words of a question stand in one text."""

    found: Sequence[Occurrence]
    joined: Sequence[tuple[str, Span]]
    """Hyphen words that are looked for as one."""
    original: _Original | None

    def has(self, marks: Marks) -> bool:
        """Whether any word or phrase stands in the text."""
        return any(True for _ in self._spans(marks))

    def spans(self, marks: Marks) -> tuple[Span, ...]:
        """Those of words and phrases: rising, not overlapping, offsets in code points of the text as given."""
        spans, merged = set(self._spans(marks)), list[Span]()
        for start, end in sorted(spans if self.original is None else starmap(self.original, spans)):
            if merged and start < merged[-1][1]:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((start, end))
        return tuple(merged)

    def _spans(self, marks: Marks) -> Iterator[Span]:
        for form, first, end, known, _ in self.found:
            if form in marks.forms or known.term in marks.terms:
                yield first, end
            for part in known.parts:
                if part.term in marks.parts and (start := first + part.start) < end:
                    yield start, min(first + part.end - part.linking, end)
        yield from (span for term, span in self.joined if term in marks.parts)
        if self.found and self.found[0].place >= 0:
            for exact, row in marks.phrases:
                yield from self._runs(exact, row)

    def _runs(self, exact: bool, row: Sequence[tuple[int, str]]) -> Iterator[Span]:
        """Of words at their distances from the first: one span where they stand in a row, else one each."""
        at = {one.place: one for one in self.found}
        words = [(one.place, one.form if exact else one.known.term) for one in self.found]
        starts = ({place - offset for place, word in words if word == text} for offset, text in row)
        in_a_row = row[-1][0] == len(row) - 1
        for start in set.intersection(*starts):
            run = [at[start + offset] for offset, _ in row]
            yield from [(run[0].start, run[-1].end)] if in_a_row else [(word.start, word.end) for word in run]


class Marker:
    """Finds words and phrases in texts; the forms that they may have there are looked up once."""

    def __init__(self, marks: Sequence[Marks], words: IndexVocabulary) -> None:
        self._entry = words.entry
        exact = set[str]().union(*(some.forms for some in marks))
        terms = set[str]().union(*(some.terms for some in marks))
        self._parts = set[str]().union(*(some.parts for some in marks))
        self._phrases = set[frozenset[str]]()
        for is_exact, row in (row for some in marks for row in some.phrases):
            self._phrases.add(texts := frozenset(text for _, text in row))
            (exact if is_exact else terms).update(texts)
        small = {term.lower() for term in terms if term != term.lower()}
        self._forms = words.forms_with(terms, self._parts)
        self._forms.update(exact, small, (form.removesuffix("s") + "s" for form in small))  # a name's genitive too
        self._any_long = not all(map(is_word, exact | terms))  # which is a term of its own
        self._begun = {part[:end] for part in self._parts for end in range(1, len(part))}
        """What a hyphen word that is looked for as one may begin with."""

    def standing_in(self, texts: Sequence[str]) -> list[Standing]:
        """Where they stand in each text."""
        looked = [self._looked_at(text) for text in texts]
        if isinstance(self._entry, Entries):  # all at once
            self._entry.of_all([*set[str]().union(*(held for *_, held in looked))])
        return [self._standing(*one) for one in looked]

    def _looked_at(self, text: str) -> tuple[str, _Original | None, str | None, set[str]]:
        """A normalised text, the way back where that is another, its words apart, and which of them are looked for."""
        original, apart = None, words_apart(text)
        if apart is None:
            normalised = Normalised(text)
            text, original, apart = normalised.text, normalised.original, words_apart(normalised.text)
        return text, original, apart, self._forms.intersection((apart or "").split())

    def _standing(self, text: str, original: _Original | None, apart: str | None, held: set[str]) -> Standing:
        found = None if apart is None or self._any_long else self._quickly(text, apart, held)
        hyphened = joined_spans(text, self._begun) if self._begun else ()
        joined = [(before + self._entry(last).term, span) for span, before, last in hyphened]
        return Standing(self._thoroughly(text) if found is None else found, joined, original)

    def _quickly(self, text: str, apart: str, held: set[str]) -> list[Occurrence] | None:
        """The words of a text whose forms stand apart; None where capitals may tell one."""
        found, padded = [], f" {apart} "
        for form in held:
            known, start = self._entry(form), padded.find(f" {form} ")
            while start >= 0:
                end = start + len(form)
                if (written := text[start:end]) != form and is_special(written):
                    return None
                if text[end : end + 1] == ":":
                    _, end = next(spans_of(text, start))
                found.append(Occurrence(form, start, end, known))
                start = padded.find(f" {form} ", start + len(form) + 1)
        keys = held.union(one.known.term for one in found) if self._phrases else held
        return list(_in_order(found, apart)) if any(map(keys.issuperset, self._phrases)) else found

    def _thoroughly(self, text: str) -> list[Occurrence]:
        """The words of a normalised text, told as the index tells them."""
        (tokens, small), spans = cut(text), list(spans_of(text))
        terms = cased(text, tokens, small)
        places = list(compress(range(len(small)), map(self._forms.__contains__, small)))
        known = [Entry(terms[place]) if place in terms else self._entry(small[place]) for place in places]
        return [Occurrence(small[at], *spans[at], entry, at) for at, entry in zip(places, known, strict=True)]


def _in_order(found: Iterable[Occurrence], apart: str) -> Iterator[Occurrence]:
    """Words with their places among those of a text."""
    at = place = 0
    for one in sorted(found, key=lambda one: one.start):
        place += len(apart[at : one.start].split())
        at = one.start
        yield one._replace(place=place)


def highlight(text: str, marks: Marks, words: IndexVocabulary) -> tuple[Span, ...]:
    """The spans of the text that words and phrases stand in: rising, not overlapping, offsets in code points."""
    return Marker([marks], words).standing_in([readable(text)])[0].spans(marks)
